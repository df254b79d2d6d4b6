"""One device, one state folder, one process."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.files import remedy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "lock"
_PID_BYTES = 20


@contextmanager
def state_lock(folder: Path) -> Iterator[None]:
    """Hold a state folder alone; the kernel lets go of it however the process ends.

    Args:
        folder: The state folder; it must be there.

    Raises:
        ConfigError: Another process holds it, or we may not write there.
    """
    path = folder / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        msg = f"[device] state_dir: {folder}: {error.strerror}; {remedy(error)}"
        raise ConfigError(msg) from error
    try:
        if not _taken(handle):
            msg = (
                f"[device] state_dir: {folder} is in use by another stillwatch (process {_holder(handle)});"
                " stop that one, or give this device a state_dir and an id of its own"
            )
            raise ConfigError(msg)
        _sign(handle)
        yield
    finally:
        os.close(handle)


def holder_of(folder: Path) -> str | None:
    """Return the process that holds a state folder; ``None`` where nobody does, or we cannot tell."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _taken(handle) else _holder(handle)
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sign(handle: int) -> None:
    """Write who we are; a full disk is no reason not to run."""
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
    except OSError:
        return


def _holder(handle: int) -> str:
    try:
        written = os.pread(handle, _PID_BYTES, 0).decode("ascii", "replace")
    except OSError:
        written = ""
    return written if written.isdecimal() else "unknown"
