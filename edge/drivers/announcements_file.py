"""What Home Assistant was shown, in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge import files
from edge.core.shown import MOST_BYTES, packed, unpacked

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
            return unpacked(files.content_of(self._path, at_most=MOST_BYTES))
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise files.refused(self._path, error) from error

    def save(self, shown: Shown) -> None:
        """Replace what is stored.

        Raises:
            StorageError: The disk refuses.
        """
        try:
            files.replace(self._path, packed(shown))
        except OSError as error:
            raise files.refused(self._path, error) from error
