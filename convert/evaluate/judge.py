"""Who says what changed: a model on the device's own path, or another method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from convert.evaluate.methods import METHODS, THRESHOLD
from edge import app
from edge.comparison import compare

if TYPE_CHECKING:
    from pathlib import Path

    from convert.evaluate.methods import Method
    from edge.ports import Engine
    from edge.types import Pixels, ScoreMap

DIFFERENCE = "difference"
"""The device's engine without a network."""

NAMES = (*METHODS, DIFFERENCE)
"""What can be evaluated besides models."""

CPU, FLOAT = "cpu", "float"


class Judge(Protocol):
    """Somebody who says what changed."""

    @property
    def name(self) -> str:
        """Who it is, for people."""
        ...

    @property
    def threshold(self) -> float:
        """The score from which it reports a change."""
        ...

    @property
    def reach(self) -> float:
        """The share of the threshold down to which a reported region reaches, in ``(0, 1]``."""
        ...

    def score(self, before: Pixels, after: Pixels) -> ScoreMap:
        """Return the score map in coordinates of the current picture.

        Args:
            before: The reference, RGB, uint8 ``(H, W, 3)``.
            after: The current picture, same shape.

        Returns:
            float32 ``(H, W)`` in ``[0, 1]``.

        Raises:
            EngineError: The engine failed.
            ContractError: The model does not give what it promises.
        """
        ...


@dataclass(frozen=True, slots=True)
class EngineJudge:
    """An engine, after the steps that the device takes before it."""

    engine: Engine

    @property
    def name(self) -> str:
        """The model, its version and what it runs on."""
        tag = self.engine.contract.tag(self.engine.delegate)
        return f"{tag.id} {tag.version} ({tag.delegate})"

    @property
    def threshold(self) -> float:
        """The threshold that the model was shipped with."""
        return self.engine.contract.threshold

    @property
    def reach(self) -> float:
        """How far down the regions of the model that was shipped reach."""
        return self.engine.contract.reach

    def score(self, before: Pixels, after: Pixels) -> ScoreMap:
        """See ``Judge``."""
        return compare(self.engine, before, after).back()


@dataclass(frozen=True, slots=True)
class MethodJudge:
    """A method of ``convert.evaluate.methods``."""

    name: str
    method: Method
    threshold: float = THRESHOLD
    reach: float = 1.0

    def score(self, before: Pixels, after: Pixels) -> ScoreMap:
        """See ``Judge``."""
        return self.method.score(before, after)


def judge_of_method(name: str) -> Judge:
    """Return one of ``NAMES``."""
    if name == DIFFERENCE:
        return EngineJudge(app.difference_engine())
    return MethodJudge(name, METHODS[name])


def judge_of_model(bundle: Path | None, *, delegate: str, threads: int | None) -> Judge:
    """Return a model.

    Args:
        bundle: Its folder; ``None`` for the default model.
        delegate: ``cpu`` for the int8 file, ``float`` for the unquantized one.
        threads: Threads of its interpreter; ``None`` for as many as it likes.

    Raises:
        ModelError: It is no bundle, or a damaged one, or has no such file.
        EngineError: It cannot be loaded here.
    """
    return EngineJudge(app.engine_of(bundle, delegate=delegate, threads=threads))
