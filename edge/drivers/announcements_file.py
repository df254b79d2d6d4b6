"""What Home Assistant was shown, in one file."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from edge.core.shown import MOST_BYTES, packed, unpacked
from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.core.shown import Shown


class FileAnnouncements:
    """Implements ``edge.ports.Announcements``: a file written as a whole or not at all.

    Args:
        path: Its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Shown | None:
        """Return what was stored; ``None`` where nothing was, or it is damaged: it is only a convenience.

        Raises:
            StorageError: The disk refuses.
        """
        try:
            with self._path.open("rb") as file:
                return unpacked(file.read(MOST_BYTES + 1))
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise self._refused(error) from error

    def save(self, shown: Shown) -> None:
        """Replace what is stored.

        Raises:
            StorageError: The disk refuses.
        """
        unfinished = self._path.with_name(f"{self._path.name}.new")
        try:
            with unfinished.open("wb") as file:
                file.write(packed(shown))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        except OSError as error:
            with suppress(OSError):  # a disk that refused once may refuse this too
                unfinished.unlink()
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> StorageError:
        return StorageError(f"{self._path}: {error.strerror or error}")
