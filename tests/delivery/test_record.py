from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.gaps import Gap, gap_of, gap_teller
from edge.core.goback import AHEAD
from edge.core.wire import event_payload
from edge.delivery import Record
from edge.delivery.sender import Sender
from edge.ports import Confirmed, Entry, Received, Refused
from edge.sim.broker import SimBroker
from edge.sim.clock import SimClock
from edge.sim.journal import SimJournal
from edge.types import Message
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from edge.ports import Note
    from edge.types import Event

DEVICE = "bench1"
BASE = topics.base(DEVICE)
LIVE = topics.event(BASE, "shelf")
LATE = topics.late(LIVE)
GAP = topics.gap(BASE)


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device would."""
    payload = event_payload(
        event, device=DEVICE, epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(LIVE, payload)


class Device:
    """A sender between a journal and a broker made of memory, and a consumer that speaks through us."""

    def __init__(self, journal: SimJournal | None = None) -> None:
        self.journal = journal or SimJournal(encode=encode, encode_gap=gap_teller(DEVICE))
        self.record = Record(self.journal, DEVICE)
        self.broker = SimBroker(topics=self.record.topics)
        self.clock = SimClock()
        self.sender = Sender(
            self.journal,
            self.broker,
            self.clock,
            welcome=list,
            late_after_ns=60 * 10**9,
            record=self.record,
        )
        self._notes: list[Note] = []
        self.broker.start(self._notes.append)
        self.work()

    def tell(self, count: int) -> None:
        """Store events, and send what may be sent."""
        for _ in range(count):
            self.journal.commit(Entry(events=[an_event(a_change())]), NOON_NS)
        self.work()

    def work(self, *, after_s: float = 0.0) -> None:
        """Do what the delivery thread does in a turn, until nothing is left to do."""
        self.clock.advance(after_s)
        for _ in range(100):
            notes, self._notes[:] = self._notes[:], []
            for note in notes:
                self.sender.heed(note)
            self.sender.send()
            if not self._notes:
                return

    def ack(self, seq: int, *, retained: bool = False) -> None:
        """Acknowledge, as the system of record does."""
        self.say("ack", json.dumps({"seq": seq}).encode(), retained=retained)

    def nack(self, expected: int, *, retained: bool = False) -> None:
        """Ask for what is missing, as the system of record does."""
        self.say("nack", json.dumps({"expected": expected}).encode(), retained=retained)

    def say(self, word: str, payload: bytes, *, retained: bool = False) -> None:
        """Say anything to the device."""
        topic = f"{BASE}/{word}/{self.journal.epoch}"
        self.sender.heed(Received(topic, payload, retained=retained))
        self.work()

    def told(self) -> list[int]:
        """Return the numbers of the events published since the last call, wherever."""
        said = [json.loads(m.payload)["seq"] for m in self.broker.published]
        self.broker.published.clear()
        return said

    def kept(self) -> list[int]:
        """Return the numbers of the events that are kept."""
        self.sender.forget_delivered()
        return [event.seq for event in self.journal.queued(0, 10**6)]


def test_what_the_broker_acknowledged_is_kept_until_the_consumer_does() -> None:
    device = Device()
    device.tell(3)
    assert (device.told(), device.kept()) == ([1, 2, 3], [1, 2, 3])
    device.ack(2)
    assert (device.told(), device.kept()) == ([], [3])


def test_an_acknowledgement_that_the_broker_kept_is_obeyed() -> None:
    device = Device()
    device.tell(3)
    device.ack(3, retained=True)
    assert device.kept() == []


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b'{"seq": 4}', id="beyond-what-was-sent"),
        pytest.param(b'{"seq": -1}', id="no-number-of-ours"),
        pytest.param(b"everything", id="no-json"),
    ],
)
def test_an_acknowledgement_that_cannot_be_is_refused_and_said(
    payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    device = Device()
    device.tell(3)
    device.say("ack", payload)
    assert (device.kept(), device.record.ignored) == ([1, 2, 3], 1)
    assert f"ignored what came on {BASE}/ack/5eed0001" in caplog.text


def test_an_acknowledgement_that_is_tidied_away_says_nothing() -> None:
    device = Device()
    device.tell(1)
    device.say("ack", b"")
    assert (device.kept(), device.record.ignored) == ([1], 0)


def test_an_acknowledgement_of_another_epoch_is_not_for_us() -> None:
    device = Device()
    device.tell(1)
    other = Received(f"{BASE}/ack/0ther", b'{"seq": 1}', retained=True)
    assert not device.sender.concerns(other)
    device.sender.heed(other)
    assert device.kept() == [1]


def test_what_is_asked_for_is_sent_again_from_there_on_and_as_late() -> None:
    device = Device()
    device.tell(5)
    device.told()
    device.nack(3)
    assert [m.topic for m in device.broker.published] == [LATE] * 3
    assert device.told() == [3, 4, 5]


def test_a_request_that_the_broker_kept_is_ignored() -> None:
    device = Device()
    device.tell(5)
    device.told()
    device.nack(3, retained=True)
    assert (device.told(), device.record.ignored) == ([], 1)


def test_a_request_for_what_was_never_sent_is_refused() -> None:
    device = Device()
    device.tell(2)
    device.told()
    device.nack(4)
    assert (device.told(), device.record.ignored) == ([], 1)


def test_who_asks_for_what_is_confirmed_is_told_that_it_is_gone() -> None:
    device = Device()
    device.tell(5)
    device.ack(4)
    device.kept()
    device.told()
    device.nack(2)
    (said,) = device.broker.published
    assert said.topic == topics.gap(BASE)
    assert gap_of(said.payload) == Gap(None, "confirmed", (2, 4))
    assert json.loads(said.payload)["seq"] == 4


def test_after_a_lost_connection_everything_unacknowledged_is_sent_again() -> None:
    device = Device()
    device.tell(5)
    device.ack(2)
    device.told()
    device.broker.leave()
    device.work()
    device.broker.come_back()
    device.work()
    assert device.told() == [3, 4, 5]


def test_where_nobody_answers_one_event_is_sent_again_more_and_more_rarely() -> None:
    device = Device()
    device.tell(5)
    device.told()
    said = list[tuple[int, list[int]]]()
    for elapsed_s in range(1, 200):
        device.work(after_s=1.0)
        said.append((elapsed_s, device.told()))
    assert [(elapsed_s, numbers) for elapsed_s, numbers in said if numbers] == [
        (3, [1]),
        (9, [1]),
        (21, [1]),
        (45, [1]),
        (93, [1]),
        (189, [1]),
    ]


def test_nobody_who_is_absent_makes_it_send_without_end() -> None:
    device = Device()
    device.tell(10 * AHEAD)
    first = len(device.told())
    assert first <= AHEAD
    for _ in range(3600):
        device.work(after_s=1.0)
    assert len(device.told()) < 25


def test_who_comes_back_gets_everything_once_and_in_order() -> None:
    device = Device()
    device.tell(1000)
    device.work(after_s=3600.0)
    heard, cursor = list[int](), 0
    for _ in range(10_000):
        told = device.told()
        if not told:
            break
        for seq in told:
            if seq == cursor + 1:
                heard.append(seq)
                cursor = seq
        device.ack(cursor)
    assert heard == list(range(1, 1001))
    assert device.kept() == []
    assert device.sender.resent <= 20


def test_after_a_restart_an_acknowledgement_of_what_was_sent_before_is_believed() -> None:
    device = Device()
    device.tell(3)
    again = Device(device.journal)
    again.ack(3, retained=True)
    assert (again.kept(), again.record.ignored) == ([], 0)


def refusing(device: Device, seq: int) -> None:
    """Let the broker refuse one event."""
    mark = f'"seq":{seq},'.encode()
    device.broker.refuses = lambda said: "too large" if mark in said.payload and said.topic != GAP else ""


def test_everything_waits_for_a_refused_event_since_the_order_counts() -> None:
    device = Device()
    refusing(device, 2)
    device.tell(3)
    device.nack(2)
    assert 2 not in device.told()


def test_an_event_refused_three_times_is_given_up_and_the_rest_flows() -> None:
    device = Device()
    refusing(device, 2)
    device.tell(3)
    device.ack(1)
    device.work(after_s=1.0)
    device.work(after_s=10.0)
    told = [m for m in device.broker.published if m.topic == GAP]
    assert gap_of(told[0].payload) == Gap(1, "refused", (2, 2))
    assert device.told()[-2:] == [2, 3]
    assert device.sender.set_aside == 1


def test_a_gap_that_is_refused_is_not_given_up_again() -> None:
    device = Device()
    device.broker.refuses = lambda said: "no" if b'"seq":2,' in said.payload else ""
    device.tell(3)
    device.ack(1)
    for _ in range(10):
        device.work(after_s=11.0)
    assert device.kept() == [2, 3]
    assert device.sender.set_aside == 2  # the event, and the gap in its place


def test_what_may_not_be_published_waits_until_it_may_and_nothing_is_lost() -> None:
    device = Device()
    device.broker.forbids = lambda _: True
    device.tell(3)
    for _ in range(10):
        device.work(after_s=61.0)
    assert (device.told(), device.kept(), device.sender.set_aside) == ([], [1, 2, 3], 3)
    device.broker.forbids = lambda _: False
    device.work(after_s=61.0)
    assert device.told() == [1, 2, 3]
    device.ack(3)
    assert (device.kept(), device.sender.set_aside) == ([], 0)


def test_a_gap_told_again_stays_on_its_topic() -> None:
    device = Device()
    device.journal.commit(Entry(), NOON_NS, lost=7)
    device.work()
    device.work(after_s=3.0)
    assert [m.topic for m in device.broker.published] == [GAP, GAP]


def test_without_a_system_of_record_its_words_are_nobodys() -> None:
    device = Device()
    sender = Sender(device.journal, device.broker, device.clock, welcome=list, late_after_ns=1)
    assert not sender.concerns(Received(f"{BASE}/ack/5eed0001", b'{"seq": 1}', retained=True))
    sender.heed(Received(f"{BASE}/ack/5eed0001", b'{"seq": 1}', retained=True))
    sender.heed(Confirmed(10**6))
    sender.heed(Refused(10**6, "who?"))
    assert sender.delivered == 0
