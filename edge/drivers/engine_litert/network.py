"""A model file, loaded and held against its contract; fed and read by name."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from edge.errors import ContractError, EngineError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from edge.types import ModelContract, TensorSpec

IDENTIFIER = b"TFL3"
"""What stands at bytes 4 to 8 of a TFLite file."""

_FIX = "copy the bundle again, or build it again"


class Network:
    """A network that answers with ``score``.

    Inputs of a TFLite file stand in no order to rely on: converters sort them as
    they like. So they are fed by the names of the signature.

    Args:
        contract: What the file must be.
        model: The file.
        threads: How many of the processor's threads may work, at least 1.

    Raises:
        ModelError: The file is not the one that the contract vouches for, or
            LiteRT cannot load it.
        ContractError: A tensor is not what the contract promises.
        EngineError: There is no LiteRT here.
    """

    def __init__(self, contract: ModelContract, model: bytes, *, threads: int) -> None:
        self._name = f"model {contract.model!r} {contract.version}"
        self._check(model, contract.sha256)
        try:
            self._runner = _runner(model, threads)
        except (ValueError, RuntimeError) as error:
            msg = f"{self._name}: LiteRT cannot load it ({_line(error)}): {_FIX}"
            raise ModelError(msg) from error
        _compare(contract.inputs, self._runner.get_input_details())
        _compare(contract.outputs, self._runner.get_output_details())

    def score(self, **tensors: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return the output ``score``.

        Args:
            **tensors: The inputs by name, of the contract's shapes and types.

        Raises:
            EngineError: LiteRT failed.
        """
        try:
            answer = self._runner(**tensors)
        except (ValueError, RuntimeError) as error:
            msg = f"{self._name}: LiteRT failed ({_line(error)}): start again, or use another delegate"
            raise EngineError(msg) from error
        return cast("NDArray[np.generic]", answer["score"])

    def _check(self, model: bytes, sha256: str) -> None:
        found = hashlib.sha256(model).hexdigest()
        if found != sha256:
            msg = f"{self._name}: its digest is {found}, and the contract says {sha256 or 'nothing'}: {_FIX}"
            raise ModelError(msg)
        if model[4:8] != IDENTIFIER:
            msg = f"{self._name}: not a TFLite file: {_FIX}"
            raise ModelError(msg)


def _runner(model: bytes, threads: int) -> Any:  # noqa: ANN401 - LiteRT has no types
    """Load a file, ready to run.

    Raises:
        ValueError: LiteRT's own, or the file has not exactly one signature.
        RuntimeError: LiteRT's own.
        EngineError: There is no LiteRT.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - a device may lack it
    except ImportError as error:
        msg = (
            f"LiteRT cannot be loaded ({error}): pip install 'stillwatch' brings it, on 64-bit Linux, "
            "Windows and macOS with Apple silicon"
        )
        raise EngineError(msg) from error
    with _silence():
        interpreter = Interpreter(model_content=model, num_threads=threads)
        interpreter.allocate_tensors()
    signatures = interpreter.get_signature_list()
    if len(signatures) != 1:
        msg = f"it has {len(signatures)} signatures, and one is wanted"
        raise ValueError(msg)
    return interpreter.get_signature_runner(next(iter(signatures)))


@contextmanager
def _silence() -> Iterator[None]:
    """Keep LiteRT from printing which kernels it uses; it knows no other way.

    Its errors come as exceptions. What other threads write to standard error
    meanwhile, for some milliseconds, is lost.
    """
    try:
        stderr = os.dup(2)
    except OSError:  # closed, as in some services
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(nowhere)
        os.close(stderr)


def _compare(promised: Sequence[TensorSpec], details: Mapping[str, Mapping[str, Any]]) -> None:
    found = {name: _described(detail) for name, detail in details.items()}
    wanted = {spec.name: _promise(spec) for spec in promised}
    for name in sorted(wanted | found):
        expected, met = wanted.get(name, "nothing"), found.get(name, "nothing")
        if expected != met:
            raise ContractError(name, expected=expected, found=met)


def _promise(spec: TensorSpec) -> str:
    if spec.affine is None:
        return f"{spec.dtype} {spec.shape}"
    return _text(spec.dtype, spec.shape, spec.affine.scale, spec.affine.zero_point)


def _described(detail: Mapping[str, Any]) -> str:
    dtype, shape = np.dtype(detail["dtype"]).name, tuple(int(size) for size in detail["shape"])
    scale, zero_point = detail["quantization"]
    return _text(dtype, shape, scale, zero_point) if scale else f"{dtype} {shape}"


def _text(dtype: str, shape: Sequence[int | None], scale: float, zero_point: int) -> str:
    # A file holds float32; its shortest text tells any two of them apart.
    return f"{dtype} {tuple(shape)} of scale {np.float32(scale)!s} and zero point {zero_point}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
