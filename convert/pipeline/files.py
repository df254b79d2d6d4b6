"""Files written as a whole or not at all, and digests of what is in them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from typing import TYPE_CHECKING, cast

from edge.errors import StorageError
from edge.files import FULL, content_of, replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

MAX_JSON_BYTES = 4_000_000
MAX_FILES = 1_000_000
DISK_FAULTS = FULL | frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})
"""What a disk says that is full, protected or broken."""

_CHUNK_BYTES = 1 << 20


def digest_of(value: object) -> str:
    """Return the SHA-256 of a value that JSON can hold; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digests(folder: Path, *, without: AbstractSet[str] = frozenset(), settle: bool = False) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its relative path.

    Args:
        folder: It must be there.
        without: Names, directly in the folder, to leave out.
        settle: Also see to it that the files outlive a power cut.

    Raises:
        OSError: A file cannot be read.
        ValueError: There are more than a million files.
    """
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in without or not path.is_file():
            continue
        if len(found) == MAX_FILES:
            msg = f"{folder}: more than {MAX_FILES} files"
            raise ValueError(msg)
        found[name] = _digest(path, settle=settle)
    return found


def _digest(path: Path, *, settle: bool) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha256.update(chunk)
        if settle:
            os.fsync(file.fileno())
    return sha256.hexdigest()


def read_json(path: Path) -> dict[str, object]:
    """Return the object in a JSON file of at most 4 MB.

    Raises:
        OSError: It cannot be read.
        ValueError: It holds something else.
    """
    content = content_of(path, at_most=MAX_JSON_BYTES)
    try:
        value = json.loads(content)
    except RecursionError as error:
        msg = f"{path}: nested too deeply"
        raise ValueError(msg) from error
    if not isinstance(value, dict):
        msg = f"{path}: not a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - what is wrong is the file's content
    return cast("dict[str, object]", value)


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Replace a file by one with a JSON object.

    Raises:
        OSError: The disk refuses.
        ValueError: JSON cannot hold the value, such as a NaN.
    """
    replace(path, (json.dumps(value, indent=2, allow_nan=False) + "\n").encode())


def refused(path: Path, error: OSError) -> StorageError:
    """Return what to tell when a disk refuses."""
    fix = "make room there" if error.errno in FULL else "make it writable"
    return StorageError(
        f"{path}: {error.strerror or error}; {fix}, or name a folder on another disk with --work DIR"
    )
