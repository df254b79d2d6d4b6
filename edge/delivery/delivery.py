"""The thread between the watch loop and everything slow."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.reports import DeliveryStats
from edge.delivery.backlog import Backlog
from edge.delivery.inbox import Inbox, Leave
from edge.delivery.sender import FORGET_AT, Sender
from edge.errors import StorageError
from edge.ports import Entry, Received
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.delivery.inbox import Item
    from edge.delivery.record import Record
    from edge.ports import Broker, Clock, Journal, Listener, Note
    from edge.types import Answer, Change, Event, Order, Post

UNSTORED_KEPT = 1000
"""How many entries are kept in memory while the disk refuses to store them."""

_TICK_NS = 500_000_000  # how often orders are looked for, and delivered events deleted
_RETRY_NS = 1_000_000_000  # pause after the disk refused
_STOP_WITHIN_S = 15.0  # what ending may take beyond the time it was given

_log = logging.getLogger(__name__)


class Delivery:
    """Implements ``edge.ports.Outbox`` and ``edge.ports.Orders``.

    Args:
        journal: Where things are stored; the thread's own from ``start`` on.
        broker: Where things are published.
        clock: Tells what is late.
        welcome: Makes what is published first on every connection.
        farewell: What is published last.
        late_after_s: An event older than this is no longer news.
        listeners: To whom messages from outside are passed on; what they answer is
            published.
        record: The system of record, which acknowledges events; ``None`` where the
            broker's acknowledgement has to do.
    """

    def __init__(  # noqa: PLR0913 - it sits between this many things
        self,
        journal: Journal,
        broker: Broker,
        clock: Clock,
        *,
        welcome: Callable[[], Sequence[Message]],
        farewell: Sequence[Message] = (),
        late_after_s: float = 60.0,
        listeners: Sequence[Listener] = (),
        record: Record | None = None,
    ) -> None:
        self._journal = journal
        self._broker = broker
        self._clock = clock
        self._farewell = farewell
        self._sender = Sender(
            journal,
            broker,
            clock,
            welcome=welcome,
            late_after_ns=round(late_after_s * 1e9),
            record=record,
        )
        self._listeners = tuple(listeners)
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._inbox = Inbox()
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._given: set[int] = set()
        self._unstored = Backlog()
        self._faults: dict[str, str] = {}  # of the disk, by what it refuses
        self._leave_by_ns: int | None = None
        self._store_again_ns = self._tidy_again_ns = 0
        self._dropped = 0
        self._not_taken = 0  # the same, counted by the caller's thread
        self._not_taken_told = 0
        self._stats = self._summary()

    def start(self) -> None:
        """Begin storing and publishing, in the background."""
        self._thread.start()

    def put(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int] = (),
        posts: Sequence[Post] = (),
        answers: Sequence[Answer] = (),
    ) -> None:
        """Store rows of the ledger and their announcements, then publish those."""
        entry = Entry(tuple(changes), tuple(events), tuple(done), tuple(posts), tuple(answers))
        if not self._inbox.put(entry):  # the thread hangs, or is gone
            self._not_taken += len(events)

    def show(self, message: Message) -> None:
        """Publish what is true now, and again on every connection."""
        self._inbox.put(message)

    def pending(self) -> tuple[Order, ...]:
        """Return orders that came since the last call; each is given once."""
        return tuple(self._orders.get_nowait() for _ in range(self._orders.qsize()))

    def stats(self) -> DeliveryStats:
        """Return how delivery is doing."""
        dropped = self._stats.dropped + self._not_taken
        running = self._thread.is_alive()
        return replace(self._stats, running=running, dropped=dropped, unheard=self._inbox.unheard)

    def stop(self, timeout_s: float = 3.0) -> None:
        """Store what waits, try to deliver it, say farewell, close the journal.

        Args:
            timeout_s: How long to try; what is not delivered then stays stored.
        """
        if self._thread.ident is None:
            self._journal.close()
            return
        self._inbox.leave(Leave(self._clock.now().mono_ns + round(timeout_s * 1e9)))
        self._thread.join(timeout_s + _STOP_WITHIN_S)

    def _run(self) -> None:
        self._broker.start(self._inbox.note)
        while not self._finished():
            for item in self._inbox.taken(_TICK_NS / 1e9):
                self._heed(item)
            self._store()
            self._tidy()
            self._send()
            self._stats = self._summary()
        self._sender.leave(self._farewell)
        self._part()
        self._stats = self._summary()

    def _finished(self) -> bool:
        if self._leave_by_ns is None:
            return False
        all_told = not self._unstored and self._sender.done
        return all_told or self._clock.now().mono_ns >= self._leave_by_ns

    def _heed(self, item: Item | Note) -> None:
        match item:
            case Entry():
                self._unstored.add(item)
            case Message():
                self._sender.show(item)
            case Leave(by_ns):
                self._leave_by_ns = by_ns
            case Received() if not self._sender.concerns(item):
                for answer in (answer for listener in self._listeners for answer in listener.heard(item)):
                    self._sender.say(answer)
                self._tidy_again_ns = 0  # it may have been an order
            case _:
                self._sender.heed(item)

    def _store(self) -> None:
        """Store all that waits, in one transaction."""
        if not self._unstored or self._clock.now().mono_ns < self._store_again_ns:
            return
        together = self._unstored.together()
        not_taken = self._not_taken
        try:
            self._journal.commit(
                together,
                self._sender.steady_ns(),
                self._unstored.lost + not_taken - self._not_taken_told,
            )
        except StorageError as error:
            self._complain("store", error)
            self._store_again_ns = self._clock.now().mono_ns + _RETRY_NS
            self._drop(self._unstored.shed(UNSTORED_KEPT))
        else:
            self._unstored.stored()
            self._not_taken_told = not_taken
            self._faults.pop("store", None)
            for answer in together.answers:
                self._sender.say(answer.message)

    def _tidy(self) -> None:
        """Now and then delete what was delivered, and look for orders."""
        now_ns = self._clock.now().mono_ns
        in_no_hurry = self._sender.delivered < FORGET_AT and self._leave_by_ns is None
        if in_no_hurry and now_ns < self._tidy_again_ns:
            return
        self._tidy_again_ns = now_ns + _TICK_NS
        try:
            self._sender.forget_delivered()
            orders = {order.order_id: order for order in self._journal.orders()}
        except StorageError as error:
            self._complain("tidy", error)
            return
        self._faults.pop("tidy", None)
        for order_id in sorted(orders.keys() - self._given):
            self._orders.put(orders[order_id])
        self._given = set(orders)

    def _send(self) -> None:
        try:
            self._sender.send()
        except StorageError as error:
            self._complain("send", error)
        else:
            self._faults.pop("send", None)

    def _part(self) -> None:
        """Take in what came while leaving, and close."""
        for item in self._inbox.taken():
            self._heed(item)
        self._store_again_ns = 0
        self._store()
        self._tidy()
        try:
            self._journal.close()
        except StorageError as error:
            self._complain("close", error)
        self._drop(len(self._unstored.together().events))

    def _drop(self, events: int) -> None:
        """Count events that nothing could store."""
        if events:
            self._dropped += events
            _log.error("%d events are lost: nothing could store them", events)

    def _complain(self, what: str, error: StorageError) -> None:
        if str(error) not in self._faults.values():
            _log.error("cannot store: %s", error)
        self._faults[what] = str(error)

    def _summary(self) -> DeliveryStats:
        return DeliveryStats(
            connected=self._sender.connected,
            unstored=len(self._unstored),
            depth=self._journal.depth(),
            sent=self._sender.sent,
            resent=self._sender.resent,
            set_aside=self._sender.set_aside,
            dropped=self._dropped,
            unheard=self._inbox.unheard,
            taken_over=self._sender.taken_over,
            ignored=self._sender.ignored,
            storage_fault=next(iter(self._faults.values()), None),
        )
