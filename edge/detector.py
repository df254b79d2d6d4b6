"""Frame in, look out: the steps around one engine."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.comparison import Comparer
from edge.core.calibration import threshold_of
from edge.core.masks import share_of
from edge.types import Box, Look, Mask, Region, View
from edge.vision.burnt import burnt_out
from edge.vision.difference import difference
from edge.vision.kind import kind_of
from edge.vision.light import grey, relit
from edge.vision.regions import regions
from edge.vision.view import covered, view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.core.limits import Limits
    from edge.ports import Clock, Engine
    from edge.types import Frame, Instant, ModelTag, Pixels, Reference, ScoreMap

STILL_S = 0.5
"""A thing that stands still looks the same after this long."""

LEAST_AREA = 0.5
"""Share of the smallest change's area that must be over the threshold."""

MARGIN_PX = 40
"""Surroundings of a region that its light is judged by."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A frame brought onto the reference.

    Attributes:
        taken: When it was taken.
        pixels: Aligned, uint8 ``(H, W, 3)``.
        grey: Its brightness, uint8 ``(H, W)``.
        seen: bool ``(H, W)``: where the camera looked.
    """

    taken: Instant
    pixels: Pixels
    grey: NDArray[np.uint8]
    seen: NDArray[np.bool_]


class Detector:
    """Compares frames of one camera with its reference."""

    def __init__(self, engine: Engine, limits: Limits, reference: Reference, clock: Clock) -> None:
        """Prepare what depends on the reference only.

        Args:
            engine: Scores aligned pairs.
            limits: The user's limits.
            reference: What the scene looks like when nothing has changed.
            clock: Times the engine.
        """
        self._comparer = Comparer(engine, reference)
        self._limits = limits
        self._clock = clock
        self._model = engine.contract.tag(engine.delegate)
        self._threshold = threshold_of(limits.sensitivity, at=engine.contract.threshold)
        self._still_threshold = threshold_of(limits.sensitivity)
        self._earlier: deque[tuple[Instant, NDArray[np.uint8]]] = deque(maxlen=6)
        self._sight: Sight | None = None
        self._usual = float(self._comparer.grey.mean())

    @property
    def model(self) -> ModelTag:
        """Who looks."""
        return self._model

    @property
    def sight(self) -> Sight | None:
        """The last frame that could be judged, aligned."""
        return self._sight

    def study(self, reference: Reference) -> None:
        """Compare with this reference from now on."""
        self._comparer.study(reference)
        self._usual = float(self._comparer.grey.mean())

    def look(self, frame: Frame) -> Look:
        """Compare one frame with the reference.

        Returns:
            Regions only where the view is ok; otherwise why it is not.

        Raises:
            EngineError: The engine failed.
            ContractError: The engine's output is not a score map of this size.
        """
        if frame.pixels.shape != self._comparer.reference.pixels.shape:
            return self._blind(frame, View.MOVED, (0.0, 0.0))
        bright = grey(frame.pixels)
        motion = self._comparer.register(bright)
        view = view_of(motion, bright, usual=self._usual, max_shift_px=self._limits.max_shift_px)
        if view is not View.OK:
            return self._blind(frame, view, motion.shift_px)
        aligned = self._comparer.aligned(frame.pixels, bright, motion)
        began = self._clock.now()
        score = self._comparer.score(aligned)
        infer_ms = self._clock.now().seconds_since(began) * 1e3
        hot = score >= self._threshold
        if covered(hot, aligned.judged):
            return self._blind(frame, View.COVERED, motion.shift_px)
        sight = Sight(frame.taken, aligned.pixels, aligned.grey, aligned.seen)
        found = self._regions(score, sight)
        self._remember(sight)
        return Look(
            taken=frame.taken,
            view=View.OK,
            regions=found,
            hot=hot,
            score=score,
            shift_px=motion.shift_px,
            model=self._model,
            infer_ms=infer_ms,
        )

    def _regions(self, score: ScoreMap, sight: Sight) -> tuple[Region, ...]:
        least_area_px = LEAST_AREA * self._limits.min_change_px**2
        found = regions(score, threshold=self._threshold, least_area_px=least_area_px)
        earlier = next(
            (
                bright
                for taken, bright in reversed(self._earlier)
                if sight.taken.seconds_since(taken) >= STILL_S
            ),
            None,
        )
        known = self._comparer.reference.pixels
        return tuple(
            self._region(mask, peak, earlier, sight)
            for mask, peak in found
            if not burnt_out(mask, known, sight.pixels)
        )

    def _region(self, mask: Mask, peak: float, earlier: NDArray[np.uint8] | None, sight: Sight) -> Region:
        """Say what happened at a place, and whether it looks as it did in an earlier frame."""
        around, inner = _cut(mask, sight.grey.shape)
        current = sight.grey[around]
        shown, _ = relit(self._comparer.grey[around], current)
        moving = None
        if earlier is not None:
            apart = difference(earlier[around], current, self._comparer.reference.noise[around])
            moving = share_of(inner, apart >= self._still_threshold)
        return Region(mask=mask, score=peak, kind=kind_of(shown, current, inner), moving=moving)

    def _remember(self, sight: Sight) -> None:
        self._sight = sight
        if not self._earlier or sight.taken.seconds_since(self._earlier[-1][0]) >= STILL_S / 5:
            self._earlier.append((sight.taken, sight.grey))

    def _blind(self, frame: Frame, view: View, shift_px: tuple[float, float]) -> Look:
        shape = self._comparer.grey.shape
        self._earlier.clear()
        self._sight = None
        return Look(
            taken=frame.taken,
            view=view,
            regions=(),
            hot=np.zeros(shape, np.bool_),
            score=np.zeros(shape, np.float32),
            shift_px=shift_px,
            model=self._model,
            infer_ms=0.0,
        )


def _cut(mask: Mask, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Mask]:
    """Return a mask's surroundings in a picture, and the mask within them."""
    box = mask.box
    top, left = max(0, box.top - MARGIN_PX), max(0, box.left - MARGIN_PX)
    bottom, right = min(shape[0], box.bottom + MARGIN_PX), min(shape[1], box.right + MARGIN_PX)
    inner = Box(box.left - left, box.top - top, box.right - left, box.bottom - top)
    return (slice(top, bottom), slice(left, right)), Mask(inner, mask.bits)
