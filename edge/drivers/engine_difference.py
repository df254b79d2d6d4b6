"""The engine without a network: the ``difference`` method behind the Engine port."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from edge.errors import ContractError
from edge.types import ModelContract, TensorSpec
from edge.vision.difference import difference
from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from edge.types import Pixels

CONTRACT = ModelContract(
    model="difference",
    version="1",
    inputs=(
        TensorSpec("reference", (None, None, 3), "uint8"),
        TensorSpec("current", (None, None, 3), "uint8"),
        TensorSpec("noise", (None, None), "float32"),
    ),
    outputs=(TensorSpec("score", (None, None), "float32"),),
)


class DifferenceEngine:
    """Scores pairs by ``edge.vision.difference``; runs anywhere, cannot be lost."""

    contract = CONTRACT
    delegate = "cpu"

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Compare; see ``edge.ports.Engine``."""
        for spec in CONTRACT.inputs:
            _check(spec, inputs)
        size = inputs["reference"].shape[:2]
        for name, tensor in inputs.items():
            if tensor.shape[:2] != size:
                found = f"{tensor.dtype} {tensor.shape}"
                raise ContractError(name, expected=f"{tensor.dtype} of {size} pixels", found=found)
        reference, current = (grey(cast("Pixels", inputs[name])) for name in ("reference", "current"))
        return {"score": difference(reference, current, cast("NDArray[np.float32]", inputs["noise"]))}


def _check(spec: TensorSpec, inputs: Mapping[str, NDArray[np.generic]]) -> None:
    tensor = inputs.get(spec.name)
    expected = f"{spec.dtype} {spec.shape}"
    if tensor is None:
        raise ContractError(spec.name, expected=expected, found="nothing")
    fits = len(tensor.shape) == len(spec.shape) and all(
        want is None or want == have for want, have in zip(spec.shape, tensor.shape, strict=True)
    )
    if not fits or tensor.dtype != np.dtype(spec.dtype):
        raise ContractError(spec.name, expected=expected, found=f"{tensor.dtype} {tensor.shape}")
