"""What a model file takes and gives, as a contract says it."""

from __future__ import annotations

import hashlib

from convert.tflite import Tflite
from edge.types import ModelFile, TensorSpec


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
    if name.endswith(".onnx"):
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
