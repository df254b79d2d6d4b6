"""From the journal to the broker: in order, live or late, until acknowledged."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

from edge.core.gaps import is_gap
from edge.core.window import Window
from edge.core.wire import as_late
from edge.ports import Confirmed, Connected, Disconnected, Received, Refused
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edge.delivery.record import Record
    from edge.ports import Broker, Clock, Journal, Note, Queued

IN_FLIGHT = 100
"""How many events may wait for the broker's acknowledgement."""

FORGET_AT = 64
"""How many delivered events are deleted together, at the latest."""

UNSAID_KEPT = 100
"""How many answers wait for the broker to come back."""

_log = logging.getLogger(__name__)


class Sender:
    """Publishes what the journal holds; all of it belongs to one thread.

    An event is delivered when the broker acknowledges it, or, with a ``record``, when
    the system of record does; that one gets everything in order.

    An event that was never sent and is younger than ``late_after_ns`` goes to
    its live topic. Older ones, and all that were sent before, go to the topic of
    late events.

    Attributes:
        connected: Whether the broker is there.
        sent: Events published for the first time.
        resent: Events published again.
        taken_over: How often another client with our id took our place.
    """

    def __init__(  # noqa: PLR0913 - it sits between this many things
        self,
        journal: Journal,
        broker: Broker,
        clock: Clock,
        *,
        welcome: Callable[[], Sequence[Message]],
        late_after_ns: int,
        record: Record | None = None,
    ) -> None:
        self.connected = False
        self.sent = 0
        self.resent = 0
        self.taken_over = 0
        self._journal = journal
        self._broker = broker
        self._clock = clock
        self._welcome = welcome
        self._late_after_ns = late_after_ns
        self._begun = clock.now()
        self._leaving = False
        self._fault: str | None = None
        self._shown: dict[str, Message] = {}
        self._unsaid: deque[Message] = deque(maxlen=UNSAID_KEPT)
        self._record = record
        self._given_up = 0
        self._window = Window(IN_FLIGHT, for_consumer=record is not None)

    @property
    def set_aside(self) -> int:
        """How many events the broker keeps refusing, or refused until they were given up."""
        return self._window.set_aside + self._given_up

    @property
    def ignored(self) -> int:
        """How many words of the system of record made no sense."""
        return 0 if self._record is None else self._record.ignored

    @property
    def delivered(self) -> int:
        """How many delivered events are still in the journal."""
        return len(self._window.delivered) if self._record is None else self._record.forgettable

    @property
    def done(self) -> bool:
        """Whether the journal holds nothing that could be delivered now."""
        return self._journal.depth() <= self._window.waiting

    def show(self, message: Message) -> None:
        """Publish what is true now, and again on every connection."""
        self._shown[message.topic] = message
        self._broker.publish(message)

    def say(self, message: Message) -> None:
        """Publish once: now, or on the next connection."""
        if self._broker.publish(message) is None:
            self._unsaid.append(message)

    def heed(self, note: Note) -> None:
        """Take notice of what the broker says."""
        match note:
            case Confirmed(token):
                self._window.confirm(token)
            case Refused():
                self._refused(note)
            case Connected(protocol):
                self._connect(protocol)
            case Disconnected(reason, taken_over):
                self.taken_over += taken_over
                self._disconnect(reason)
            case Received():
                if self._record is not None:
                    self._hear(self._record, note)

    def concerns(self, note: Received) -> bool:
        """Return whether a message is from the system of record to us."""
        return self._record is not None and note.topic in self._record.topics

    def leave(self, farewell: Sequence[Message]) -> None:
        """Say farewell and part from the broker; that it is gone then is no fault."""
        self._leaving = True
        self._broker.stop(farewell)

    def send(self) -> None:
        """Hand events to the broker, oldest first, while there is room.

        Raises:
            StorageError: The disk refuses; try again later.
        """
        if not self.connected:
            return
        now_ns = self._clock.now().mono_ns
        self._window.retry(now_ns)
        self._give_up()
        if self._record is not None and self._record.overdue(now_ns):
            self._window.cursor = self._record.acked
        first_time_late = []
        for event in self._due():
            news = self._is_news(event)
            if news:
                # Before publishing: after a crash in between it comes late, and rings
                # nobody; the other way round it could ring twice.
                self._journal.mark_sent([event.seq])
            token = self._broker.publish(event.message if news else _again(event.message))
            if token is None:
                break
            self._window.hand_over(event.seq, token)
            if self._record is not None:
                self._record.hand_over(event.seq, now_ns)
            self.resent += event.sent
            self.sent += not event.sent
            if not (news or event.sent):
                first_time_late.append(event.seq)
        if first_time_late:
            self._journal.mark_sent(first_time_late)

    def forget_delivered(self) -> None:
        """Delete what is delivered from the journal.

        Raises:
            StorageError: The disk refuses; try again later.
        """
        if self._record is not None:
            if self._record.forgettable:
                self._record.forget()
        elif self._window.delivered:
            seqs = sorted(self._window.delivered)
            self._journal.confirm(seqs)
            self._window.forget(seqs)

    def steady_ns(self) -> int:
        """Return wall-clock time that does not jump when the clock is set while we run."""
        return self._begun.wall_ns + self._clock.now().mono_ns - self._begun.mono_ns

    def _due(self) -> Iterator[Queued]:
        while room := self._room():
            if self._record is not None:  # what it has may not be deleted yet
                self._window.cursor = max(self._window.cursor, self._record.acked)
            events = self._journal.queued(self._window.cursor, room)
            if not events:
                return
            for event in events:
                if self._window.passes(event.seq):
                    yield event
                elif self._record is not None:
                    return  # everything in order
                self._window.cursor = event.seq

    def _room(self) -> int:
        return self._window.room if self._record is None else min(self._window.room, self._record.room)

    def _hear(self, record: Record, note: Received) -> None:
        match record.heard(note, self._clock.now().mono_ns, self.steady_ns()):
            case int(seq):
                self._window.cursor = seq
            case Message() as answer:
                self._broker.publish(answer)
        self._window.consumed(record.acked)

    def _give_up(self) -> None:
        """Tell gaps in place of what the broker refuses, where the rest has to wait for it."""
        for seq in sorted(self._window.hopeless):
            given_up = self._journal.give_up([seq], self.steady_ns())
            if given_up:
                _log.error("event %d is given up: the broker would not take it", seq)
                self._window.given_up(seq)
            else:  # the gap itself is refused: no better can be said
                self._window.hopeless.discard(seq)
            self._given_up += given_up

    def _is_news(self, event: Queued) -> bool:
        return not event.sent and self.steady_ns() - event.stored_ns < self._late_after_ns

    def _connect(self, protocol: str) -> None:
        _log.info("connected to the broker over MQTT %s", protocol)
        self.connected, self._fault = True, None
        for message in (*self._welcome(), *self._shown.values(), *self._unsaid):
            self._broker.publish(message)
        self._unsaid.clear()

    def _disconnect(self, reason: str) -> None:
        if reason != self._fault and not self._leaving:
            _log.warning("the broker is away: %s", reason)
        self.connected, self._fault = False, reason
        now_ns = self._clock.now().mono_ns
        self._window.lose(now_ns)
        if self._record is not None:
            self._record.reconnect(now_ns)

    def _refused(self, note: Refused) -> None:
        now_ns = self._clock.now().mono_ns
        seq = self._window.refuse(note.token, now_ns, forbidden=note.forbidden)
        if self._record is not None and seq is not None:
            self._record.refused(seq)
        _log.warning("the broker refused %s: %s", "a message" if seq is None else f"event {seq}", note.reason)


def _again(message: Message) -> Message:
    """Return a message as it is told when it is no news; a gap rings nobody anyway."""
    return message if is_gap(message.payload) else as_late(message)
