"""Rules for Coral's Edge TPU, as published: what its compiler maps, without the compiler.

Source:
    coral.ai/docs/edgetpu/models-intro, "Model requirements" and "Supported operations".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from convert.audit.cpu import HINTS, not_integers
from convert.audit.facts import WEIGHTED, facts_of, parameter_bytes
from convert.audit.graph import read
from convert.audit.report import Report, Violation, about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convert.audit.graph import Graph, Operator

TARGET = "coral"

_OPERATORS = """
ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D EXPAND_DIMS FULLY_CONNECTED
L2_NORMALIZATION LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM MUL PACK PAD PRELU QUANTIZE REDUCE_MAX
REDUCE_MIN RELU RELU6 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR RSQRT SLICE
SOFTMAX SPACE_TO_DEPTH SPLIT SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM TANH TRANSPOSE
TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM
"""
SUPPORTED = frozenset(_OPERATORS.split())

COMPILED = "custom edgetpu-custom-op"
"""What the compiler puts in place of all that it maps."""

MAX_PARAMETER_BYTES = 8_000_000
"""About what the chip's memory holds; the rest would be sent to it for each picture."""

NO_FUSED_ACTIVATION = frozenset({"AVERAGE_POOL_2D", "CONCATENATION", "MAX_POOL_2D"})
INNER_DIMENSIONS = 3
MAX_SOFTMAX = 16_000
HALF_PIXEL_VERSION = 3


def audit(content: bytes, *, file: str) -> Report:
    """Hold a TFLite file against the Edge TPU's rules.

    Args:
        content: The file, from before or after ``edgetpu_compiler``.
        file: Its name, for people.

    Raises:
        ModelError: It cannot be read.
    """
    graph = read(content, origin=file)
    if any(operator.kind == COMPILED for operator in graph.operators):
        return _compiled(graph, file)
    size = parameter_bytes(graph)
    violations = [violation for operator in graph.operators for violation in _broken(graph, operator)]
    violations += not_integers(graph)
    if size > MAX_PARAMETER_BYTES:
        violations.append(
            Violation(
                f"the parameters take {size / 1e6:.1f} MB, and the chip's memory holds about 8",
                "prune more, or use fewer channels",
            )
        )
    facts = {**facts_of(graph), "parameter_kb": size / 1000}
    return Report(TARGET, file, facts, tuple(violations), tuple(_remarks(graph)))


def _compiled(graph: Graph, file: str) -> Report:
    left = [operator for operator in graph.operators if operator.kind != COMPILED]
    fix = "compile a model that `audit --target coral` finds clean"
    violations = [about(operator, "runs on the processor, after compilation", fix) for operator in left]
    facts = {"size_kb": graph.size_bytes / 1000, "operators": len(graph.operators), "outside": len(left)}
    return Report(TARGET, file, facts, tuple(violations))


def _broken(graph: Graph, operator: Operator) -> Iterator[Violation]:
    if operator.kind not in SUPPORTED:
        fix = HINTS.get(operator.kind, "take one of the operators that Coral's documentation lists")
        yield about(operator, "the Edge TPU does not have this operator", fix)
    tensors = graph.of((*operator.inputs, *operator.outputs))
    if any(side < 0 for tensor in tensors for side in tensor.shape):
        yield about(operator, "has a tensor of no fixed size", "export the model for one size of pictures")
    if any(math.prod(tensor.shape[:-INNER_DIMENSIONS]) > 1 for tensor in tensors if not tensor.constant):
        yield about(
            operator,
            "more than the three innermost dimensions are larger than 1",
            "export the model for a batch of 1",
        )
    if operator.kind in NO_FUSED_ACTIVATION and operator.option("fusedActivationFunction"):
        yield about(operator, "has an activation fused to it", "put the activation before it")
    if operator.kind in WEIGHTED and not graph.tensors[operator.inputs[1]].constant:
        yield about(operator, "has weights that are no constants", "export the model with its weights frozen")
    if operator.option("dilationWFactor", 1) != operator.option("dilationHFactor", 1):
        yield about(operator, "is dilated unlike in x and y", "use the same dilation in both")
    yield from _special(graph, operator)


def _special(graph: Graph, operator: Operator) -> Iterator[Violation]:
    """Check what the published list says of single operators."""
    inputs, outputs = graph.of(operator.inputs), graph.of(operator.outputs)
    if operator.kind == "CONCATENATION":
        constants = [tensor for tensor in inputs if tensor.constant]
        zeros = all(
            set(tensor.content) == {zero % 256 for zero in tensor.zero_points[:1]} for tensor in constants
        )
        if constants and (len(inputs) != 2 or not zeros):  # noqa: PLR2004 - a tensor and its padding
            yield about(
                operator, "a constant is joined that is no padding by zeros", "join computed tensors only"
            )
    if operator.kind == "SOFTMAX" and outputs[0].count > MAX_SOFTMAX:
        yield about(
            operator, f"has more than {MAX_SOFTMAX} values", "leave it to the device, after the model"
        )
    if operator.kind == "STRIDED_SLICE" and set(np.frombuffer(inputs[-1].content, np.int32)) - {1}:
        yield about(operator, "steps over values", "use strides of 1")
    if operator.kind == "FULLY_CONNECTED" and outputs[0].count != outputs[0].shape[-1]:
        yield about(operator, "gives more than one dimension", "flatten before it")


def _remarks(graph: Graph) -> Iterator[str]:
    resizes = [operator for operator in graph.operators if operator.kind.startswith("RESIZE_")]
    if resizes:
        yield "the compiler alone decides, by their sizes, whether it maps " + ", ".join(
            f"operator {operator.index} ({operator.kind})" for operator in resizes
        )
    if any(operator.version >= HALF_PIXEL_VERSION for operator in resizes):
        yield "enlarging between pixel centres needs edgetpu_compiler 16 or later"
