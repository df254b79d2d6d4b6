"""What a TFLite file costs: operators, parameters, multiplications."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from convert.audit.graph import Graph, Operator

WEIGHTED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"})
"""Operators whose second and third inputs are weights and bias."""


def facts_of(graph: Graph) -> dict[str, float | int | str]:
    """Return what holds for every target."""
    kinds = Counter(operator.kind for operator in graph.operators)
    return {
        "size_kb": graph.size_bytes / 1000,
        "operators": len(graph.operators),
        "kinds": ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
        "parameters": parameters(graph),
        "multiplications": sum(_multiplications(graph, operator) for operator in graph.operators),
    }


def parameters(graph: Graph) -> int:
    """Return how many weights and biases there are; shared ones count once."""
    used = {index for operator in graph.operators for index in _weights(operator)}
    return sum(tensor.count for tensor in graph.of(used) if tensor.constant)


def parameter_bytes(graph: Graph) -> int:
    """Return what they take."""
    used = {index for operator in graph.operators for index in _weights(operator)}
    return sum(len(tensor.content) for tensor in graph.of(used))


def _weights(operator: Operator) -> tuple[int, ...]:
    return operator.inputs[1:3] if operator.kind in WEIGHTED else ()


def _multiplications(graph: Graph, operator: Operator) -> int:
    """Return the multiplications, each with its addition, of one pass."""
    if operator.kind not in WEIGHTED:
        return 0
    kernel, output = graph.tensors[operator.inputs[1]], graph.tensors[operator.outputs[0]]
    # A depthwise kernel (1, h, w, C) gives each channel its own window; the others sum over all.
    window = kernel.shape[1:3] if operator.kind == "DEPTHWISE_CONV_2D" else kernel.shape[1:]
    return output.count * int(np.prod(window, dtype=np.int64))
