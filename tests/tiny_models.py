"""A network of one convolution whose answer is known, as a real TFLite file.

Built from the file format's own schema, in milliseconds and without TensorFlow.
It sees only what is *brighter* in the current picture: ``relu(current -
reference)``, the largest of each 2 x 2, and a logit that grows with it. So it
tells whether its inputs were swapped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from edge.core import bundles
from edge.types import Affine, Bundle, ModelFile, Preprocess, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 32
PICTURE = Affine(1 / 255, -128)
LOGIT = Affine(0.125, 0)
GAIN, BIAS = 24.0, -4.0
"""The logit is ``GAIN`` times the mean of the channels, in ``[0, 1]``, plus ``BIAS``."""


def logit_of(brighter: float) -> float:
    """Return the logit of a place that is brighter by so many grey levels in each channel."""
    return GAIN * brighter / 255.0 + BIAS


@dataclass(frozen=True)
class Tiny:
    """How the network is built.

    Attributes:
        order: In which order the file lists its inputs.
        quantized: int8 throughout, or float32 throughout.
        whole_view: One answer for the whole picture: ``(1, 1)``.
        side: Side of its pictures.
        bias: Added to every logit.
        signatures: How many the file has.
    """

    order: tuple[str, str] = ("current", "reference")
    quantized: bool = True
    whole_view: bool = False
    side: int = SIDE
    bias: float = BIAS
    signatures: int = 1

    def inputs(self) -> tuple[TensorSpec, ...]:
        """Return its input tensors, in the order of a contract."""
        shape = (1, self.side, self.side, 3)
        return tuple(self._spec(name, shape, PICTURE) for name in ("reference", "current"))

    def outputs(self) -> tuple[TensorSpec, ...]:
        """Return its output tensor."""
        half = self.side // 2
        return (self._spec("score", (1, 1) if self.whole_view else (1, half, half, 1), LOGIT),)

    def file(self) -> bytes:
        """Return the TFLite file."""
        return _built(self)

    def entry(self, *, name: str = "model.tflite", delegate: str = "cpu") -> ModelFile:
        """Return what a bundle says of the file."""
        digest = hashlib.sha256(self.file()).hexdigest()
        return ModelFile(name, delegate, digest, self.inputs(), self.outputs())

    def _spec(self, name: str, shape: tuple[int, ...], affine: Affine) -> TensorSpec:
        if self.quantized:
            return TensorSpec(name, shape, "int8", affine)
        return TensorSpec(name, shape, "float32")


TINY = Tiny()
TINY_FLOAT = replace(TINY, quantized=False)


def bundle(*files: ModelFile) -> Bundle:
    """Return a bundle of these files, or of the tiny network."""
    return Bundle("tiny", "1", Preprocess(), 0.5, files or (TINY.entry(),))


def store(folder: Path) -> Path:
    """Write the tiny network's bundle, int8 and float, and return its folder."""
    shipped = {"model.tflite": ("cpu", TINY), "float.tflite": ("float", TINY_FLOAT)}
    entries = [tiny.entry(name=name, delegate=delegate) for name, (delegate, tiny) in shipped.items()]
    (folder / bundles.CONTRACT).write_text(bundles.format(bundle(*entries)), encoding="utf-8")
    for name, (_, tiny) in shipped.items():
        (folder / name).write_bytes(tiny.file())
    return folder


@dataclass
class _Graph:
    """Collects tensors and operators."""

    quantized: bool
    tensors: list[Any] = field(default_factory=list)
    buffers: list[Any] = field(default_factory=lambda: [schema.BufferT()])
    codes: list[Any] = field(default_factory=list)
    operators: list[Any] = field(default_factory=list)

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        affine: Affine,
        data: NDArray[np.generic] | None = None,
    ) -> int:
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        wide = data is not None and data.dtype == np.int32
        kinds = schema.TensorType
        tensor.type = (kinds.INT32 if wide else kinds.INT8) if self.quantized else kinds.FLOAT32
        if self.quantized:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [affine.scale], [affine.zero_point]
        tensor.buffer = 0
        if data is not None:
            content = schema.BufferT()
            content.data = np.frombuffer(data.tobytes(), np.uint8)
            self.buffers.append(content)
            tensor.buffer = len(self.buffers) - 1
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def weights(self, name: str, shape: Sequence[int], real: float, *, step: float, wide: bool) -> int:
        count = int(np.prod(shape))
        if not self.quantized:
            return self.tensor(name, shape, PICTURE, np.full(count, real, np.float32))
        stored = np.full(count, round(real / step), np.int32 if wide else np.int8)
        return self.tensor(name, shape, Affine(step, 0), stored)

    def operate(self, name: str, inputs: Sequence[int], output: int, options: Any) -> None:  # noqa: ANN401 - generated code has no types
        kind = type(options).__name__.removesuffix("T")
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
        code.version = {"CONV_2D": 3, "FULLY_CONNECTED": 4}.get(name, 2)
        self.codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes) - 1
        operator.inputs, operator.outputs = list(inputs), [output]
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
        operator.builtinOptions = options
        self.operators.append(operator)


def _built(tiny: Tiny) -> bytes:
    graph = _Graph(tiny.quantized)
    shape, half = (1, tiny.side, tiny.side, 3), tiny.side // 2
    place = {name: graph.tensor(f"serving_{name}", shape, PICTURE) for name in tiny.order}
    brighter = graph.tensor("brighter", shape, PICTURE)
    subtract = schema.SubOptionsT()
    subtract.fusedActivationFunction = schema.ActivationFunctionType.RELU
    graph.operate("SUB", [place["current"], place["reference"]], brighter, subtract)
    window = tiny.side if tiny.whole_view else 2
    cells = 1 if tiny.whole_view else half
    largest = graph.tensor("largest", (1, cells, cells, 3), PICTURE)
    pool = schema.Pool2DOptionsT()
    pool.padding = schema.Padding.VALID
    pool.strideH = pool.strideW = pool.filterHeight = pool.filterWidth = window
    graph.operate("MAX_POOL_2D", [brighter], largest, pool)
    step = GAIN / 3 / 127
    kernel = (1, 3) if tiny.whole_view else (1, 1, 1, 3)
    weight = graph.weights("weight", kernel, GAIN / 3, step=step, wide=False)
    bias = graph.weights("bias", (1,), tiny.bias, step=step * PICTURE.scale, wide=True)
    answer = graph.tensor("answer", (1, 1) if tiny.whole_view else (1, half, half, 1), LOGIT)
    if tiny.whole_view:
        graph.operate("FULLY_CONNECTED", [largest, weight, bias], answer, schema.FullyConnectedOptionsT())
    else:
        mix = schema.Conv2DOptionsT()
        mix.padding = schema.Padding.VALID
        mix.strideH = mix.strideW = mix.dilationHFactor = mix.dilationWFactor = 1
        graph.operate("CONV_2D", [largest, weight, bias], answer, mix)
    return _packed(graph, [_signature(f"serve_{number}", place, answer) for number in range(tiny.signatures)])


def _signature(key: str, place: dict[str, int], answer: int) -> Any:  # noqa: ANN401 - generated code has no types
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = key, 0
    signature.inputs = [_named(name, index) for name, index in place.items()]
    signature.outputs = [_named("score", answer)]
    return signature


def _packed(graph: _Graph, signatures: list[Any]) -> bytes:
    subgraph = schema.SubGraphT()
    subgraph.name, subgraph.tensors, subgraph.operators = "main", graph.tensors, graph.operators
    subgraph.inputs = [entry.tensorIndex for entry in signatures[0].inputs]
    subgraph.outputs = [entry.tensorIndex for entry in signatures[0].outputs]
    model = schema.ModelT()
    model.version, model.description = 3, "tiny"
    model.subgraphs, model.buffers = [subgraph], graph.buffers
    model.operatorCodes, model.signatureDefs = graph.codes, signatures
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _named(name: str, index: int) -> Any:  # noqa: ANN401 - generated code has no types
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, index
    return entry
