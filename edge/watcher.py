"""One camera's post: it learns the scene, then watches it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.announcing import Announcer
from edge.core import rules
from edge.core.masks import inside, share_of
from edge.core.noting import Noting
from edge.core.views import ACTIVITY_HOLD_S, HOLD_S, START_HOLD_S, Episode, followed
from edge.known_scene import KnownScene
from edge.learning import Learned
from edge.seen import Seen
from edge.types import ChangeStatus, EndReason, EventType, Post, View
from edge.vision.repeats import Repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.calibration.record import Record
    from edge.core.limits import Limits
    from edge.core.polygons import Polygon
    from edge.core.watch import Outcome
    from edge.ports import Clock, Engine
    from edge.types import Calibration, Change, Event, Frame, Instant, Look, ModelTag, Reference


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
        lights: Sequence[Reference] = (),
        changes: Sequence[Change] = (),
        serial: int = 0,
        post: Post | None = None,
        ignore: Sequence[Polygon] = (),
        live: bool = True,
        record: Record | None = None,
    ) -> None:
        """Take up the post where it was left.

        Args:
            camera: The camera's name.
            limits: The user's limits.
            engine: Scores aligned pairs.
            clock: The device's clock.
            reference: The stored golden reference; ``None`` to learn one.
            lights: The stored references of other lights.
            changes: Changes that were open when the device stopped.
            serial: Number of the newest change of this camera.
            post: What else was remembered; ``None`` for a new post.
            ignore: Places that are never judged, the private ones included.
            live: Whether its pictures are of now; a recording may repeat one.
            record: What the view did by itself in earlier runs, for its calibration.
        """
        self._camera = camera
        self.limits = limits
        self._scene = KnownScene(
            engine, limits, clock, reference=reference, lights=lights, ignore=ignore, record=record
        )
        self._announcer = Announcer(camera, self._scene, clock)
        self._live = live
        shape = (0, 0) if reference is None else reference.learned.shape
        kept = [change for change in changes if inside(change.mask.box, shape)]
        self._watch = rules.restored(camera, kept, serial)
        # The scene that they differ from is known no more: they cannot be looked after.
        self._lapsed = [change for change in changes if change not in kept]
        self._repeats = Repeats()
        self._post = post or Post(camera)
        self._episode = Episode(alerts=self._post.alerts)
        self._filmed = False
        self._moved: Instant | None = None
        self._noting = Noting()
        self._now: Instant | None = None
        self.view = View.LEARNING if reference is None else View.OK
        self.score = 0.0

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self._camera

    @property
    def armed(self) -> bool:
        """Whether changes are told."""
        return self._post.armed

    @property
    def reference(self) -> Reference | None:
        """What the scene looks like, in the light of now, when nothing has changed."""
        return self._scene.reference

    @property
    def light(self) -> str:
        """The light state."""
        return self._scene.light

    @property
    def changes(self) -> tuple[Change, ...]:
        """Changes that were told and have not ended."""
        return tuple(standing.change for standing in self._watch.standing)

    @property
    def activity(self) -> bool:
        """Whether something moves, or just moved, in the view."""
        now, moved = self._now, self._moved
        return now is not None and moved is not None and now.seconds_since(moved) < ACTIVITY_HOLD_S

    @property
    def threshold(self) -> float:
        """Score that a region must reach somewhere."""
        return self._scene.threshold

    @property
    def calibration(self) -> Calibration | None:
        """How thresholds stand to the budget of false alarms; ``None`` while learning the scene."""
        return self._scene.calibration

    @property
    def model(self) -> ModelTag:
        """Who looks."""
        return self._scene.model

    def see(self, frame: Frame) -> Seen:
        """Take one frame into account.

        Raises:
            EngineError: The engine failed; what is open, and what is known of the
                scene, is as it was. ``lost`` says that nothing was seen.
        """
        return self._without_lapsed(self._looked(frame), frame.taken)

    def lost(self, now: Instant) -> Seen:
        """The camera gives no frames, or none can be looked at: suspend what is open."""
        self._now = now
        return self._without_lapsed(self._blind(View.LOST, now), now)

    def accept(self, change_id: str, now: Instant) -> Seen | None:
        """Make an open change part of the reference.

        Returns:
            What to tell; ``None`` while its place cannot be seen: ask again.
        """
        if any(c.change_id == change_id and c.status is ChangeStatus.SUSPENDED for c in self.changes):
            return None  # what hides it must not become part of the reference
        outcome = rules.ended(self._watch, [change_id], now.wall_ns, EndReason.ACCEPTED)
        if not outcome.rows:
            return Seen()
        places = [change.mask for change in outcome.rows]
        bank = self._scene.bank
        learned = None if bank is None else bank.adopt(places, now)
        if learned is None:
            return None
        seen = self._over(outcome, now)
        updated = self._event(EventType.REFERENCE_UPDATED, None, now)
        return replace(seen, events=(*seen.events, updated), learned=learned)

    def relearn(self, now: Instant) -> Seen:
        """Forget the scene in every light, and learn it as it is from now on.

        Whoever asks for this says that the view is fine as it is: what is open ends
        as accepted. The new reference is told once it is known.
        """
        seen = self._end_all(now, EndReason.ACCEPTED)
        self._scene.forget()
        self.view = View.LEARNING
        return replace(seen, forget=True)

    def arm(self) -> Seen:
        """Tell changes; what differs from the reference by now is one."""
        self._post = replace(self._post, armed=True)
        return Seen(post=self._post)

    def disarm(self, now: Instant) -> Seen:
        """Tell nothing and learn nothing until armed; what is open ends as disarmed."""
        seen = self._end_all(now, EndReason.DISARMED)
        self._post = replace(self._post, armed=False)
        return replace(seen, post=self._post)

    def tune(self, sensitivity: float) -> Seen:
        """Report fainter differences from now on, or fewer of them: 0 to 1."""
        self._post = replace(self._post, sensitivity=sensitivity)
        self.limits = replace(self.limits, sensitivity=sensitivity)
        self._scene.tune(self.limits)
        return Seen(post=self._post)

    def _looked(self, frame: Frame) -> Seen:
        self._now = frame.taken
        self._filmed = True
        repeats = self._repeats.frozen(frame.pixels, frame.taken, after_s=self.limits.frozen_after_s)
        if repeats and self._live:
            return self._blind(View.FROZEN, frame.taken)
        bank = self._scene.bank
        if bank is None:
            return self._learn(frame)
        masks = [c.mask for c in self.changes]
        look, learned = bank.look(frame, masks, learn=self.armed, serial=self._watch.serial)
        self.view = look.view
        self.score = max((region.score for region in look.regions), default=float(look.score.max()))
        outcome = self._ruled(look)
        self._watch = outcome.watch
        if outcome.activity:
            self._moved = frame.taken
        absorbed = [c.mask for _, c in outcome.told if c.end_reason is EndReason.ABSORBED]
        if absorbed:
            learned = bank.adopt(absorbed, frame.taken) or learned
        events = [self._event(event, change, frame.taken, look) for event, change in outcome.told]
        if absorbed:
            events.append(self._event(EventType.REFERENCE_UPDATED, None, frame.taken, look))
        alert, post = self._alerted(frame.taken, look)
        rows = self._noting.rows(outcome.rows, self.changes, frame.taken)
        return Seen(rows, (*events, *alert), look, learned, post=post)

    def _without_lapsed(self, seen: Seen, now: Instant) -> Seen:
        """Add that what could not be taken up again is over: what is learned instead has it in it."""
        if not self._lapsed:
            return seen
        watch, self._lapsed = rules.restored(self._camera, self._lapsed, 0), []
        ids = [standing.change.change_id for standing in watch.standing]
        over = rules.ended(watch, ids, now.wall_ns, EndReason.ABSORBED)
        events = [self._event(event, change, now) for event, change in over.told]
        return replace(seen, rows=(*over.rows, *seen.rows), events=(*events, *seen.events))

    def _learn(self, frame: Frame) -> Seen:
        self.view = View.LEARNING
        alert, post = self._alerted(frame.taken)
        if not self.armed:
            self._scene.forget()  # somebody may be at work in the view
            return Seen(events=alert, post=post)
        reference = self._scene.learn(frame)
        if reference is None:
            return Seen(events=alert, post=post)
        self.view = View.OK
        events = (*alert, self._event(EventType.REFERENCE_UPDATED, None, frame.taken))
        return Seen(events=events, learned=Learned((reference,)), post=post)

    def _blind(self, view: View, now: Instant) -> Seen:
        """Nothing can be seen: suspend what is open, and tell nothing but that."""
        self.view = view
        outcome, (alert, post) = rules.suspended(self._watch, now), self._alerted(now)
        self._watch = outcome.watch
        return Seen(outcome.rows, alert, post=post)

    def _ruled(self, look: Look) -> Outcome:
        """Let the rules decide; where nothing is to be told, there is nothing to decide."""
        if not self.armed:
            return rules.suspended(self._watch, look.taken)
        unwatched = self._scene.left_out(look.hot.shape)
        if unwatched is not None:
            ids = [c.change_id for c in self.changes if share_of(c.mask, unwatched) >= rules.SEEN]
            if ids:
                return rules.ended(self._watch, ids, look.taken.wall_ns, EndReason.DISARMED)
        return rules.advance(self._watch, look, self.limits)

    def _alerted(self, now: Instant, look: Look | None = None) -> tuple[tuple[Event, ...], Post | None]:
        """Tell that the view has gone bad, or is well again, once."""
        if not self.armed:
            return (), None
        hold_s = HOLD_S if self._filmed else START_HOLD_S
        self._episode, tell = followed(self._episode, self.view, now, hold_s=hold_s)
        if tell is None:
            return (), None
        self._post = replace(self._post, alerts=self._episode.alerts)
        return (self._event(EventType.VIEW_ALERT, None, now, look),), self._post

    def _end_all(self, now: Instant, reason: EndReason) -> Seen:
        ids = [c.change_id for c in self.changes]
        return self._over(rules.ended(self._watch, ids, now.wall_ns, reason), now)

    def _over(self, outcome: Outcome, now: Instant) -> Seen:
        self._watch = outcome.watch
        return Seen(outcome.rows, tuple(self._event(event, change, now) for event, change in outcome.told))

    def _event(
        self, event: EventType, change: Change | None, taken: Instant, look: Look | None = None
    ) -> Event:
        return self._announcer.event(event, self.view, taken, change=change, look=look)
