"""TFLite files with something in them changed, to see whether it is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

if TYPE_CHECKING:
    from collections.abc import Callable


def altered(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a file after a change to its object form, ``schema.ModelT``."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    change(model)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def graph(model: Any) -> Any:  # noqa: ANN401 - generated code has no types
    """Return the only subgraph."""
    return model.subgraphs[0]


def becomes(kind: str, *, at: int = 0, inputs: int | None = None) -> Callable[[Any], None]:
    """Return a change that makes an operator one of another kind, without options.

    Args:
        kind: Such as ``ABS``.
        at: Which operator.
        inputs: How many inputs it keeps; ``None`` for all.
    """

    def change(model: Any) -> None:  # noqa: ANN401 - generated code has no types
        operator = graph(model).operators[at]
        code = model.operatorCodes[operator.opcodeIndex]
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(127, code.builtinCode)
        code.version = 1
        operator.inputs = list(operator.inputs)[:inputs]
        operator.builtinOptions, operator.builtinOptionsType = None, 0

    return change


def custom(name: str, *, at: int = 0) -> Callable[[Any], None]:
    """Return a change that makes an operator a custom one."""

    def change(model: Any) -> None:  # noqa: ANN401 - generated code has no types
        becomes("CUSTOM", at=at)(model)
        model.operatorCodes[graph(model).operators[at].opcodeIndex].customCode = name

    return change
