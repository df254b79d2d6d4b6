"""Rules for processors: all int8, and all of it run by XNNPACK in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.audit.facts import facts_of
from convert.audit.graph import read
from convert.audit.report import Report, Violation, about
from convert.tflite import Tflite

if TYPE_CHECKING:
    from convert.audit.graph import Graph, Operator

TARGET = "cpu"

INTEGERS = frozenset({"INT8", "INT32"})
"""Activations and weights; biases and sizes."""

HINTS = {
    "ABS": "write relu(a - b) + relu(b - a)",
    "HARD_SWISH": "use relu6",
    "MAXIMUM": "write b + relu(a - b)",
    "MINIMUM": "write a - relu(a - b)",
    "TILE": "enlarge bilinearly",
    "DEQUANTIZE": "let every tensor be int8: give each a range",
    "QUANTIZE": "let all inputs of an operator have one scale",
}
OTHERWISE = "take another operator, or scales less far apart"


def audit(content: bytes, *, file: str) -> Report:
    """Hold a TFLite file against what LiteRT does best on a processor.

    Args:
        content: The file.
        file: Its name, for people.

    Raises:
        ModelError: It cannot be read.
    """
    graph = read(content, origin=file)
    partitions = Tflite(content, origin=file).partitions
    taken = {number for inputs, outputs in partitions for number in graph.behind(outputs, inputs)}
    outside = [operator for operator in graph.operators if operator.index not in taken]
    facts = {**facts_of(graph), "partitions": len(partitions), "outside": len(outside)}
    violations = [_left(operator) for operator in outside] + not_integers(graph)
    if len(partitions) > 1 and not outside:
        violations.append(Violation(f"XNNPACK runs it in {len(partitions)} pieces", OTHERWISE))
    return Report(TARGET, file, facts, tuple(violations))


def not_integers(graph: Graph) -> list[Violation]:
    """Return a violation for each operator that touches something else than int8 or int32."""
    found = []
    for operator in graph.operators:
        odd = [
            tensor
            for tensor in graph.of((*operator.inputs, *operator.outputs))
            if tensor.dtype not in INTEGERS
        ]
        if odd:
            named = ", ".join(sorted({tensor.dtype.lower() for tensor in odd}))
            found.append(
                about(operator, f"works on {named} ({odd[0].name})", "quantize the whole model to int8")
            )
    return found


def _left(operator: Operator) -> Violation:
    return about(operator, "XNNPACK leaves it to slower code", HINTS.get(operator.kind, OTHERWISE))
