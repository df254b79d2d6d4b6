"""Records of what views do by themselves, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.core.calibration.record import Record


class SimRecords:
    """Implements ``edge.ports.Records``: a dict that can hold something damaged."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Record, str]] = {}
        self._damaged: set[str] = set()

    def load(self, camera: str, maker: str) -> Record | None:
        """Return the kept record.

        Raises:
            StorageError: It was damaged on cue. It is gone now.
        """
        if camera in self._damaged:
            self.forget(camera)
            msg = f"the calibration of camera {camera!r} is damaged; it begins anew"
            raise StorageError(msg)
        record, made = self._kept.get(camera, (None, ""))
        return record if made == maker else None

    def save(self, camera: str, record: Record, maker: str) -> None:
        """Replace the kept record."""
        self._damaged.discard(camera)
        self._kept[camera] = record, maker

    def forget(self, camera: str) -> None:
        """Drop it."""
        self._kept.pop(camera, None)
        self._damaged.discard(camera)

    def damage(self, camera: str) -> None:
        """Make the next ``load`` find something damaged."""
        self._damaged.add(camera)
