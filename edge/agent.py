"""The watch loop: one tick after another, at the camera's pace."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.answers import answer, sender_of
from edge.errors import EngineError
from edge.keeping import Keeper
from edge.obeying import fault, obeyed, taken
from edge.types import Answer, Frame, Moment, NoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edge.images import Images
    from edge.ports import Evidence, Orders, Outbox, Records, References, Watchdog
    from edge.seen import Seen
    from edge.telling import Teller
    from edge.types import Instant, Order
    from edge.watcher import Watcher

ENGINE_PATIENCE_S = 60.0
"""An engine that fails for so long, whatever it is shown, is not waited for: a new process may mend it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class World:
    """Everything the watch loop touches.

    Attributes:
        ticks: Starts the cameras; yields a frame or a word of its absence, from
            each camera at least once a second.
        watchers: One post per camera, by name.
        outbox: Takes what must not be lost.
        orders: What people asked for.
        references: Keeps what was learned.
        records: Keeps what views do by themselves.
        evidence: Keeps what explains alarms and silences.
        images: Shows pictures of what is told, where that is wanted.
        teller: Says how things are.
        watchdog: Restarts us when we hang.
    """

    ticks: Callable[[], Iterator[Frame | NoFrame]]
    watchers: Mapping[str, Watcher]
    outbox: Outbox
    orders: Orders
    references: References
    records: Records
    evidence: Evidence
    images: Images
    teller: Teller
    watchdog: Watchdog


class Agent:
    """Looks at each frame once, decides, and tells."""

    def __init__(self, world: World) -> None:
        """Take a world as it is."""
        self._world = world
        self._waiting: list[Order] = []
        self._keeper = Keeper(world.references, world.records)
        self._failing: set[str] = set()
        self._dead_since: Instant | None = None

    def run(self, stop: Callable[[], bool]) -> int:
        """Watch until the cameras end or ``stop`` says so.

        Returns:
            How many frames were looked at.

        Raises:
            EngineError: The engine has done nothing but fail for ``ENGINE_PATIENCE_S``.
            ContractError: The engine's output is not what its contract promises.
        """
        frames = 0
        for tick in self._world.ticks():
            if stop():
                break
            watcher = self._world.watchers[tick.camera]
            now = tick.moment
            self._obey(now)
            tick, infer_ms = self._watch(watcher, tick)  # noqa: PLW2901 - what it was worth
            self._world.teller.tell(watcher, tick, infer_ms)
            self._world.teller.health(now)
            self._keeper.again(now)
            self._world.watchdog.pat()
            frames += isinstance(tick, Frame)
        self._keeper.finish()
        return frames

    def _watch(self, watcher: Watcher, tick: Frame | NoFrame) -> tuple[Frame | NoFrame, float | None]:
        """Look at one frame.

        Returns:
            The tick, ``NoFrame`` where the engine failed: what cannot be compared is
            as good as no picture. And the engine's milliseconds, where it ran.
        """
        seen = None
        if isinstance(tick, Frame):
            try:
                seen = watcher.see(tick)
                self._worked(seen)
                self._failing.discard(tick.camera)
            except EngineError as error:
                self._failed(error, tick)
                tick = NoFrame(tick.camera, tick.taken, tick.taken, str(error))
        seen = seen or watcher.lost(tick.moment)
        self._keep(watcher, seen, tick.moment)
        self._note(_moment(watcher, tick, seen))
        return tick, None if seen.look is None else seen.look.infer_ms

    def _worked(self, seen: Seen) -> None:
        """Note that the engine works, where it was asked at all."""
        if seen.look is not None and seen.look.judged is not None:
            self._dead_since = None

    def _failed(self, error: EngineError, frame: Frame) -> None:
        """Note that the engine failed; give up where it does nothing else."""
        if frame.camera not in self._failing:  # not with every frame
            log.error("%s", error, extra={"camera": frame.camera})
        self._failing.add(frame.camera)
        self._dead_since = self._dead_since or frame.taken
        if frame.taken.seconds_since(self._dead_since) >= ENGINE_PATIENCE_S:
            raise error

    def _note(self, moment: Moment) -> None:
        self._world.evidence.note(moment)
        self._world.images.note(moment)

    def _obey(self, now: Instant) -> None:
        """Carry out what was asked; keep what cannot be done while nothing is seen."""
        self._waiting += [taken(order, self._world.watchers) for order in self._world.orders.pending()]
        self._waiting = [order for order in self._waiting if not self._carried_out(order, now)]

    def _carried_out(self, order: Order, now: Instant) -> bool:
        done: list[tuple[Watcher, Seen]] = []
        left = False
        error = fault(order, self._world.watchers)
        for watcher in self._world.watchers.values() if error is None else ():
            for seen in obeyed(watcher, order, now):
                left |= seen is None
                done += [] if seen is None else [(watcher, seen)]
        if error is None and order.op == "snapshot":
            error = self._world.images.again(order.args["camera"])
        for watcher, seen in done:
            self._keeper.keep(watcher, seen, now)
            self._world.teller.count(seen.events)
        if done or not left:
            # In one transaction, so that no power cut comes between an order and what came
            # of it. Also for what is over or unknown by now: an order is obeyed once.
            self._world.outbox.put(
                [row for _, seen in done for row in seen.rows],
                [event for _, seen in done for event in seen.events],
                () if left else (order.order_id,),
                [seen.post for _, seen in done if seen.post is not None],
                () if left else _answers(order, now, error),
            )
        return not left

    def _keep(self, watcher: Watcher, seen: Seen, now: Instant) -> None:
        self._keeper.keep(watcher, seen, now)
        self._world.teller.count(seen.events)
        if seen.rows or seen.events or seen.post:
            self._world.outbox.put(seen.rows, seen.events, (), () if seen.post is None else (seen.post,))


def _answers(order: Order, now: Instant, error: str | None) -> tuple[Answer, ...]:
    """Return what to tell whoever gave an order, where somebody waits."""
    sender = sender_of(order.args)
    if sender is None:
        return ()
    return (Answer(answer(sender, ts_ns=now.wall_ns, error=error), sender.command_id),)


def _moment(watcher: Watcher, tick: Frame | NoFrame, seen: Seen) -> Moment:
    """Say all that is known of a camera after one tick."""
    frame = tick if isinstance(tick, Frame) else None
    return Moment(
        camera=watcher.camera,
        now=tick.moment,
        view=watcher.view,
        threshold=watcher.threshold,
        frame=frame,
        look=seen.look,
        reference=watcher.reference,
        changes=watcher.changes,
        events=seen.events,
        activity=watcher.activity,
        armed=watcher.armed,
        reason="" if isinstance(tick, Frame) else tick.reason,
        sensitivity=watcher.limits.sensitivity,
    )
