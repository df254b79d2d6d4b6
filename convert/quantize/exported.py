"""From a Keras network to TFLite and ONNX files, by TensorFlow.

Inputs and the output keep their names, ``reference``, ``current`` and ``score``:
a TFLite file lists its inputs in an order of its own.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from convert.model_files import FLOAT, INT8, ONNX
from convert.models.blocks import TOP
from convert.silence import making

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from convert.models.tensors import Tensor
    from edge.types import Pixels

NAMES = ("reference", "current")
SIGNATURE = "serving_default"
OPSET = 13
"""TensorRT 8.4, of the first JetPack 5, reads no newer one; the networks need none."""


Feed = Mapping[str, NDArray[np.float32]]
"""Pictures as a network takes them, by name."""


class ExportRounding:
    """Says, by TensorFlow's own operators, how each tensor is to be stored; the converter follows.

    Implements ``convert.models.rounding.Rounding``.

    Args:
        ranges: The measured ranges, by name.
    """

    def __init__(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        self._ranges = ranges
        self._count = 0

    def activation(self, x: Tensor, low: float, high: float) -> Tensor:
        """See ``Rounding``."""
        self._count += 1
        return _Stored(low, high, name=f"stored{self._count}")(x)

    def measured(self, x: Tensor, name: str, low: Tensor, high: Tensor) -> Tensor:
        """See ``Rounding``; the range is a constant by now."""
        del low, high
        return self.activation(x, *self._ranges[name])

    def exact(self, x: Tensor) -> Tensor:
        """See ``Rounding``."""
        return self.activation(x, 0.0, TOP)

    def weights(self, kernel: Tensor) -> Tensor:
        """See ``Rounding``; the converter does just this to constants."""
        return kernel


class _Stored(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    def __init__(self, low: float, high: float, *, name: str) -> None:
        super().__init__(name=name)
        self._low, self._high = low, high

    def call(self, x: Tensor) -> Tensor:
        return tf.quantization.fake_quant_with_min_max_args(x, self._low, self._high, num_bits=8)


def feed(reference: Pixels, current: Pixels) -> Feed:
    """Return two pictures, uint8 ``(S, S, 3)``, as a network takes them: a batch of one, in ``[0, 1]``."""
    pair = zip(NAMES, (reference, current), strict=True)
    return {name: pixels.astype(np.float32)[np.newaxis] / np.float32(255) for name, pixels in pair}


def int8_by_ranges(model: keras.Model, *, scratch: Path) -> bytes:
    """Return a TFLite file, int8 throughout, of a network with ``ExportRounding``.

    Args:
        model: Its inputs have a fixed size.
        scratch: A folder for what is needed meanwhile.

    Raises:
        ModelError: The converter refuses.
    """
    return _tflite(model, scratch, int8=True)


def int8_by_examples(model: keras.Model, examples: Iterable[Feed], *, scratch: Path) -> bytes:
    """Return a TFLite file, int8 throughout, of a network in floating point.

    Args:
        model: Its inputs have a fixed size.
        examples: Pictures to measure ranges by, as the network takes them.
        scratch: A folder for what is needed meanwhile.

    Raises:
        ModelError: The converter refuses.
    """
    return _tflite(model, scratch, int8=True, examples=examples)


def in_float(model: keras.Model, *, scratch: Path) -> bytes:
    """Return a TFLite file, float32 throughout; see ``int8_by_ranges``."""
    return _tflite(model, scratch, int8=False)


def onnx(model: keras.Model) -> bytes:
    """Return an ONNX file, float32, channels last as everywhere.

    Raises:
        ModelError: The converter refuses.
    """
    with making(ONNX):
        made, _ = tf2onnx.convert.from_function(
            _named(model), input_signature=_signature(model), opset=OPSET, large_model=False
        )
        _renumber(made.graph)
        return cast("bytes", made.SerializeToString(deterministic=True))


def _renumber(graph: Any) -> None:  # noqa: ANN401 - ONNX has no types
    """Number names by the order of their use: the converter's own names change from run to run."""
    constants = {constant.name: constant for constant in graph.initializer}
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}

    def numbered(name: str) -> str:
        if name in constants:
            return names.setdefault(name, f"constant_{len(names)}")
        return re.sub(r"__(\d+)", lambda found: f"__{numbers.setdefault(found[1], len(numbers))}", name)

    for node in graph.node:
        node.name = numbered(node.name)
        for ends in (node.input, node.output):
            ends[:] = [numbered(name) for name in ends]
    for value in graph.value_info:
        value.name = numbered(value.name)
    del graph.initializer[:]
    for old, new in names.items():
        constants[old].name = new
        graph.initializer.append(constants[old])
    graph.doc_string = ""


def _tflite(
    model: keras.Model,
    scratch: Path,
    *,
    int8: bool,
    examples: Iterable[Feed] | None = None,
) -> bytes:
    what = INT8 if int8 else FLOAT
    with tempfile.TemporaryDirectory(dir=scratch) as folder, making(what):
        _save(model, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if int8:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.inference_input_type = converter.inference_output_type = tf.int8
        if examples is not None:
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            # By name: by position, the converter takes the pictures in the order of the alphabet.
            converter.representative_dataset = lambda: ((SIGNATURE, dict(example)) for example in examples)
        return cast("bytes", converter.convert())


def _save(model: keras.Model, folder: str) -> None:
    """Write a network with its weights as constants: a converter rounds no variables."""
    frozen = convert_variables_to_constants_v2(_named(model).get_concrete_function())
    order = [tensor.name.partition(":")[0] for tensor in frozen.inputs]

    @tf.function(input_signature=_signature(model), autograph=False)  # type: ignore[untyped-decorator]
    def serve(reference: Tensor, current: Tensor) -> dict[str, Tensor]:
        given = {"reference": reference, "current": current}
        (score,) = frozen(*(given[name] for name in order))
        return {"score": score}

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, folder, signatures={SIGNATURE: serve})


def _named(model: keras.Model) -> Any:  # noqa: ANN401 - TensorFlow has no types
    @tf.function(input_signature=_signature(model), autograph=False)  # type: ignore[untyped-decorator]
    def score(reference: Tensor, current: Tensor) -> dict[str, Tensor]:
        return {"score": model({"reference": reference, "current": current}, training=False)}

    return score


def _signature(model: keras.Model) -> list[Tensor]:
    (size,) = {tuple(tensor.shape[1:]) for tensor in model.inputs}
    return [tf.TensorSpec((1, *size), tf.float32, name=name) for name in NAMES]
