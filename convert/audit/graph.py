"""What is in a TFLite file: its operators and tensors, read from the file itself."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convert.tflite import IDENTIFIER
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ABSENT = -1
"""Stands for an input that is left out."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor.

    Attributes:
        index: Its number in the file.
        name: Its name.
        shape: Its sizes; -1 where the file leaves one open.
        dtype: Such as ``INT8``.
        scales: One, or one for each channel; empty where it is not quantized.
        zero_points: The same number of them.
        content: Its bytes where it is a constant, else empty.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    content: bytes = field(repr=False)

    @property
    def constant(self) -> bool:
        """Whether its values are in the file."""
        return bool(self.content)

    @property
    def count(self) -> int:
        """How many values it has."""
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    Attributes:
        index: Its number in the file, in the order of execution.
        kind: Such as ``CONV_2D``; for a custom one, ``custom`` and what it calls itself.
        version: Of the operator; a runtime or compiler of its time knows no later one.
        inputs: Numbers of tensors, without those left out.
        outputs: Numbers of tensors.
        options: Its settings, as the file's schema has them.
    """

    index: int
    kind: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any

    def option(self, name: str, default: int = 0) -> int:
        """Return one of its settings."""
        return int(getattr(self.options, name, default))


@dataclass(frozen=True, slots=True)
class Graph:
    """A file's only subgraph.

    Attributes:
        operators: In the order of execution.
        tensors: By their numbers.
        inputs: Numbers of tensors, by the signature's names; where the file has no
            signature, by the tensors' own.
        outputs: The same.
        size_bytes: Of the file.
    """

    operators: tuple[Operator, ...]
    tensors: tuple[StoredTensor, ...]
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]
    size_bytes: int

    def sources(self) -> dict[int, frozenset[str]]:
        """Return for each tensor the named inputs that it depends on."""
        found = {index: frozenset((name,)) for name, index in self.inputs.items()}
        for operator in self.operators:
            parts = [found.get(index, frozenset()) for index in operator.inputs]
            for index in operator.outputs:
                found[index] = frozenset().union(*parts)
        return found

    def of(self, numbers: Iterable[int]) -> list[StoredTensor]:
        """Return tensors by their numbers."""
        return [self.tensors[number] for number in numbers]

    def behind(self, results: Iterable[int], given: Iterable[int]) -> set[int]:
        """Return the numbers of the operators that make some tensors out of others."""
        maker = {index: operator for operator in self.operators for index in operator.outputs}
        stop, wanted, found = set(given), list(results), set[int]()
        while wanted:
            operator = maker.get(wanted.pop())
            if operator is not None and operator.index not in found:
                found.add(operator.index)
                wanted += [index for index in operator.inputs if index not in stop]
        return found


def read(content: bytes, *, origin: str) -> Graph:
    """Read a TFLite file.

    Args:
        content: The file.
        origin: Its name, for messages.

    Raises:
        ModelError: It is none, or damaged, or has several subgraphs or signatures.
    """
    if content[4:8] != IDENTIFIER:
        msg = f"{origin}: not a TFLite file: name a bundle, or a file that ends in .tflite"
        raise ModelError(msg)
    try:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        (subgraph,) = model.subgraphs
        inputs, outputs = _names(model, subgraph)
        kinds = [(_kind(code), int(code.version)) for code in model.operatorCodes]
        buffers = [_bytes(buffer.data) for buffer in model.buffers]
        return Graph(
            operators=tuple(_operator(place, each, kinds) for place, each in enumerate(subgraph.operators)),
            tensors=tuple(_tensor(place, each, buffers) for place, each in enumerate(subgraph.tensors)),
            inputs=inputs,
            outputs=outputs,
            size_bytes=len(content),
        )
    except (ValueError, TypeError, LookupError, AttributeError, struct.error) as error:
        msg = f"{origin}: damaged, or with several subgraphs or signatures ({error}): build it again"
        raise ModelError(msg) from error


_KINDS = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
_TYPES = {value: name for name, value in vars(schema.TensorType).items() if isinstance(value, int)}


def _names(model: Any, subgraph: Any) -> tuple[dict[str, int], dict[str, int]]:  # noqa: ANN401 - generated code has no types
    """Return the inputs and the outputs; the Edge TPU's compiler drops signatures."""
    signatures = _all(model.signatureDefs)
    if not signatures:
        inputs, outputs = (
            {subgraph.tensors[index].name.decode(): int(index) for index in indices}
            for indices in (subgraph.inputs, subgraph.outputs)
        )
        return inputs, outputs
    (signature,) = signatures
    inputs, outputs = (
        {entry.name.decode(): int(entry.tensorIndex) for entry in entries}
        for entries in (signature.inputs, signature.outputs)
    )
    return inputs, outputs


def _kind(code: Any) -> str:  # noqa: ANN401 - generated code has no types
    if code.customCode:
        return f"custom {code.customCode.decode(errors='replace')}"
    # Files of old converters have the smaller field alone.
    number = max(int(code.builtinCode), int(code.deprecatedBuiltinCode))
    return str(_KINDS.get(number, f"operator {number}"))


def _operator(place: int, operator: Any, kinds: list[tuple[str, int]]) -> Operator:  # noqa: ANN401 - generated code has no types
    kind, version = kinds[operator.opcodeIndex]
    return Operator(
        index=place,
        kind=kind,
        version=version,
        inputs=tuple(int(index) for index in _all(operator.inputs) if index != ABSENT),
        outputs=tuple(int(index) for index in _all(operator.outputs)),
        options=operator.builtinOptions,
    )


def _tensor(place: int, tensor: Any, buffers: list[bytes]) -> StoredTensor:  # noqa: ANN401 - generated code has no types
    affine = tensor.quantization
    signature = _all(tensor.shapeSignature)
    return StoredTensor(
        index=place,
        name=(tensor.name or b"").decode(errors="replace"),
        shape=tuple(int(side) for side in (signature or _all(tensor.shape))),
        dtype=_TYPES[tensor.type],
        scales=() if affine is None else tuple(float(scale) for scale in _all(affine.scale)),
        zero_points=() if affine is None else tuple(int(zero) for zero in _all(affine.zeroPoint)),
        content=buffers[tensor.buffer],
    )


def _all(numbers: Any) -> list[Any]:  # noqa: ANN401 - an array, or None where there are none
    return [] if numbers is None else list(numbers)


def _bytes(data: Any) -> bytes:  # noqa: ANN401 - the same
    return b"" if data is None else np.asarray(data, np.uint8).tobytes()
