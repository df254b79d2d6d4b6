"""A bundle in a folder, as the workstation reads it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edge.bundle_files import read_model
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import ModelFile

_FIX = "name the folder of a whole bundle, or build it again"


def model_of(folder: Path, file: ModelFile) -> bytes:
    """Read one of the model files.

    Raises:
        ModelError: It is missing, or not the one that the contract vouches for.
    """
    content = read_model(folder, file)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        msg = f"{folder / file.name}: not the file that the contract vouches for: {_FIX}"
        raise ModelError(msg)
    return content
