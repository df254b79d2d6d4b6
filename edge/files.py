"""Files read within bounds, and replaced as a whole."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED = ".new"
"""Behind the name of a file that is being written."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What a disk without room says."""

USUAL = 0o666
"""Permission bits, less what the process's mask takes away."""


def content_of(path: Path, *, at_most: int) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        at_most: Bytes; no more than one beyond is ever read.

    Raises:
        OSError: It cannot be read.
        ValueError: It is longer.
    """
    with path.open("rb") as file:
        content = file.read(at_most + 1)
    if len(content) > at_most:
        msg = f"longer than {at_most} bytes"
        raise ValueError(msg)
    return content


def replace(path: Path, content: bytes, *, mode: int = USUAL) -> None:
    """Write a file; a power cut leaves the old one or the new one.

    Args:
        path: The file; its folder must be there.
        content: What it will hold.
        mode: Its permission bits, less what the process's mask takes away.

    Raises:
        OSError: The disk refuses; the old one is left.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        unfinished.unlink(missing_ok=True)  # a left-over would keep its own permissions
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync(path.parent)
    except OSError:
        with suppress(OSError):  # a disk that refused once may refuse this too
            unfinished.unlink(missing_ok=True)
        raise


def remedy(error: OSError) -> str:
    """Return what to do where a folder cannot be written to."""
    return "free some space on its disk" if error.errno in FULL else "name a folder we may write to"


def sync(folder: Path) -> None:
    """Make renames and removals in a folder survive a power cut.

    Raises:
        OSError: The disk refuses.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
