"""An engine that answers what it was told to, and an accelerator; slow, wrong, dead or unplugged on cue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge.core.contract import PAIR, SCORE, check_inputs
from edge.errors import EngineError
from edge.types import ModelContract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.sim.clock import SimClock
    from edge.types import ScoreMap

Inputs = Mapping[str, NDArray[np.generic]]
Answer = Callable[[Inputs], "ScoreMap"]

CONTRACT = ModelContract(model="sim", version="1", inputs=PAIR, outputs=SCORE)


def blind(inputs: Inputs) -> ScoreMap:
    """See no difference, whatever is shown."""
    return np.zeros(inputs["current"].shape[:2], np.float32)


class SimEngine:
    """Implements ``edge.ports.Engine``; looks at nothing unless its answers do.

    Attributes:
        delegate: What it claims to run on.
        dead: Whether it fails with every run; set it to pull the plug.
        misshapen: Whether it answers a row too few.
        runs: How often it was asked.
    """

    contract = CONTRACT

    def __init__(
        self,
        answers: Answer | Iterable[ScoreMap] = blind,
        *,
        clock: SimClock | None = None,
        takes_s: float = 0.0,
        delegate: str = "sim",
    ) -> None:
        """Learn the answers.

        Args:
            answers: Computes the score map; or score maps, one a run: after the
                last it is blind.
            clock: Shows the time a run takes.
            takes_s: How long a run takes.
            delegate: What it shall claim to run on.
        """
        self.delegate = delegate
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
        check_inputs(CONTRACT, inputs)
        score = self._answer(inputs)
        if self._clock is not None:
            self._clock.advance(self._takes_s)
        return {"score": score[1:] if self.misshapen else score}


class SimAccelerator:
    """An accelerator on a plug: what was loaded on it dies when it is pulled, and stays dead.

    Attributes:
        tries: How often somebody tried to load a model on it.
    """

    def __init__(self, answers: Answer = blind, *, plugged: bool = True) -> None:
        self.tries = 0
        self._answers = answers
        self._plugged = plugged
        self._loaded: list[SimEngine] = []

    def wake(self) -> SimEngine:
        """Load a model on it.

        Raises:
            EngineError: It is not plugged in.
        """
        self.tries += 1
        if not self._plugged:
            msg = "no accelerator is plugged in (scripted)"
            raise EngineError(msg)
        self._loaded.append(SimEngine(self._answers, delegate="coral"))
        return self._loaded[-1]

    def pull(self) -> None:
        """Pull the plug."""
        self._plugged = False
        for engine in self._loaded:
            engine.dead = True

    def plug(self) -> None:
        """Plug it in again."""
        self._plugged = True


def _one_by_one(answers: Iterable[ScoreMap]) -> Answer:
    left = iter(answers)

    def answer(inputs: Inputs) -> ScoreMap:
        following = next(left, None)
        return blind(inputs) if following is None else following

    return answer
