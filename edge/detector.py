"""Frame in, look out: the steps around one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.comparison import Comparer
from edge.core.calibration import threshold_of
from edge.describing import Describer
from edge.sight import Approach, Sight
from edge.types import Look, View
from edge.vision import sharpness
from edge.vision.light import grey
from edge.vision.search import search
from edge.vision.view import blurred, covered, unrecognized, view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.comparison import Aligned
    from edge.core.limits import Limits
    from edge.ports import Clock, Engine
    from edge.types import Frame, Instant, ModelTag, Reference

SHARPNESS_EVERY_S = 0.5
"""A lens does not fog up between two looks."""


class Detector:
    """Compares frames of one camera with its reference."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        reference: Reference,
        clock: Clock,
        *,
        left_out: NDArray[np.bool_] | None = None,
    ) -> None:
        """Prepare what depends on the reference only.

        Args:
            engine: Scores aligned pairs.
            limits: The user's limits.
            reference: What the scene looks like when nothing has changed.
            clock: Times the engine.
            left_out: bool ``(H, W)``: places never to judge, nor to go by; ``None``
                for none.
        """
        self._comparer = Comparer(engine, reference, left_out)
        self._limits = limits
        self._clock = clock
        self._threshold = threshold_of(limits.sensitivity, at=engine.contract.threshold)
        self._field: NDArray[np.float32] | None = None
        self._describer = Describer(self._comparer, limits, self._threshold, engine.contract)
        self._sight: Sight | None = None
        self._sharp: tuple[Instant, float | None] | None = None
        self._measure()

    @property
    def model(self) -> ModelTag:
        """Who looks, and what it runs on now."""
        engine = self._comparer.engine
        return engine.contract.tag(engine.delegate)

    @property
    def sight(self) -> Sight | None:
        """The last frame that could be judged, aligned."""
        return self._sight

    @property
    def threshold(self) -> float:
        """Score that a region must reach somewhere where nothing is raised."""
        return self._threshold

    def raise_to(self, field: NDArray[np.float32] | None) -> None:
        """Ask for more in some places from now on.

        Args:
            field: Threshold of each pixel, float32 ``(H, W)``, nowhere lower than
                ``threshold``; ``None`` for that everywhere.
        """
        self._field = field

    def study(self, reference: Reference) -> None:
        """Compare with this reference from now on."""
        self._comparer.study(reference)
        self._measure()

    def turn_to(self, reference: Reference) -> None:
        """Compare with a reference of another light from now on: nothing seen before looks like it."""
        self.study(reference)
        self._forget()

    def look(self, frame: Frame) -> Look:
        """Compare one frame with the reference.

        Returns:
            Regions only where the view is ok; otherwise why it is not.

        Raises:
            EngineError: The engine failed.
            ContractError: The engine's output is not a score map of this size.
        """
        return self.judge(self.approach(frame))

    def approach(self, frame: Frame) -> Approach:
        """Find where the camera looks, and whether anything can be seen there."""
        bright = grey(frame.pixels)
        if frame.pixels.shape != self._comparer.reference.pixels.shape:
            return Approach(frame, bright, None, View.MOVED)
        motion = self._comparer.register(bright)
        view = view_of(motion, bright, usual=self._usual, max_shift_px=self._limits.max_shift_px)
        if view is not View.COVERED:
            return Approach(frame, bright, motion, view)
        view = unrecognized(sharpness.sharpness(self._detail, bright, self._comparer.wanted))
        if view is View.COVERED:
            far = search(self._comparer.landmarks, bright)
            if far is not None and far.largest_px > self._limits.max_shift_px:
                return Approach(frame, bright, far, View.MOVED)
        return Approach(frame, bright, motion, view)

    def judge(self, approach: Approach, *, light_is_new: bool = False) -> Look:
        """Compare a frame with the reference.

        Args:
            approach: From ``approach``, with the reference in force.
            light_is_new: Whether its light may make most of the view differ.

        Returns:
            Regions only where the view is ok; otherwise why it is not.

        Raises:
            EngineError: The engine failed.
            ContractError: The engine's output is not a score map of this size.
        """
        frame, motion = approach.frame, approach.motion
        if approach.view is not View.OK or motion is None:
            return self.unjudged(approach, approach.view)
        aligned = self._comparer.aligned(frame.pixels, approach.bright, motion)
        if blurred(self._sharpness(aligned, frame.taken)):
            return self.unjudged(approach, View.BLURRED)
        began = self._clock.now()
        score = self._comparer.score(aligned)
        infer_ms = self._clock.now().seconds_since(began) * 1e3
        hot = score >= self._threshold
        if not light_is_new and covered(hot, aligned.judged):
            return self.unjudged(approach, View.COVERED)
        sight = Sight(frame.taken, aligned.pixels, aligned.grey, aligned.seen)
        found = self._describer.regions(score, sight)
        levels = self._describer.levels(score, found)
        if self._field is not None:
            found = self._describer.regions(score, sight, self._field) if found else ()
        self._describer.remember(sight)
        self._sight = sight
        return Look(
            taken=frame.taken,
            view=View.OK,
            regions=found,
            hot=hot,
            score=score,
            shift_px=motion.shift_px,
            model=self.model,
            infer_ms=infer_ms,
            judged=aligned.judged,
            rotation_deg=motion.rotation_deg,
            zoom=motion.zoom,
            levels=levels,
            traces=score >= self._describer.reach,
        )

    def unjudged(self, approach: Approach, view: View) -> Look:
        """Return a look that shows nothing, and why.

        Args:
            approach: The frame.
            view: Why; ``View.OK`` where only its light is not known yet.
        """
        shape = self._comparer.grey.shape
        motion = approach.motion
        self._forget()
        return Look(
            taken=approach.frame.taken,
            view=view,
            regions=(),
            hot=np.zeros(shape, np.bool_),
            score=np.zeros(shape, np.float32),
            shift_px=(0.0, 0.0) if motion is None else motion.shift_px,
            model=self.model,
            infer_ms=0.0,
            settled=view is not View.OK,
            rotation_deg=0.0 if motion is None else motion.rotation_deg,
            zoom=1.0 if motion is None else motion.zoom,
        )

    def _measure(self) -> None:
        self._usual = float(self._comparer.grey.mean())
        self._detail = sharpness.detail(self._comparer.grey)

    def _forget(self) -> None:
        self._describer.forget()
        self._sight = None
        self._sharp = None

    def _sharpness(self, aligned: Aligned, now: Instant) -> float | None:
        """Measure how sharp the picture is, now and then."""
        if self._sharp is None or now.seconds_since(self._sharp[0]) >= SHARPNESS_EVERY_S:
            self._sharp = now, sharpness.sharpness(self._detail, aligned.grey, aligned.judged)
        return self._sharp[1]
