"""References kept in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.types import Reference


class SimReferences:
    """A dict with the manners of a disk: it can hold something damaged."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Reference]] = {}
        self._damaged: set[tuple[str, str]] = set()

    def load(self, camera: str) -> tuple[Reference, ...]:
        """Return the kept references, the golden one first.

        Raises:
            StorageError: One was damaged on cue. It is gone now.
        """
        kept = self._kept.get(camera, {})
        for light in kept:
            if (camera, light) in self._damaged:
                self._damaged.discard((camera, light))
                del kept[light]
                msg = f"a reference of camera {camera!r} is damaged; what it knew is learned anew"
                raise StorageError(msg)
        if kept and not any(one.golden for one in kept.values()):
            fullest = max(kept.values(), key=lambda one: int(one.learned.sum()))
            kept[fullest.light] = replace(fullest, golden=True)
        return tuple(sorted(kept.values(), key=lambda one: not one.golden))

    def save(self, camera: str, reference: Reference) -> None:
        """Replace the kept reference of its light."""
        kept = self._kept.setdefault(camera, {})
        self._damaged.discard((camera, reference.light))
        kept[reference.light] = reference

    def drop(self, camera: str, light: str) -> None:
        """Drop the reference of a light state."""
        self._kept.get(camera, {}).pop(light, None)

    def forget(self, camera: str) -> None:
        """Drop all references of a camera."""
        self._kept.pop(camera, None)

    def damage(self, camera: str, light: str = "day") -> None:
        """Make the next ``load`` find something damaged."""
        self._damaged.add((camera, light))
