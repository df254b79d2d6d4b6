"""Text files written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = 0o600
"""For the owner alone."""

PUBLIC = 0o644
"""Everybody may read."""


def write_text(path: Path, text: str, *, mode: int) -> None:
    """Replace a file; a power cut leaves the old or the new.

    Args:
        path: The file; its folder must be there.
        text: What it will hold, as UTF-8; line ends stay as they are.
        mode: Its permission bits, less what the process's mask takes away.

    Raises:
        StorageError: The disk refuses.
    """
    unfinished = path.with_name(f"{path.name}.new")
    try:
        unfinished.unlink(missing_ok=True)  # a left-over would keep its own permissions
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        msg = f"{path}: cannot be written: {error.strerror or error}; name another place, or make room"
        raise StorageError(msg) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
