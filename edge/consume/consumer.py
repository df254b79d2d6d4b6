"""The loop: take in, write, and only then say so."""

from __future__ import annotations

import logging
import queue
from typing import TYPE_CHECKING

from edge.consume.answers import FLUSH_S, Acks, ack, nack
from edge.consume.lag import LagReport
from edge.core.encoding import rfc3339
from edge.core.hearing import device_of, numbers_of, read
from edge.core.holes import Holes
from edge.core.sequence import Fate, Page, Sequences, Unreadable
from edge.core.told import UNREADABLE, missing
from edge.ports import Connected, Disconnected, Received, Refused

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from edge.consume.lag import Lag
    from edge.core.told import Key, Told
    from edge.ports import Clock, Note
    from edge.ports.consuming import EventStore, Subscription

PAGE_MOST = 100
"""Messages that are written in one transaction."""

_IDLE_S = 0.5

log = logging.getLogger(__name__)


class Consumer:
    """Puts what devices tell into a store, for as long as the store can be written.

    A page is what has come by the time the one before it is written: nothing waits
    for company, and under load pages are full.

    Args:
        store: Where to.
        broker: Where from; started and stopped here.
        clock: What time it is.
        wanted: Whose events; empty for everybody's.
        tell: Called with how a sequence stands, when that has changed.
    """

    def __init__(
        self,
        store: EventStore,
        broker: Subscription,
        clock: Clock,
        *,
        wanted: frozenset[str] = frozenset(),
        tell: Callable[[Lag], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._wanted = wanted
        self._notes: queue.SimpleQueue[Note] = queue.SimpleQueue()
        self._sequences = Sequences(store.positions(), store.early)
        self._holes = Holes()
        self._acks = Acks(broker.publish)
        self._report = LagReport(tell)
        self._greets = False

    def run(self, stop: threading.Event) -> None:
        """Take in until ``stop`` is set.

        Raises:
            StorageError: The store refuses. What it does not have was not settled, and
                comes again to whoever goes on.
        """
        self._broker.start(self._notes.put)
        try:
            while not stop.is_set():
                self._turn(self._gathered())
        finally:
            self._broker.stop(self._acks.rest())

    def _gathered(self) -> list[Note]:
        """Return what has come, at most a page of it; wait a little where nothing has."""
        notes: list[Note] = []
        try:
            notes.append(self._notes.get(timeout=FLUSH_S if self._acks.waiting else _IDLE_S))
            while len(notes) < PAGE_MOST:
                notes.append(self._notes.get_nowait())
        except queue.Empty:
            pass
        return notes

    def _turn(self, notes: list[Note]) -> None:
        """Sort one page, write it, and say what there is to say."""
        now = self._clock.now()
        now_s = now.mono_ns / 1e9
        page = Page(rfc3339(now.wall_ns))
        receipts: list[int] = []
        for note in notes:
            if isinstance(note, Received):
                self._take(note, page, now_s)
                if note.receipt is not None:
                    receipts.append(note.receipt)
            else:
                self._heed(note)
        for key in self._holes.hopeless(now_s):
            self._pass_over(key, page)
        self._store.write(page)
        self._broker.settle(receipts)
        self._answer(page, now_s)
        self._report.flush(now_s, now.wall_ns)

    def _heed(self, note: Note) -> None:
        """Take note of how the broker is doing."""
        match note:
            case Connected(protocol=protocol):
                log.info("connected, MQTT %s", protocol)
                self._greets = True
            case Disconnected(reason=reason):
                log.warning("the broker is away: %s", reason)
                self._greets = False
                self._holes.forget()
            case Refused(reason=reason):
                fix = "let this user write stillwatch/v1/+/ack/+ and stillwatch/v1/+/nack/+"
                log.error("the broker does not let us answer (%s): %s", reason, fix)
            case _:
                pass

    def _take(self, note: Received, page: Page, now_s: float) -> None:
        """Put one message on the page."""
        device = device_of(note.topic)
        if device is not None:
            if not self._wants(device):  # an older subscription that the broker still remembers
                return
            self._holes.spoke(device)
        told = self._read(note, page)
        if told is None:
            return
        if self._sequences.take(told, page) is Fate.REPEATED:
            # Whoever tells it again has not heard that we have it.
            self._acks.add(told.key, self._sequences.position(told.key).seq, now_s)

    def _read(self, note: Received, page: Page) -> Told | None:
        """Return what a message says; put one that nobody can read aside, and what is left of it."""
        try:
            return read(note.topic, note.payload)
        except ValueError as error:
            log.warning("%s: kept apart, nobody can read it: %s", note.topic, error)
            page.unreadable.append(Unreadable(note.topic, note.payload, str(error)))
        numbered = numbers_of(note.topic, note.payload)
        if numbered is None:
            return None
        key, seq = numbered
        return missing(key, seq, seq, reason=UNREADABLE, ts=page.ts)

    def _pass_over(self, key: Key, page: Page) -> None:
        gap = self._sequences.pass_over(key, page)
        if gap is not None:
            log.error(
                "%s, epoch %s: no longer waiting for %s to %s (%s)",
                *key,
                gap.first_seq,
                gap.last_seq,
                gap.reason,
            )

    def _answer(self, page: Page, now_s: float) -> None:
        """Acknowledge what was written, and ask for what is missing."""
        if self._greets:
            self._greet(now_s)
        for key, (before, after) in page.moves.items():
            self._report.moved(after)
            self._mind(key, now_s)
            if before is None or after.seq > before.seq:
                self._acks.add(key, after.seq, now_s)
        self._acks.flush(now_s)
        for key, expected in self._holes.to_ask(now_s):
            log.warning("%s, epoch %s: %d is missing: asking for it", *key, expected)
            self._broker.publish(nack(key, expected))

    def _greet(self, now_s: float) -> None:
        """Say where every sequence stands: what was said before may have died with the broker.

        A device that nobody has answered for long waits long, so it is asked to go on.
        """
        self._greets = False
        for position in self._sequences.positions():
            key = position.key
            if self._wants(key[0]) and position.seq:
                self._broker.publish(ack(key, position.seq))
                self._broker.publish(nack(key, position.seq + 1))
            self._mind(key, now_s)

    def _mind(self, key: Key, now_s: float) -> None:
        """Take note of whether a sequence waits for something."""
        position = self._sequences.position(key)
        if position.waiting:
            self._holes.seen(key, position.seq + 1, now_s)
        else:
            self._holes.closed(key)

    def _wants(self, device: str) -> bool:
        return not self._wanted or device in self._wanted
