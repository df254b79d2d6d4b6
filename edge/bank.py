"""What one camera knows of its scene: a golden reference, and one for each other light."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.admission import grown
from edge.calibrating import Calibrating
from edge.core.masks import painted
from edge.detector import Detector
from edge.learning import NOTHING, Learned
from edge.light_states import Followed, LightStates
from edge.refining import Refining
from edge.types import View
from edge.vision.learn import patched
from edge.vision.lights import light_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.admission import Admission
    from edge.core.calibration.record import Record
    from edge.core.limits import Limits
    from edge.ports import Clock, Engine
    from edge.sight import Sight
    from edge.types import Calibration, Frame, Instant, Look, Mask, Reference

MAX_LIGHTS = 8
"""References kept, the golden one included; each takes about 9 bytes a pixel of memory."""


class Bank:
    """References of one view, of which one is in force."""

    def __init__(  # noqa: PLR0913 - what looking takes
        self,
        engine: Engine,
        limits: Limits,
        clock: Clock,
        golden: Reference,
        others: Iterable[Reference] = (),
        *,
        left_out: NDArray[np.bool_] | None = None,
        record: Record | None = None,
    ) -> None:
        """Begin in the light of the golden reference; the first frame says which it is.

        Args:
            engine: Scores aligned pairs.
            limits: The user's limits.
            clock: Times the engine.
            golden: What the scene looks like when nothing has changed.
            others: The same in other lights; those of another size are left out.
            left_out: bool ``(H, W)``: places never to judge; ``None`` for none.
            record: What the view did by itself in earlier runs.
        """
        fitting = [r for r in others if r.pixels.shape == golden.pixels.shape and r.light != golden.light]
        # In order of their last use, as far as that is known.
        by_age = sorted(fitting, key=lambda reference: reference.taken_ns)[-(MAX_LIGHTS - 1) :]
        self._golden = golden.light
        self._known = {r.light: r for r in (*by_age, golden)}
        self._states = LightStates(
            {name: light_of(r.pixels) for name, r in self._known.items()},
            golden.light,
            learn_s=limits.learn_s,
            left_out=left_out,
        )
        self._refining = Refining(golden.light, limits.learn_s, left_out)
        self._detector = Detector(engine, limits, golden, clock, left_out=left_out)
        self._calibrating = Calibrating(limits, self._detector.threshold, golden.learned.shape, record)
        self._detector.raise_to(self._calibrating.field)

    @property
    def light(self) -> str:
        """The light state."""
        return self._states.here

    @property
    def reference(self) -> Reference:
        """What frames are compared with."""
        return self._known[self._states.in_force]

    @property
    def known(self) -> tuple[Reference, list[Reference]]:
        """The golden reference, and those of other lights."""
        return self._known[self._golden], [r for light, r in self._known.items() if light != self._golden]

    @property
    def calibration(self) -> Calibration:
        """How thresholds stand to the budget of false alarms."""
        return self._calibrating.facts

    def threshold_at(self, mask: Mask) -> float:
        """Return the score that a region must reach somewhere at a place, the lowest of it."""
        return self._calibrating.threshold_at(mask)

    @property
    def sight(self) -> Sight | None:
        """The last frame that could be judged, aligned."""
        return self._detector.sight

    def look(
        self, frame: Frame, told: Sequence[Mask], *, learn: bool = True, serial: int = 0
    ) -> tuple[Look, Learned]:
        """Compare a frame with the reference of its light; learn what may be learned.

        Args:
            frame: The newest frame.
            told: Places of open changes; they are never learned.
            learn: Whether anything may be learned now.
            serial: Number of the newest change that was told.

        Returns:
            What it shows, and what to store.

        Raises:
            EngineError: The engine failed; nothing was learned.
        """
        look, learned = self._compared(frame, told, learn=learn)
        look = replace(look, raised=self._calibrating.raised)
        record = self._calibrating.look(look, serial) if learn else None
        if record is None:
            return look, learned
        self._detector.raise_to(self._calibrating.field)
        return look, replace(learned, record=record)

    def _compared(self, frame: Frame, told: Sequence[Mask], *, learn: bool) -> tuple[Look, Learned]:
        if not learn:
            self._states.admission = None
        approach = self._detector.approach(frame)
        if approach.view in {View.OK, View.COVERED, View.BLURRED}:
            followed = self._followed(frame, may_be_new=learn and approach.view is View.OK)
            if followed is Followed.UNSURE:
                return self._detector.unjudged(approach, View.OK), NOTHING
            if followed is Followed.TURNED:
                approach = self._detector.approach(frame)
        admission = self._states.admission
        look = self._detector.judge(approach, light_is_new=admission is not None)
        if look.view is not View.OK or self.sight is None:
            return look, NOTHING
        if admission is not None:
            return self._admit(admission, look, self.sight, told)
        self._refining.settle(self._states.in_force, self._states.names, frame.taken)
        return look, self._refined(self.sight, told) if learn else NOTHING

    def adopt(self, masks: Sequence[Mask], now: Instant) -> Learned | None:
        """Make places as they are now normal; every other light must see them first.

        Args:
            masks: The places.
            now: The moment.

        Returns:
            What to store; ``None`` while nothing can be seen.
        """
        sight = self.sight
        if sight is None:
            return None
        self._calibrating.forget(masks)
        place = grown(painted(masks, sight.grey.shape))
        here = None if self._states.admission else self._states.in_force
        for light, reference in self._known.items():
            if light == here:
                self._known[light] = patched(reference, sight.pixels, place & sight.seen, now)
            else:
                learned = reference.learned & ~place
                self._known[light] = replace(reference, learned=learned, taken_ns=now.wall_ns)
        self._detector.study(self.reference)
        return Learned(tuple(self._known[name] for name in self._states.names))

    def _followed(self, frame: Frame, *, may_be_new: bool) -> Followed:
        """Follow the light, with the reference that belongs to it."""
        left = self._states.in_force
        followed = self._states.follow(light_of(frame.pixels), frame.taken, may_be_new=may_be_new)
        if followed is Followed.TURNED:
            self._turned(left)
        return followed

    def _turned(self, left: str) -> None:
        """Compare with the reference of another light than that which was left."""
        self._refining.leave(left)
        self._detector.turn_to(self.reference)

    def _admit(
        self, admission: Admission, look: Look, sight: Sight, told: Sequence[Mask]
    ) -> tuple[Look, Learned]:
        fresh = admission.look(sight, look.hot, told)
        shown = admission.believed(look, told)
        if fresh is None:
            return shown, NOTHING
        dropped = (self._states.oldest,) if len(self._known) >= MAX_LIGHTS else ()
        for name in dropped:
            del self._known[name]
            self._states.drop(name)
        self._known[fresh.light] = fresh
        self._states.add(fresh.light, light_of(fresh.pixels))
        left = self._states.in_force
        self._states.turn_to(fresh.light)
        self._turned(left)
        return shown, Learned((fresh,), dropped)

    def _refined(self, sight: Sight, told: Sequence[Mask]) -> Learned:
        """Learn what was never still; store it now and then."""
        fresh, store = self._refining.more(sight, self.reference, told)
        if fresh is not self.reference:
            self._known[fresh.light] = fresh
            self._detector.study(fresh)
        return Learned((fresh,)) if store else NOTHING
