"""A bundle in a folder, as the workstation reads and describes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from convert.tflite import IDENTIFIER, Tflite
from edge.core import bundles
from edge.errors import ModelError
from edge.types import ModelFile, TensorSpec

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Bundle

MAX_BYTES = 64 * 1024 * 1024
_FIX = "name the folder of a whole bundle, or build it again"


def read_bundle(folder: Path) -> Bundle:
    """Read what a bundle says of itself.

    Raises:
        ModelError: It is none, or damaged.
    """
    path = folder / bundles.CONTRACT
    try:
        text = read_file(path).decode()
    except UnicodeDecodeError as error:
        msg = f"{path}: damaged ({error}): {_FIX}"
        raise ModelError(msg) from error
    return bundles.parse(text, origin=str(path))


def model_of(folder: Path, file: ModelFile) -> bytes:
    """Read one of the model files.

    Raises:
        ModelError: It is missing, or not the one that the contract vouches for.
    """
    content = read_file(folder / file.name)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        msg = f"{folder / file.name}: not the file that the contract vouches for: {_FIX}"
        raise ModelError(msg)
    return content


def read_file(path: Path) -> bytes:
    """Read a file of at most 64 MiB.

    Raises:
        ModelError: It is missing, empty, too large or cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"{path}: {error.strerror or error}: {_FIX}"
        raise ModelError(msg) from error
    if not 0 < len(content) <= MAX_BYTES:
        msg = f"{path}: {'too large' if content else 'empty'}: {_FIX}"
        raise ModelError(msg)
    return content


def described(content: bytes, *, name: str, delegate: str) -> ModelFile:
    """Return what a contract says of a model file, read from the file itself.

    Args:
        content: A TFLite or an ONNX file.
        name: What it is called in the bundle.
        delegate: What it is made for.

    Raises:
        ModelError: It cannot be loaded.
    """
    digest = hashlib.sha256(content).hexdigest()
    if content[4:8] != IDENTIFIER:
        from convert.onnx_file import OnnxFile  # noqa: PLC0415 - other bundles do without ONNX

        onnx = OnnxFile(content, origin=name)
        inputs, outputs = (
            tuple(TensorSpec(each, shape, "float32") for each, shape in sorted(found.items()))
            for found in (onnx.inputs, onnx.outputs)
        )
        return ModelFile(name, delegate, digest, inputs, outputs)
    loaded = Tflite(content, origin=name)
    inputs, outputs = (
        tuple(found[each] for each in sorted(found)) for found in (loaded.inputs, loaded.outputs)
    )
    return ModelFile(name, delegate, digest, inputs, outputs)
