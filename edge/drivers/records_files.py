"""Records of what views do by themselves, one file per camera."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge import files
from edge.core.calibration.record import MOST_BYTES, packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from edge.core.calibration.record import Record

_NAME = re.compile(r"[a-z0-9_-]{1,64}")


class FileRecords:
    """Keeps files, each written as a whole or not at all.

    Args:
        directory: Made when missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def load(self, camera: str, maker: str) -> Record | None:
        """Return the stored record, if it was made the same way.

        Raises:
            StorageError: It is damaged, and was renamed to ``<name>.damaged``; or the
                disk refuses.
        """
        found = files.kept(
            self._path(camera),
            unpacked,
            at_most=MOST_BYTES,
            damage=(ValueError,),
            so="the calibration begins anew",
        )
        if found is None:
            return None
        record, made = found
        return record if made == maker else None

    def save(self, camera: str, record: Record, maker: str) -> None:
        """Replace the stored record.

        Raises:
            StorageError: The disk refuses.
        """
        path = self._path(camera)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            files.replace(path, packed(record, maker))
        except OSError as error:
            raise files.refused(path, error) from error

    def forget(self, camera: str) -> None:
        """Drop what is stored.

        Raises:
            StorageError: The disk refuses.
        """
        path = self._path(camera)
        try:
            path.unlink(missing_ok=True)
            if self._directory.exists():
                files.sync(self._directory)
        except OSError as error:
            raise files.refused(path, error) from error

    def _path(self, camera: str) -> Path:
        if not _NAME.fullmatch(camera):
            msg = f"{camera!r} is no name for a camera"
            raise ValueError(msg)
        return self._directory / f"{camera}.record"
