"""Secrets live in files of their own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4096


def read_secret(path: Path) -> str:
    """Return the one line that a secret file holds.

    Args:
        path: A regular file of at most 4096 bytes, not readable by everybody. A
            line end after the secret is dropped.

    Raises:
        ConfigError: It cannot be read, everybody can read it, or it is no secret.
    """
    try:
        # A pipe without a writer must not stop the start.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise ConfigError(_unreadable(path, error)) from error
    try:
        mode = os.fstat(handle).st_mode
        content = os.read(handle, MAX_BYTES + 1) if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise ConfigError(_unreadable(path, error)) from error
    finally:
        os.close(handle)
    return _checked(path, mode, content)


def _unreadable(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path}: no such file; put the secret there as one line, then: chmod 600 {path}"
    if isinstance(error, PermissionError):
        return f"{path}: permission denied; give it to the user that stillwatch runs as: chown USER {path}"
    return f"{path}: cannot be read: {error}"


def _checked(path: Path, mode: int, content: bytes) -> str:
    if not stat.S_ISREG(mode):
        msg = f"{path}: not a regular file; name a file that holds the secret as one line"
        raise ConfigError(msg)
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        msg = f"{path}: everybody on this machine can read or write it; fix: chmod 600 {path}"
        raise ConfigError(msg)
    if len(content) > MAX_BYTES:
        msg = f"{path}: longer than {MAX_BYTES} bytes; it should hold the secret as one line"
        raise ConfigError(msg)
    try:
        secret = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        msg = f"{path}: not UTF-8 text; write the secret as one line of text"
        # The cause would carry the bytes of the secret.
        raise ConfigError(msg) from None
    if not secret.strip():
        msg = f"{path}: empty; write the secret into it as one line"
        raise ConfigError(msg)
    if not secret.isprintable():
        msg = (
            f"{path}: holds more than one line, or control characters; it should hold the secret as one line"
        )
        raise ConfigError(msg)
    return secret
