"""References kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.types import Reference


class SimReferences:
    """A dict with the manners of a disk: it can hold something damaged."""

    def __init__(self) -> None:
        self._kept: dict[str, Reference] = {}
        self._damaged: set[str] = set()

    def load(self, camera: str) -> Reference | None:
        """Return the kept reference, or ``None``.

        Raises:
            StorageError: It was damaged on cue. It is gone now.
        """
        if camera in self._damaged:
            self.forget(camera)
            msg = f"the reference of camera {camera!r} is damaged; learning starts anew"
            raise StorageError(msg)
        return self._kept.get(camera)

    def save(self, camera: str, reference: Reference) -> None:
        """Replace the kept reference."""
        self._damaged.discard(camera)
        self._kept[camera] = reference

    def forget(self, camera: str) -> None:
        """Drop the kept reference."""
        self._damaged.discard(camera)
        self._kept.pop(camera, None)

    def damage(self, camera: str) -> None:
        """Make the next ``load`` find something damaged."""
        self._damaged.add(camera)
