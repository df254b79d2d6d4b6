"""A bundle in a folder: its contract, and the model files that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core import bundles
from edge.errors import ModelError
from edge.files import content_of

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Bundle, ModelFile

MAX_BYTES = 64 * 1024 * 1024
_FIX = "name the folder of a whole bundle, copy it again, or build it again"


def read_bundle(folder: Path) -> Bundle:
    """Read what a bundle says of itself.

    Raises:
        ModelError: There is none, or it is damaged; the message says what to do.
        ContractError: Its tensors are not those of a network that compares pairs.
    """
    path = folder / bundles.CONTRACT
    try:
        text = read_file(path, at_most=4 * bundles.MAX_CHARS).decode()
    except UnicodeDecodeError as error:
        msg = f"{path}: damaged ({error}): {_FIX}"
        raise ModelError(msg) from error
    return bundles.parse(text, origin=str(path))


def read_model(folder: Path, file: ModelFile) -> bytes:
    """Read one of the model files; whoever loads it checks its digest.

    Raises:
        ModelError: It is missing, empty, too large or cannot be read.
    """
    return read_file(folder / file.name, at_most=MAX_BYTES)


def read_file(path: Path, *, at_most: int = MAX_BYTES) -> bytes:
    """Read a file that holds something.

    Args:
        path: The file.
        at_most: Bytes.

    Raises:
        ModelError: It is missing, empty, too large or cannot be read.
    """
    try:
        content = content_of(path, at_most=at_most)
    except OSError as error:
        msg = f"{path}: {error.strerror or error}: {_FIX}"
        raise ModelError(msg) from error
    except ValueError as error:
        msg = f"{path}: {error}: {_FIX}"
        raise ModelError(msg) from error
    if not content:
        msg = f"{path}: empty: {_FIX}"
        raise ModelError(msg)
    return content
