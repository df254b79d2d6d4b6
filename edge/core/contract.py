"""What a model promises about its tensors, and whether a tensor keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ContractError
from edge.types import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from edge.types import ModelContract

PAIR = (
    TensorSpec("reference", (None, None, 3), "uint8"),
    TensorSpec("current", (None, None, 3), "uint8"),
    TensorSpec("noise", (None, None), "float32"),
)
"""Everything the device can offer an engine: pictures of any one size, and the noise."""

SCORE = (TensorSpec("score", (None, None), "float32"),)


def check_inputs(contract: ModelContract, inputs: Mapping[str, NDArray[np.generic]]) -> None:
    """Hold the inputs against the contract.

    Args:
        contract: What the model wants; where it takes any size, all inputs must
            agree on one with the first.
        inputs: What is offered, by name.

    Raises:
        ContractError: An input is missing, or of another type, rank or size.
    """
    for spec in contract.inputs:
        tensor = inputs.get(spec.name)
        expected = f"{spec.dtype} {spec.shape}"
        if tensor is None:
            raise ContractError(spec.name, expected=expected, found="nothing")
        found = f"{tensor.dtype} {tensor.shape}"
        fits = len(tensor.shape) == len(spec.shape) and all(
            want is None or want == have for want, have in zip(spec.shape, tensor.shape, strict=True)
        )
        if not fits or tensor.dtype != np.dtype(spec.dtype):
            raise ContractError(spec.name, expected=expected, found=found)
        size = inputs[contract.inputs[0].name].shape[:2]
        if tensor.shape[:2] != size:
            raise ContractError(spec.name, expected=f"{spec.dtype} of {size} pixels", found=found)
