"""One camera's post: it learns the scene, then watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.core import rules
from edge.core.calibration import threshold_of
from edge.core.masks import inside, painted
from edge.detector import Detector
from edge.learning import LIGHT, Learning
from edge.types import ChangeStatus, EndReason, Event, EventType, ModelTag, View
from edge.vision.learn import patched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.limits import Limits
    from edge.ports import Clock, Engine
    from edge.types import Change, Frame, Instant, Look, Mask, Reference

ACTIVITY_HOLD_S = 2.0
"""Something that moved this recently is still told as activity."""

NOTE_EVERY_S = 600.0
"""How long an open change's row in the ledger may be out of date."""

STORE_EVERY_S = 600.0
"""A reference is megabytes, and cards wear out: what is learned bit by bit is stored this often."""

AROUND = np.ones((9, 9), np.uint8)
"""An accepted place is taken over with its edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one frame, or one order, led to.

    Attributes:
        rows: Changes whose row in the ledger is no longer true.
        events: What to tell, in order.
        look: What the detector saw; ``None`` while learning.
        reference: A reference to store; ``None`` when the stored one is right.
    """

    rows: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    look: Look | None = None
    reference: Reference | None = None


class Watcher:
    """Everything one camera remembers."""

    def __init__(  # noqa: PLR0913 - what a post needs to be manned
        self,
        camera: str,
        limits: Limits,
        engine: Engine,
        clock: Clock,
        *,
        reference: Reference | None,
        changes: Sequence[Change] = (),
        serial: int = 0,
    ) -> None:
        """Take up the post where it was left.

        Args:
            camera: The camera's name.
            limits: The user's limits.
            engine: Scores aligned pairs.
            clock: The device's clock.
            reference: The stored reference; ``None`` to learn one.
            changes: Changes that were open when the device stopped.
            serial: Number of the newest change of this camera.
        """
        self._camera = camera
        self._limits = limits
        self._engine = engine
        self._clock = clock
        self._reference = reference
        self._detector = None if reference is None else Detector(engine, limits, reference, clock)
        kept = (
            [] if reference is None else [c for c in changes if inside(c.mask.box, reference.learned.shape)]
        )
        self._watch = rules.restored(camera, kept, serial)
        self._learning = Learning(limits.learn_s)
        self._moved: Instant | None = None
        self._noted_at: Instant | None = None
        self._stored_at: Instant | None = None
        self._unstored = False
        self._now: Instant | None = None
        self.view = View.LEARNING if reference is None else View.OK
        self.score = 0.0

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self._camera

    @property
    def reference(self) -> Reference | None:
        """What the scene looks like when nothing has changed."""
        return self._reference

    @property
    def changes(self) -> tuple[Change, ...]:
        """Changes that were told and have not ended."""
        return tuple(standing.change for standing in self._watch.standing)

    @property
    def activity(self) -> bool:
        """Whether something moves, or just moved, in the view."""
        if self._moved is None or self._now is None:
            return False
        return self._now.seconds_since(self._moved) < ACTIVITY_HOLD_S

    @property
    def threshold(self) -> float:
        """Score from which a pixel counts."""
        return threshold_of(self._limits.sensitivity, at=self._engine.contract.threshold)

    @property
    def model(self) -> ModelTag:
        """Who looks."""
        return self._engine.contract.tag(self._engine.delegate)

    def see(self, frame: Frame) -> Seen:
        """Take one frame into account.

        Raises:
            EngineError: The engine failed; nothing was remembered.
        """
        self._now = frame.taken
        if self._detector is None:
            return self._learn(frame)
        look = self._detector.look(frame)
        outcome = rules.advance(self._watch, look, self._limits)
        self._watch = outcome.watch
        self.view = look.view
        self.score = max((region.score for region in look.regions), default=float(look.score.max()))
        if outcome.activity:
            self._moved = frame.taken
        absorbed = [c.mask for _, c in outcome.told if c.end_reason is EndReason.ABSORBED]
        fresh = self._adopt(absorbed, frame.taken) if absorbed else self._listen()
        events = [self._event(event, change, frame.taken, look) for event, change in outcome.told]
        if absorbed and fresh is not None:
            events.append(self._event(EventType.REFERENCE_UPDATED, None, frame.taken, look))
        return Seen(self._noted(outcome.rows, frame.taken), tuple(events), look, fresh)

    def lost(self, now: Instant) -> Seen:
        """The camera gives no frames: suspend what is open, tell nothing."""
        self._now = now
        self.view = View.LOST
        suspended = rules.suspended(self._watch, now)
        self._watch = suspended.watch
        return Seen(rows=suspended.rows)

    def accept(self, change_id: str, now: Instant) -> Seen | None:
        """Make an open change part of the reference.

        Returns:
            What to tell; ``None`` while its place cannot be seen: ask again.
        """
        if any(c.change_id == change_id and c.status is ChangeStatus.SUSPENDED for c in self.changes):
            return None  # what hides it must not become part of the reference
        outcome = rules.accepted(self._watch, change_id, now.wall_ns)
        if not outcome.rows:
            return Seen()
        fresh = self._adopt([change.mask for change in outcome.rows], now)
        if fresh is None:
            return None
        self._watch = outcome.watch
        events = [self._event(event, change, now) for event, change in outcome.told]
        events.append(self._event(EventType.REFERENCE_UPDATED, None, now))
        return Seen(outcome.rows, tuple(events), None, fresh)

    def _learn(self, frame: Frame) -> Seen:
        self.view = View.LEARNING
        reference = self._learning.first(frame)
        if reference is None:
            return Seen()
        self._reference = reference
        self._detector = Detector(self._engine, self._limits, reference, self._clock)
        self.view = View.OK
        told = self._event(EventType.REFERENCE_UPDATED, None, frame.taken)
        return Seen(events=(told,), reference=reference)

    def _listen(self) -> Reference | None:
        """Learn what was never still; return the reference now and then if that changed it."""
        sight = self._detector.sight if self._detector else None
        if sight is None or self._reference is None:
            return None
        told = [change.mask for change in self.changes]
        fresh = self._study(self._learning.more(sight, self._reference, told))
        self._unstored |= fresh is not None
        if not self._unstored or (
            self._stored_at is not None and sight.taken.seconds_since(self._stored_at) < STORE_EVERY_S
        ):
            return None
        self._unstored, self._stored_at = False, sight.taken
        return self._reference

    def _adopt(self, masks: Sequence[Mask], now: Instant) -> Reference | None:
        """Make places part of the reference; ``None`` while nothing can be seen."""
        sight = self._detector.sight if self._detector else None
        if sight is None or self._reference is None:
            return None
        place = painted(masks, sight.grey.shape).astype(np.uint8)
        where = (cv2.dilate(place, AROUND) > 0) & sight.seen
        return self._study(patched(self._reference, sight.pixels, where, now))

    def _study(self, reference: Reference) -> Reference | None:
        if reference is self._reference or self._detector is None:
            return None
        self._reference = reference
        self._detector.study(reference)
        return reference

    def _noted(self, rows: tuple[Change, ...], now: Instant) -> tuple[Change, ...]:
        """Add, now and then, the open changes: how long they have been open must survive a restart."""
        if self._noted_at is None or now.seconds_since(self._noted_at) >= NOTE_EVERY_S:
            self._noted_at = now
            known = {row.change_id for row in rows}
            return (*rows, *(change for change in self.changes if change.change_id not in known))
        return rows

    def _event(
        self, event: EventType, change: Change | None, taken: Instant, look: Look | None = None
    ) -> Event:
        shape = (0, 0) if self._reference is None else self._reference.learned.shape
        return Event(
            event_type=event,
            camera=self._camera,
            decided_ns=self._clock.now().wall_ns,
            captured_ns=taken.wall_ns,
            change=change,
            view=self.view,
            threshold=self.threshold,
            frame_size=(shape[1], shape[0]),
            shift_px=look.shift_px if look else (0.0, 0.0),
            reference=("", LIGHT) if self._reference is None else (self._reference.id, self._reference.light),
            model=self.model,
            infer_ms=look.infer_ms if look else 0.0,
        )
