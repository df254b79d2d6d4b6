"""Files read within bounds, and replaced as a whole."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from edge.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

UNFINISHED = ".new"
"""Behind the name of a file that is being written."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What a disk without room says."""

AS_THE_DEVICE = "run this as the user that stillwatch runs as"
"""How a process beside a device may look into its state folder."""

USUAL = 0o666
"""Permission bits, less what the process's mask takes away."""


def is_there(path: Path, *, fix: str) -> bool:
    """Return whether there is such a file or folder.

    ``Path.exists()`` will not do: where it may not look, it raises or says no, as
    the version of Python has it.

    Args:
        path: The file or folder.
        fix: What to do where this user may not look, for the message.

    Raises:
        StorageError: This user may not look, or the disk refuses.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        msg = f"{path} cannot be read by this user: {fix}"
        raise StorageError(msg) from error
    except OSError as error:
        raise refused(path, error) from error
    return True


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


def kept(
    path: Path, unpack: Callable[[bytes], T], *, at_most: int, damage: tuple[type[Exception], ...], so: str
) -> T | None:
    """Return what a file keeps; ``None`` where there is none.

    Args:
        path: The file.
        unpack: Makes something of its bytes.
        at_most: Bytes; a longer file is damaged.
        damage: What ``unpack`` raises where they make no sense.
        so: What follows from damage, for the message.

    Raises:
        StorageError: It is damaged, and was renamed to ``<name>.damaged``; or the disk
            refuses.
    """
    try:
        return unpack(content_of(path, at_most=at_most))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(path, error) from error
    except damage as error:
        aside = path.with_name(f"{path.name}.damaged")
        try:
            path.replace(aside)
        except OSError as refusal:
            raise refused(path, refusal) from error
        msg = f"{path}: damaged ({error}); put aside as {aside}, and {so}"
        raise StorageError(msg) from error


def refused(path: Path, error: OSError) -> StorageError:
    """Return what is wrong where the disk refuses a file."""
    return StorageError(f"{path}: {error.strerror or error}")


def replace(path: Path, content: bytes, *, mode: int = USUAL, owner: tuple[int, int] | None = None) -> None:
    """Write a file; a power cut leaves the old one or the new one.

    Args:
        path: The file; its folder must be there.
        content: What it will hold.
        mode: Its permission bits, less what the process's mask takes away.
        owner: User and group that it shall belong to, as far as we may give it away;
            ``None`` for ours.

    Raises:
        OSError: The disk refuses; the old one is left.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        unfinished.unlink(missing_ok=True)  # a left-over would keep its own permissions
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            if owner is not None:
                with suppress(PermissionError):
                    os.fchown(handle, *owner)
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


def sync(path: Path) -> None:
    """Make what was written to a file, or renamed and removed in a folder, survive a power cut.

    Raises:
        OSError: The disk refuses.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
