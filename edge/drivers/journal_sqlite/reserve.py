"""A file that is there to be deleted: room on a full disk for what makes room."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ENOUGH = 4  # times the reserve must be free before it is taken again


class Reserve:
    """Some room beside a file, taken while the disk has enough."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        """Take it if there is room.

        Args:
            path: The reserve itself.
            size_bytes: How much.
        """
        self._path = path
        self._size_bytes = size_bytes
        self._there = path.exists() and path.stat().st_size == size_bytes
        self.refill()

    def release(self) -> bool:
        """Give the room to whoever needs it; return whether there was any."""
        if not self._there:
            return False
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._there = False
        return True

    def refill(self) -> bool:
        """Take it again, once the disk has enough; return whether it was taken now."""
        if self._there:
            return False
        with suppress(OSError):  # a device without a reserve works as well
            if shutil.disk_usage(self._path.parent).free >= _ENOUGH * self._size_bytes:
                self._there = self._take()
        return self._there

    def _take(self) -> bool:
        file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file, 0, self._size_bytes)
            else:  # macOS
                os.write(file, bytes(self._size_bytes))
        except OSError:
            self._path.unlink()
            raise
        finally:
            os.close(file)
        return True
