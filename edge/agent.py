"""The watch loop: one tick after another, at the camera's pace."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import EngineError, StorageError
from edge.types import EVERY_CHANGE, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edge.ports import Evidence, Orders, Outbox, References, Watchdog
    from edge.telling import Teller
    from edge.types import Instant, NoFrame, Order
    from edge.watcher import Seen, Watcher

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
        evidence: Keeps the pictures behind events.
        teller: Says how things are.
        watchdog: Restarts us when we hang.
    """

    ticks: Callable[[], Iterator[Frame | NoFrame]]
    watchers: Mapping[str, Watcher]
    outbox: Outbox
    orders: Orders
    references: References
    evidence: Evidence
    teller: Teller
    watchdog: Watchdog


class Agent:
    """Looks at each frame once, decides, and tells."""

    def __init__(self, world: World) -> None:
        """Take a world as it is."""
        self._world = world
        self._waiting: list[Order] = []
        self._failing: set[str] = set()

    def run(self, stop: Callable[[], bool]) -> int:
        """Watch until the cameras end or ``stop`` says so.

        Returns:
            How many frames were looked at.
        """
        frames = 0
        for tick in self._world.ticks():
            if stop():
                break
            watcher = self._world.watchers[tick.camera]
            now = tick.moment
            self._obey(now)
            infer_ms = self._watch(watcher, tick)
            self._world.teller.tell(watcher, tick, infer_ms)
            self._world.teller.health(now)
            self._world.watchdog.pat()
            frames += isinstance(tick, Frame)
        return frames

    def _watch(self, watcher: Watcher, tick: Frame | NoFrame) -> float | None:
        """Look at one frame; return the engine's milliseconds where it ran."""
        if not isinstance(tick, Frame):
            self._keep(watcher, watcher.lost(tick.now))
            return None
        try:
            seen = watcher.see(tick)
        except EngineError as error:
            self._complain("engine", error)
            return None
        self._failing.discard("engine")
        self._keep(watcher, seen)
        if seen.look is None or watcher.reference is None:
            return None
        for event in seen.events:
            self._world.evidence.keep(event, tick, watcher.reference, seen.look)
        return seen.look.infer_ms

    def _obey(self, now: Instant) -> None:
        """Carry out what was asked; keep what cannot be done while nothing is seen."""
        self._waiting += self._world.orders.pending()
        self._waiting = [order for order in self._waiting if not self._carried_out(order, now)]

    def _carried_out(self, order: Order, now: Instant) -> bool:
        wanted = order.args.get("change_id") if order.op == "accept" else None
        left = False
        for watcher in self._world.watchers.values():
            ids = [c.change_id for c in watcher.changes if wanted in (EVERY_CHANGE, c.change_id)]
            seen = [watcher.accept(change_id, now) for change_id in ids]
            left |= None in seen
            for one in seen:
                if one is not None:
                    self._keep(watcher, one)
        if not left:
            # Also for what is over or unknown by now: an order is obeyed once.
            self._world.outbox.put((), (), (order.order_id,))
        return not left

    def _keep(self, watcher: Watcher, seen: Seen) -> None:
        if seen.reference is not None:
            try:
                self._world.references.save(watcher.camera, seen.reference)
                self._failing.discard("references")
            except StorageError as error:
                self._complain("references", error)
        if seen.rows or seen.events:
            self._world.outbox.put(seen.rows, seen.events)

    def _complain(self, what: str, error: Exception) -> None:
        """Log a failure once, not with every frame."""
        if what not in self._failing:
            log.error("%s", error)
            self._failing.add(what)
