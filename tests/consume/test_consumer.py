from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from edge.consume import Consumer
from edge.core.holes import JOIN_PATIENCE_S
from edge.errors import StorageError
from edge.ports import Received
from edge.sim.broker import SimBroker
from edge.sim.clock import SimClock
from edge.sim.event_store import SimEventStore
from edge.types import Message
from tests.consume.telling import altered, event_message, gap_of
from tests.listening import PATIENCE_S, until, until_in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edge.consume.lag import Lag
    from edge.core.sequence import Page
    from edge.ports import Note

ACK = "stillwatch/v1/bench1/ack/9f3a6c01"
NACK = "stillwatch/v1/bench1/nack/9f3a6c01"


class Ledger(SimEventStore):
    """Writes down in which order things happen."""

    def __init__(self, happened: list[str]) -> None:
        super().__init__()
        self._happened = happened

    def write(self, page: Page) -> None:
        """Note that a page with something on it was written."""
        super().write(page)
        if page.events:
            self._happened.append("written")


class Counter(SimBroker):
    """A broker that wants its messages settled, one receipt each."""

    def __init__(self, happened: list[str]) -> None:
        super().__init__(topics=["stillwatch/v1/+/cam/#", "stillwatch/v1/+/gap"])
        self.settled: list[int] = []
        self.greeted = threading.Event()
        self._happened = happened
        self._told = 0
        self._pass_on: Callable[[Note], None] = lambda _: None

    def start(self, tell: Callable[[Note], None]) -> None:
        """Connect."""
        self._pass_on = tell
        super().start(tell)

    def hand_over(self, message: Message) -> int:
        """Deliver a message with a receipt; return that."""
        self._told += 1
        self._pass_on(Received(message.topic, message.payload, retained=False, receipt=self._told))
        return self._told

    def settle(self, receipts: Sequence[int]) -> None:
        """Note what need not be kept any longer; at first, of the page that says we are connected."""
        self.greeted.set()
        self.settled += receipts
        if receipts:
            self._happened.append("settled")

    def publish(self, message: Message) -> int | None:
        """Note what is answered."""
        self._happened.append(message.topic.split("/")[3])
        return super().publish(message)


class Office:
    """A consumer at work, with a broker and a store made of memory."""

    def __init__(self, wanted: frozenset[str] = frozenset()) -> None:
        self.happened: list[str] = []
        self.broker, self.store, self.clock = Counter(self.happened), Ledger(self.happened), SimClock()
        self.told: list[Lag] = []
        self.wanted = wanted
        self.failure: StorageError | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def begin(self) -> Office:
        """Go to work; return once connected: who hears that and events at once says more."""
        self._thread.start()
        assert self.broker.greeted.wait(PATIENCE_S)
        return self

    def end(self) -> None:
        """Go home."""
        self._stop.set()
        self._thread.join(PATIENCE_S)

    def hear(self, *messages: Message) -> None:
        """Hear messages, and wait until all of them are settled."""
        last = [self.broker.hand_over(message) for message in messages][-1]
        until(lambda: last in self.broker.settled)

    def later(self, condition: Callable[[], object]) -> None:
        """Let time pass until something holds."""
        until_in_time(self.clock, condition, step_s=0.1)

    def kept(self) -> list[int]:
        """Return the numbers of the events that are kept."""
        return [event.seq for event in self.store.events]

    def said(self, topic: str) -> list[dict[str, int]]:
        """Return what was answered on a topic."""
        return [json.loads(said.payload) for said in list(self.broker.published) if said.topic == topic]

    def _work(self) -> None:
        consumer = Consumer(self.store, self.broker, self.clock, wanted=self.wanted, tell=self.told.append)
        try:
            consumer.run(self._stop)
        except StorageError as error:
            self.failure = error


@pytest.fixture
def office() -> Iterator[Office]:
    """Give an office at work."""
    office = Office().begin()
    yield office
    office.end()


def test_events_are_kept_and_acknowledged_up_to_the_last(office: Office) -> None:
    office.hear(*(event_message(seq) for seq in range(1, 151)))
    office.later(lambda: office.said(ACK)[-1:] == [{"seq": 150}])
    assert office.kept() == list(range(1, 151))


def test_an_acknowledgement_is_retained_and_sure_to_arrive(office: Office) -> None:
    office.hear(event_message(1))
    office.later(lambda: office.broker.retained)
    assert office.broker.retained[ACK] == Message(ACK, b'{"seq":1}', qos=1, retain=True)


def test_first_it_is_written_then_settled_then_acknowledged(office: Office) -> None:
    office.hear(event_message(1))
    office.later(lambda: "ack" in office.happened)
    assert office.happened == ["written", "settled", "ack"]


def test_what_comes_again_is_acknowledged_again(office: Office) -> None:
    office.hear(event_message(1))
    office.later(lambda: len(office.said(ACK)) == 1)
    office.hear(event_message(1))
    office.later(lambda: len(office.said(ACK)) == 2)
    assert (office.kept(), office.said(ACK)[-1]) == ([1], {"seq": 1})


def test_what_is_missing_is_asked_for(office: Office) -> None:
    office.hear(event_message(1), event_message(4))
    until(lambda: office.said(NACK))
    assert office.said(NACK) == [{"expected": 2}]
    assert NACK not in office.broker.retained


def test_it_is_not_asked_for_with_every_message(office: Office) -> None:
    office.hear(event_message(1), *(event_message(seq) for seq in range(3, 300)))
    assert office.said(NACK) == [{"expected": 2}]


def test_what_lies_beyond_a_hole_is_not_acknowledged(office: Office) -> None:
    office.hear(event_message(1), event_message(3))
    office.later(lambda: office.said(ACK))
    assert office.said(ACK) == [{"seq": 1}]


def test_a_gap_moves_the_acknowledgement(office: Office) -> None:
    office.hear(event_message(1), gap_of(2, 5))
    office.later(lambda: office.said(ACK)[-1:] == [{"seq": 5}])


def test_a_newcomer_asks_for_the_beginning_then_begins_where_it_is_offered(office: Office) -> None:
    office.hear(event_message(8), event_message(9))
    until(lambda: office.said(NACK) == [{"expected": 1}])
    office.clock.advance(JOIN_PATIENCE_S)
    (gap,) = until(lambda: office.store.gaps)
    assert (office.kept(), gap.span, gap.reason) == ([8, 9], (1, 7), "joined")


def test_after_a_reconnection_the_state_is_said_again(office: Office) -> None:
    office.hear(event_message(1))
    office.later(lambda: len(office.said(ACK)) == 1)
    office.broker.leave()
    office.broker.come_back()
    office.later(lambda: office.said(ACK) == [{"seq": 1}, {"seq": 1}])


def test_after_a_reconnection_devices_are_asked_to_go_on(office: Office) -> None:
    office.hear(event_message(1))
    office.broker.leave()
    office.broker.come_back()
    office.later(lambda: office.said(NACK) == [{"expected": 2}])


def test_a_message_that_nobody_can_read_is_kept_apart_and_stalls_nothing(office: Office) -> None:
    office.hear(event_message(1), altered(event_message(2), score="high"), event_message(3))
    assert (office.kept(), len(office.store.kept_apart)) == ([1, 3], 1)
    (gap,) = office.store.gaps
    assert (gap.span, gap.reason) == ((2, 2), "unreadable")


def test_rubbish_is_kept_apart_and_settled(office: Office) -> None:
    office.hear(Message("stillwatch/v1/bench1/cam/shelf/event", b"rubbish"))
    assert [one.payload for one in office.store.kept_apart] == [b"rubbish"]


def test_devices_have_sequences_of_their_own(office: Office) -> None:
    office.hear(event_message(1), event_message(1, device="bench2"), event_message(2, device="bench2"))
    office.later(lambda: office.said("stillwatch/v1/bench2/ack/9f3a6c01")[-1:] == [{"seq": 2}])
    until(lambda: office.said(ACK)[-1:] == [{"seq": 1}])


def test_only_wanted_devices_are_kept_and_answered() -> None:
    office = Office(wanted=frozenset({"bench2"})).begin()
    office.hear(event_message(1), event_message(1, device="bench2"))
    office.later(lambda: office.said("stillwatch/v1/bench2/ack/9f3a6c01"))
    office.end()
    assert ({event.device for event in office.store.events}, office.said(ACK)) == ({"bench2"}, [])


def test_what_could_not_be_written_is_neither_settled_nor_acknowledged() -> None:
    office = Office().begin()
    office.store.fails = "the disk is full (scripted)"
    office.broker.hand_over(event_message(1))
    until(lambda: office.failure)
    office.end()
    assert (office.broker.settled, office.said(ACK)) == ([], [])


def test_the_last_acknowledgement_is_said_before_leaving() -> None:
    office = Office().begin()
    office.hear(event_message(1))
    office.end()
    assert office.said(ACK) == [{"seq": 1}]


def test_how_far_it_has_come_is_told_once_a_second_and_not_for_every_event(office: Office) -> None:
    office.hear(*(event_message(seq) for seq in range(1, 501)))
    office.later(lambda: office.told[-1:] and office.told[-1].position.seq == 500)
    assert len(office.told) <= 2
    assert (office.told[-1].missing, office.told[-1].position.waiting) == (0, 0)
