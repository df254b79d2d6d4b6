"""A bundle in a folder, as the workstation reads and describes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from convert.tflite import IDENTIFIER, Tflite
from edge.bundle_files import read_model
from edge.errors import ModelError
from edge.types import ModelFile, TensorSpec

if TYPE_CHECKING:
    from pathlib import Path

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
