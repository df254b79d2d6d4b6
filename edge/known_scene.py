"""What one camera's post knows of its scene: nothing at first, then a bank of references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.bank import Bank
from edge.core.calibration import threshold_of
from edge.learning import LIGHT, Learning
from edge.vision.unwatched import left_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.core.calibration.record import Record
    from edge.core.limits import Limits
    from edge.core.polygons import Polygon
    from edge.ports import Clock, Engine
    from edge.types import Calibration, Frame, Mask, ModelTag, Reference


class KnownScene:
    """Learns the scene where it is not known yet.

    Attributes:
        bank: Its references; ``None`` while it is being learned.
    """

    def __init__(  # noqa: PLR0913 - what looking takes, and what is known already
        self,
        engine: Engine,
        limits: Limits,
        clock: Clock,
        *,
        reference: Reference | None,
        lights: Sequence[Reference] = (),
        ignore: Sequence[Polygon] = (),
        record: Record | None = None,
    ) -> None:
        """Begin with what earlier runs learned.

        Args:
            engine: Scores aligned pairs.
            limits: The user's limits.
            clock: Times the engine.
            reference: The golden one; ``None`` to learn one.
            lights: Those of other lights.
            ignore: Places that are never judged.
            record: What the view did by itself.
        """
        self._engine = engine
        self._limits = limits
        self._clock = clock
        self._ignore = ignore
        self._learning: Learning | None = None
        self.bank = None if reference is None else self._bank(reference, lights, record)

    @property
    def reference(self) -> Reference | None:
        """How it looks, in the light of now, when nothing has changed."""
        return None if self.bank is None else self.bank.reference

    @property
    def light(self) -> str:
        """The light state."""
        return LIGHT if self.bank is None else self.bank.light

    @property
    def calibration(self) -> Calibration | None:
        """How thresholds stand to the budget of false alarms; ``None`` while learning."""
        return None if self.bank is None else self.bank.calibration

    @property
    def model(self) -> ModelTag:
        """Who looks."""
        return self._engine.contract.tag(self._engine.delegate)

    @property
    def threshold(self) -> float:
        """Score that a region must reach somewhere where nothing is raised."""
        return threshold_of(self._limits.sensitivity, at=self._engine.contract.threshold)

    def threshold_at(self, mask: Mask) -> float:
        """Return the score that a region must reach somewhere at a place, the lowest of it."""
        return self.threshold if self.bank is None else self.bank.threshold_at(mask)

    def left_out(self, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
        """Return where nothing is judged, bool ``(H, W)``; ``None`` where everything is.

        Args:
            shape: Of a frame: rows and columns first.
        """
        return left_out(self._ignore, shape, max_shift_px=self._limits.max_shift_px)

    def learn(self, frame: Frame) -> Reference | None:
        """Learn from one frame; return the golden reference once it is known."""
        if self._learning is None:
            self._learning = Learning(self._limits.learn_s, self.left_out(frame.pixels.shape))
        reference = self._learning.first(frame)
        if reference is not None:
            self.bank = self._bank(reference)
        return reference

    def tune(self, limits: Limits) -> None:
        """Look by other limits from now on, at what is known already."""
        self._limits = limits
        if self.bank is not None:
            golden, others = self.bank.known
            self.bank = self._bank(golden, others)

    def forget(self) -> None:
        """Know nothing; what was begun to be learned is dropped too."""
        self.bank, self._learning = None, None

    def _bank(
        self, golden: Reference, lights: Sequence[Reference] = (), record: Record | None = None
    ) -> Bank:
        unjudged = self.left_out(golden.learned.shape)
        return Bank(self._engine, self._limits, self._clock, golden, lights, left_out=unjudged, record=record)
