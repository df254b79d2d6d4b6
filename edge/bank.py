"""What one camera knows of its scene: a golden reference, and one for each other light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge.admission import Admission, grown
from edge.calibrating import Calibrating
from edge.core.masks import painted
from edge.detector import Detector
from edge.learning import Learning
from edge.types import View
from edge.vision.learn import patched
from edge.vision.lights import Apart, apart, light_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.core.calibration.record import Record
    from edge.core.limits import Limits
    from edge.detector import Sight
    from edge.ports import Clock, Engine
    from edge.types import Calibration, Frame, Instant, Look, Mask, Reference
    from edge.vision.lights import Light

MAX_LIGHTS = 8
"""References kept, the golden one included; each takes about 9 bytes a pixel of memory."""

KNOWN_LIGHT_S = 1.0
"""A known light must be there for so long before it is believed to be the light state."""

NEW_LIGHT_S = 2.0
"""The same for one that was never seen."""

SETTLED_S = 30.0
"""After so long in the golden light, every change that came with another light has been found."""

STORE_EVERY_S = 600.0
"""A reference is megabytes, and cards wear out: what is learned bit by bit is stored this often."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What must be stored.

    Attributes:
        references: To be stored as they are now.
        dropped: Light states to be forgotten.
        record: What the view does by itself, to be stored; ``None`` when nothing is new.
    """

    references: tuple[Reference, ...] = ()
    dropped: tuple[str, ...] = ()
    record: Record | None = None


NOTHING = Learned()


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
        self._limits = limits
        self._left_out = left_out
        self._golden = golden.light
        fitting = [r for r in others if r.pixels.shape == golden.pixels.shape and r.light != golden.light]
        # In order of their last use, as far as that is known.
        by_age = sorted(fitting, key=lambda reference: reference.taken_ns)[-(MAX_LIGHTS - 1) :]
        self._known = {r.light: r for r in (*by_age, golden)}
        self._lights = {name: light_of(r.pixels) for name, r in self._known.items()}
        self._detector = Detector(engine, limits, golden, clock, left_out=left_out)
        self._calibrating = Calibrating(limits, self._detector.threshold, golden.learned.shape, record)
        self._detector.raise_to(self._calibrating.field)
        self._in_force = golden.light
        self._admission: Admission | None = None
        self._fresh = True
        self._away_since: Instant | None = None
        self._golden_since: Instant | None = None
        self._settled: set[str] = set()
        self._begin_listening()

    @property
    def light(self) -> str:
        """The light state."""
        return self._admission.name if self._admission else self._in_force

    @property
    def reference(self) -> Reference:
        """What frames are compared with."""
        return self._known[self._in_force]

    @property
    def calibration(self) -> Calibration:
        """How thresholds stand to the budget of false alarms."""
        return self._calibrating.facts

    def threshold_at(self, mask: Mask) -> float:
        """Return the score from which a pixel counts at a place, the lowest of it."""
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
            self._admission = None
        approach = self._detector.approach(frame)
        if approach.view in {View.OK, View.COVERED, View.BLURRED}:
            before = self._in_force
            known = self._follow(light_of(frame.pixels), frame.taken, view=approach.view, learn=learn)
            if not known:
                return self._detector.unjudged(approach, View.OK), NOTHING
            if self._in_force != before:
                approach = self._detector.approach(frame)
        look = self._detector.judge(approach, light_is_new=self._admission is not None)
        if look.view is not View.OK or self.sight is None:
            return look, NOTHING
        if self._admission is not None:
            return self._admit(self._admission, look, self.sight, told)
        self._settle(frame.taken)
        return look, self._listen(self.sight, told) if learn else NOTHING

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
        here = None if self._admission else self._in_force
        for light, reference in self._known.items():
            if light == here:
                self._known[light] = patched(reference, sight.pixels, place & sight.seen, now)
            else:
                learned = reference.learned & ~place
                self._known[light] = replace(reference, learned=learned, taken_ns=now.wall_ns)
        self._detector.study(self.reference)
        return Learned(tuple(self._known.values()))

    def _follow(self, light: Light, now: Instant, *, view: View, learn: bool) -> bool:
        """Say whether the light is known well enough to judge by; change the light state."""
        here = self._admission.light if self._admission else self._lights[self._in_force]
        fresh, self._fresh = self._fresh, False
        if apart(here, light).most <= 1.0:
            self._away_since = None
            return True
        name, distance = self._nearest(light)
        if distance > 1.0 and (view is not View.OK or not learn):
            self._away_since = None
            return True
        self._away_since = self._away_since or now
        away_s = now.seconds_since(self._away_since)
        if distance <= 1.0 and (fresh or away_s >= KNOWN_LIGHT_S):
            self._turn_to(name)
            return True
        if away_s >= NEW_LIGHT_S:
            self._turn_to(self._golden)
            step = apart(self._lights[self._golden], light)
            self._admission = Admission(
                self._free_name(step), light, step, learn_s=self._limits.learn_s, left_out=self._left_out
            )
            return True
        return False

    def _nearest(self, light: Light) -> tuple[str, float]:
        """Return which known light, other than the one in force, is most like this one, and how much."""
        others = [name for name in self._known if self._admission or name != self._in_force]
        away = {name: apart(self._lights[name], light).most for name in others}
        name = min(away, key=away.__getitem__, default="")
        return name, away.get(name, float("inf"))

    def _turn_to(self, light: str) -> None:
        """Put the reference of a light in force."""
        self._settled.discard(self._in_force)
        self._admission, self._away_since, self._golden_since = None, None, None
        self._in_force = light
        self._known[light] = self._known.pop(light)  # the newest used comes last
        self._detector.turn_to(self.reference)
        self._begin_listening()

    def _free_name(self, step: Apart) -> str:
        name, number = name_of(step), 1
        free = name
        while free in self._known:
            number += 1
            free = f"{name}-{number}"
        return free

    def _admit(
        self, admission: Admission, look: Look, sight: Sight, told: Sequence[Mask]
    ) -> tuple[Look, Learned]:
        fresh = admission.look(sight, look.hot, told)
        shown = admission.believed(look, told)
        if fresh is None:
            return shown, NOTHING
        oldest = next(name for name in self._known if name != self._golden) if self._full else None
        if oldest is not None:
            del self._known[oldest], self._lights[oldest]
        self._known[fresh.light], self._lights[fresh.light] = fresh, light_of(fresh.pixels)
        self._turn_to(fresh.light)
        return shown, Learned((fresh,), () if oldest is None else (oldest,))

    @property
    def _full(self) -> bool:
        return len(self._known) >= MAX_LIGHTS

    def _settle(self, now: Instant) -> None:
        """Note that the golden light has been there for long enough to find what had changed."""
        if self._in_force != self._golden:
            return
        self._golden_since = self._golden_since or now
        if now.seconds_since(self._golden_since) >= SETTLED_S:
            self._settled = set(self._known)

    def _begin_listening(self) -> None:
        self._learning = Learning(self._limits.learn_s, self._left_out)
        self._unstored = False
        self._stored_at: Instant | None = None

    def _listen(self, sight: Sight, told: Sequence[Mask]) -> Learned:
        """Learn what was never still; store it now and then."""
        if self._in_force not in {self._golden, *self._settled}:
            return NOTHING
        fresh = self._learning.more(sight, self.reference, told)
        if fresh is not self.reference:
            self._known[self._in_force] = fresh
            self._detector.study(fresh)
            self._unstored = True
        if not self._unstored or (
            self._stored_at is not None and sight.taken.seconds_since(self._stored_at) < STORE_EVERY_S
        ):
            return NOTHING
        self._unstored, self._stored_at = False, sight.taken
        return Learned((self.reference,))
