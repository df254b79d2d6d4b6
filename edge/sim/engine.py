"""An engine that answers what it was told to; slow, wrong or dead on cue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge.errors import ContractError, EngineError
from edge.types import ModelContract, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.sim.clock import SimClock
    from edge.types import ScoreMap

Inputs = Mapping[str, NDArray[np.generic]]
Answer = Callable[[Inputs], "ScoreMap"]

CONTRACT = ModelContract(
    model="sim",
    version="1",
    inputs=(
        TensorSpec("reference", (None, None, 3), "uint8"),
        TensorSpec("current", (None, None, 3), "uint8"),
        TensorSpec("noise", (None, None), "float32"),
    ),
    outputs=(TensorSpec("score", (None, None), "float32"),),
)


def blind(inputs: Inputs) -> ScoreMap:
    """See no difference, whatever is shown."""
    return np.zeros(inputs["current"].shape[:2], np.float32)


class SimEngine:
    """Implements ``edge.ports.Engine``; looks at nothing unless its answers do.

    Attributes:
        dead: Whether it fails with every run; set it to pull the plug.
        misshapen: Whether it answers a row too few.
        runs: How often it was asked.
    """

    contract = CONTRACT
    delegate = "sim"

    def __init__(
        self,
        answers: Answer | Iterable[ScoreMap] = blind,
        *,
        clock: SimClock | None = None,
        takes_s: float = 0.0,
    ) -> None:
        """Learn the answers.

        Args:
            answers: Computes the score map; or score maps, one a run: after the
                last it is blind.
            clock: Shows the time a run takes.
            takes_s: How long a run takes.
        """
        self.dead = False
        self.misshapen = False
        self.runs = 0
        self._answer = answers if callable(answers) else _one_by_one(answers)
        self._clock = clock
        self._takes_s = takes_s

    def run(self, inputs: Inputs) -> Inputs:
        """Answer.

        Raises:
            EngineError: It is dead, on cue.
            ContractError: An input is missing, or not of its type and rank, or
                not of the size of the others.
        """
        self.runs += 1
        if self.dead:
            msg = "the accelerator is gone (scripted)"
            raise EngineError(msg)
        for spec in CONTRACT.inputs:
            _check(spec, inputs)
        score = self._answer(inputs)
        if self._clock is not None:
            self._clock.advance(self._takes_s)
        return {"score": score[1:] if self.misshapen else score}


def _check(spec: TensorSpec, inputs: Inputs) -> None:
    rows_and_columns = inputs["reference"].shape[:2] if "reference" in inputs else ()
    tensor = inputs.get(spec.name)
    expected = f"{spec.dtype} {spec.shape}"
    if tensor is None:
        raise ContractError(spec.name, expected=expected, found="nothing")
    fits = tensor.ndim == len(spec.shape) and tensor.shape[2:] == spec.shape[2:]
    if not fits or str(tensor.dtype) != spec.dtype or tensor.shape[:2] != rows_and_columns:
        raise ContractError(spec.name, expected=expected, found=f"{tensor.dtype} {tensor.shape}")


def _one_by_one(answers: Iterable[ScoreMap]) -> Answer:
    left = iter(answers)

    def answer(inputs: Inputs) -> ScoreMap:
        following = next(left, None)
        return blind(inputs) if following is None else following

    return answer
