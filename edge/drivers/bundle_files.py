"""A bundle in a folder: its contract, and the model files that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core import bundles
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Bundle, ModelFile

MAX_BYTES = 64 * 1024 * 1024
_FIX = "name the folder of a whole bundle, or copy it again"


def read_bundle(folder: Path) -> Bundle:
    """Read what a bundle says of itself.

    Raises:
        ModelError: There is none, or it is damaged; the message says what to do.
        ContractError: Its tensors are not those of a network that compares pairs.
    """
    path = folder / bundles.CONTRACT
    try:
        text = _read(path, at_most=4 * bundles.MAX_CHARS).decode()
    except UnicodeDecodeError as error:
        msg = f"{path}: damaged ({error}): {_FIX}"
        raise ModelError(msg) from error
    return bundles.parse(text, origin=str(path))


def read_model(folder: Path, file: ModelFile) -> bytes:
    """Read one of the model files; whoever loads it checks its digest.

    Raises:
        ModelError: It is missing, empty, too large or cannot be read.
    """
    return _read(folder / file.name, at_most=MAX_BYTES)


def _read(path: Path, *, at_most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(at_most + 1)
    except OSError as error:
        msg = f"{path}: {error.strerror or error}: {_FIX}"
        raise ModelError(msg) from error
    if not 0 < len(content) <= at_most:
        found = f"larger than {at_most} bytes" if content else "empty"
        msg = f"{path}: {found}: {_FIX}"
        raise ModelError(msg)
    return content
