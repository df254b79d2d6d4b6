"""From the journal to the broker: in order, live or late, until acknowledged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.core.window import Window
from edge.core.wire import as_late
from edge.ports import Confirmed, Connected, Disconnected, Received, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edge.ports import Broker, Clock, Journal, Note, Queued
    from edge.types import Message

IN_FLIGHT = 100
"""How many events may wait for the broker's acknowledgement."""

FORGET_AT = 64
"""How many delivered events are deleted together, at the latest."""

_log = logging.getLogger(__name__)


class Sender:
    """Publishes what the journal holds; all of it belongs to one thread.

    An event that was never sent and is younger than ``late_after_ns`` goes to
    its live topic. Older ones, and all that were sent before, go to the topic of
    late events.

    Attributes:
        connected: Whether the broker is there.
        fault: Why it is not; ``None`` while it is, and before the first try.
        sent: Events published for the first time.
        resent: Events published again.
        taken_over: How often another client with our id took our place.
    """

    def __init__(
        self,
        journal: Journal,
        broker: Broker,
        clock: Clock,
        *,
        welcome: Callable[[], Sequence[Message]],
        late_after_ns: int,
    ) -> None:
        self.connected = False
        self.fault: str | None = None
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
        self._shown: dict[str, Message] = {}
        self._window = Window(IN_FLIGHT)

    @property
    def set_aside(self) -> int:
        """How many events the broker keeps refusing."""
        return self._window.set_aside

    @property
    def delivered(self) -> int:
        """How many delivered events are still in the journal."""
        return len(self._window.delivered)

    @property
    def done(self) -> bool:
        """Whether the journal holds nothing that could be delivered now."""
        return self._journal.depth() <= self._window.waiting

    def show(self, message: Message) -> None:
        """Publish what is true now, and again on every connection."""
        self._shown[message.topic] = message
        self._broker.publish(message)

    def heed(self, note: Note) -> None:
        """Take notice of what the broker says."""
        match note:
            case Confirmed(token):
                self._window.confirm(token)
            case Refused(token, reason):
                self._refused(token, reason)
            case Connected(protocol):
                self._connect(protocol)
            case Disconnected(reason, taken_over):
                self.taken_over += taken_over
                self._disconnect(reason)
            case Received():
                pass  # nothing is subscribed to yet

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
        self._window.retry(self._clock.now().mono_ns)
        first_time_late = []
        for event in self._due():
            news = self._is_news(event)
            if news:
                # Before publishing: after a crash in between it comes late, and rings
                # nobody; the other way round it could ring twice.
                self._journal.mark_sent([event.seq])
            token = self._broker.publish(event.message if news else as_late(event.message))
            if token is None:
                break
            self._window.hand_over(event.seq, token)
            self.resent += event.sent
            self.sent += not event.sent
            if not (news or event.sent):
                first_time_late.append(event.seq)
        if first_time_late:
            self._journal.mark_sent(first_time_late)

    def forget_delivered(self) -> None:
        """Delete what the broker has from the journal.

        Raises:
            StorageError: The disk refuses; try again later.
        """
        if self._window.delivered:
            seqs = sorted(self._window.delivered)
            self._journal.confirm(seqs)
            self._window.forget(seqs)

    def steady_ns(self) -> int:
        """Return wall-clock time that does not jump when the clock is set while we run."""
        return self._begun.wall_ns + self._clock.now().mono_ns - self._begun.mono_ns

    def _due(self) -> Iterator[Queued]:
        while self._window.room:
            events = self._journal.queued(self._window.cursor, self._window.room)
            if not events:
                return
            for event in events:
                if self._window.passes(event.seq):
                    yield event
                self._window.cursor = event.seq

    def _is_news(self, event: Queued) -> bool:
        return not event.sent and self.steady_ns() - event.stored_ns < self._late_after_ns

    def _connect(self, protocol: str) -> None:
        _log.info("connected to the broker over MQTT %s", protocol)
        self.connected, self.fault = True, None
        for message in (*self._welcome(), *self._shown.values()):
            self._broker.publish(message)

    def _disconnect(self, reason: str) -> None:
        if reason != self.fault and not self._leaving:
            _log.warning("the broker is away: %s", reason)
        self.connected, self.fault = False, reason
        self._window.lose(self._clock.now().mono_ns)

    def _refused(self, token: int, reason: str) -> None:
        seq = self._window.refuse(token, self._clock.now().mono_ns)
        _log.warning("the broker refused %s: %s", "a message" if seq is None else f"event {seq}", reason)
