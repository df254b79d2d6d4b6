from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.gaps import Gap, gap_of, is_gap
from edge.core.window import STRIKES
from edge.core.wire import event_payload
from edge.delivery import Delivery, Record
from edge.delivery.delivery import UNSTORED_KEPT
from edge.delivery.inbox import OURS_KEPT, RECEIVED_KEPT
from edge.delivery.sender import Sender
from edge.ports import Confirmed, Entry, Received
from edge.sim.broker import SimBroker
from edge.sim.clock import SimClock
from edge.sim.journal import SimJournal
from edge.types import Answer, Message
from tests.listening import PATIENCE_S, until, until_in_time
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Event

BASE = topics.base("bench1")
LIVE = topics.event(BASE, "shelf")
STATE = topics.state(BASE, "shelf")
ASKED, ECHO = f"{BASE}/cmd", f"{BASE}/cmd/result"
ONLINE = Message(topics.status(BASE), b"online", retain=True)
OFFLINE = Message(topics.status(BASE), b"offline", retain=True)


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device bench1 would."""
    payload = event_payload(
        event, device="bench1", epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(topics.event(BASE, event.camera), payload)


class Device:
    """A delivery between a journal and a broker that are made of memory."""

    def __init__(self) -> None:
        self.journal = SimJournal(encode=encode)
        self.broker = SimBroker(will=OFFLINE)
        self.clock = SimClock()
        self.delivery = self.another()

    def another(self) -> Delivery:
        """Return a delivery on the same journal, as after a restart."""
        return Delivery(
            self.journal,
            self.broker,
            self.clock,
            welcome=lambda: [ONLINE],
            farewell=[OFFLINE],
            late_after_s=60.0,
        )

    def tell(self, count: int = 1) -> None:
        """Put ``count`` events, one at a time."""
        for _ in range(count):
            self.delivery.put([a_change()], [an_event(a_change())])

    def told(self, topic: str) -> list[int]:
        """Return the numbers of the events published on a topic, in order."""
        return [json.loads(said.payload)["seq"] for said in self.broker.published if said.topic == topic]


@pytest.fixture
def device() -> Iterator[Device]:
    """Give a device that is not running yet."""
    device = Device()
    yield device
    device.broker.silent = False
    device.journal.refuses = False
    device.clock.advance(2)
    device.delivery.stop(0)


def test_events_are_published_in_order_on_their_live_topic(device: Device) -> None:
    device.delivery.start()
    device.tell(250)
    until(lambda: len(device.told(LIVE)) == 250)
    assert device.told(LIVE) == list(range(1, 251))


def test_events_put_before_the_start_are_published_too(device: Device) -> None:
    device.tell(3)
    device.delivery.start()
    until(lambda: device.told(LIVE) == [1, 2, 3])


def test_the_change_is_stored_with_its_event(device: Device) -> None:
    device.delivery.start()
    device.tell()
    until(lambda: device.told(LIVE) == [1])
    assert [change.change_id for change in device.journal.open_changes("shelf")] == ["c-1"]


def test_what_the_broker_acknowledged_is_deleted(device: Device) -> None:
    device.delivery.start()
    device.tell(3)
    until(lambda: len(device.told(LIVE)) == 3)
    device.clock.advance(1)
    until(lambda: device.journal.depth() == 0)


def test_what_was_deleted_takes_no_memory_any_more(device: Device) -> None:
    sender = Sender(device.journal, device.broker, device.clock, welcome=list, late_after_ns=1)
    device.journal.commit(Entry(events=[an_event()]), NOON_NS)
    device.broker.start(sender.heed)
    sender.send()
    sender.heed(Confirmed(1))  # the broker in memory says it before it returns the token
    assert sender.delivered == 1
    sender.forget_delivered()
    assert (sender.delivered, device.journal.depth()) == (0, 0)


def test_what_the_broker_did_not_acknowledge_is_kept(device: Device) -> None:
    device.broker.silent = True
    device.delivery.start()
    device.tell(3)
    until(lambda: len(device.told(LIVE)) == 3)
    device.clock.advance(1)
    until(lambda: device.delivery.stats().sent == 3)
    assert [event.sent for event in device.journal.queued(0, 10)] == [True] * 3


def test_nothing_is_published_that_is_not_stored(device: Device) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.tell()
    until(lambda: device.delivery.stats().storage_fault is not None)
    assert (device.told(LIVE), device.broker.published) == ([], [ONLINE])


def test_what_the_disk_refused_is_stored_when_it_no_longer_does(device: Device) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.tell(3)
    until(lambda: device.delivery.stats().storage_fault is not None)
    device.journal.refuses = False
    device.clock.advance(1)
    until(lambda: device.told(LIVE) == [1, 2, 3])
    until(lambda: device.delivery.stats().storage_fault is None)
    assert device.delivery.stats().dropped == 0


def tell_while_the_disk_breaks(device: Device) -> None:
    """Tell one event that the disk, broken meanwhile, refuses to forget."""

    def break_the_disk(said: Message) -> str:
        device.journal.refuses = said.topic == LIVE
        return ""

    device.broker.refuses = break_the_disk
    device.delivery.start()
    device.tell()
    until(lambda: device.told(LIVE) == [1])
    device.clock.advance(1)
    until(lambda: device.delivery.stats().storage_fault is not None)


def test_a_disk_that_refuses_to_forget_makes_nothing_be_told_twice(device: Device) -> None:
    tell_while_the_disk_breaks(device)
    device.clock.advance(1)
    device.delivery.show(Message(STATE, b"{}"))
    until(lambda: device.told(LIVE) == [1] and not device.journal.refuses)
    device.clock.advance(1)
    until(lambda: device.journal.depth() == 0)
    assert (device.told(LIVE), device.told(topics.late(LIVE))) == ([1], [])


def test_when_the_disk_refuses_for_long_the_oldest_are_dropped_and_counted(device: Device) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.tell(UNSTORED_KEPT - 1)
    until(lambda: device.delivery.stats().unstored == UNSTORED_KEPT - 1)
    device.tell(5)
    until(lambda: device.delivery.stats().unstored == UNSTORED_KEPT + 4)
    device.clock.advance(1)
    until(lambda: device.delivery.stats().dropped == 4)


def test_what_was_lost_while_the_disk_refused_is_told_as_a_gap_with_the_next_that_it_takes(
    device: Device,
) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.tell(UNSTORED_KEPT - 1)
    until(lambda: device.delivery.stats().unstored == UNSTORED_KEPT - 1)
    device.tell(5)
    until(lambda: device.delivery.stats().unstored == UNSTORED_KEPT + 4)
    device.clock.advance(1)
    until(lambda: device.delivery.stats().dropped == 4)
    device.journal.refuses = False
    device.clock.advance(1)
    until(lambda: device.told(LIVE)[-1:] == [UNSTORED_KEPT + 1])
    (gap,) = [said for said in device.broker.published if is_gap(said.payload)]
    assert gap_of(gap.payload) == Gap(4, "full")
    assert json.loads(gap.payload)["seq"] == 1


def test_that_the_disk_refuses_is_over_when_it_does_what_it_refused(device: Device) -> None:
    tell_while_the_disk_breaks(device)
    device.journal.refuses = False
    device.clock.advance(1)
    until(lambda: device.delivery.stats().storage_fault is None)


class Stuck(SimJournal):
    """A disk on which a write never returns, until it is released."""

    def __init__(self) -> None:
        super().__init__(encode=encode)
        self.reached = threading.Event()
        self.released = threading.Event()

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Wait for the release, then store."""
        self.reached.set()
        assert self.released.wait(PATIENCE_S)
        super().commit(entry, now_ns, lost)


def test_the_watch_loop_never_waits_for_a_disk_that_hangs() -> None:
    journal, broker = Stuck(), SimBroker()
    delivery = Delivery(journal, broker, SimClock(), welcome=list)
    delivery.start()
    delivery.put([], [an_event()])
    assert journal.reached.wait(PATIENCE_S)
    for _ in range(2 * OURS_KEPT):  # none of these could return if it waited
        delivery.put([], [an_event()])
        delivery.show(Message(STATE, b"{}"))
        delivery.pending()
        delivery.stats()
    assert not journal.released.is_set()
    journal.released.set()
    until(lambda: journal.depth() == 0 or broker.published)
    delivery.stop(0)


def test_the_watch_loop_never_waits_for_a_broker_that_hangs() -> None:
    reached, released = threading.Event(), threading.Event()

    def hang(_: Message) -> str:
        reached.set()
        assert released.wait(PATIENCE_S)
        return ""

    broker = SimBroker()
    broker.refuses = hang
    delivery = Delivery(SimJournal(encode=encode), broker, SimClock(), welcome=list)
    delivery.start()
    delivery.put([], [an_event()])
    assert reached.wait(PATIENCE_S)
    for _ in range(2 * OURS_KEPT):
        delivery.put([], [an_event()])
        delivery.show(Message(STATE, b"{}"))
        delivery.pending()
        delivery.stats()
    assert not released.is_set()
    released.set()
    delivery.stop(0)


def test_with_a_system_of_record_events_are_kept_until_it_has_them() -> None:
    journal = SimJournal(encode=encode)
    record = Record(journal, "bench1")
    broker = SimBroker(topics=record.topics)
    heard = list[Received]()

    class Listening:
        def heard(self, received: Received) -> list[Message]:
            heard.append(received)
            return []

    clock = SimClock()
    delivery = Delivery(journal, broker, clock, welcome=list, listeners=[Listening()], record=record)
    delivery.start()
    for _ in range(3):
        delivery.put([], [an_event()])
    until(lambda: sum(said.topic == LIVE for said in broker.published) == 3)
    broker.send(Message(topics.ack(BASE, journal.epoch), b'{"seq": 2}', retain=True))
    until_in_time(clock, lambda: journal.depth() == 1)
    delivery.stop(0)
    assert ([event.seq for event in journal.queued(0, 9)], heard) == ([3], [])


def test_a_watch_loop_faster_than_the_thread_is_never_held_up(device: Device) -> None:
    device.tell(OURS_KEPT + 5)  # the thread does not even run
    assert device.delivery.stats().dropped == 5


def test_on_every_connection_the_device_says_hello_before_anything_else(device: Device) -> None:
    device.delivery.show(Message(STATE, b"{}", retain=True))
    device.delivery.start()
    until(lambda: device.delivery.stats().connected)  # said once all of the hello is
    device.broker.leave()
    device.broker.published.clear()
    device.tell()
    until(lambda: device.journal.depth() == 1)
    device.broker.come_back()
    until(lambda: device.told(LIVE) == [1])
    assert [said.topic for said in device.broker.published] == [ONLINE.topic, STATE, LIVE]


def test_only_the_newest_of_what_is_shown_is_told_after_an_outage(device: Device) -> None:
    device.broker.leave()
    device.delivery.start()
    for number in range(3):
        device.delivery.show(Message(STATE, b"%d" % number, retain=True))
    device.tell()
    until(lambda: device.journal.depth() == 1)
    device.broker.come_back()
    until(lambda: STATE in device.broker.retained)
    assert [said.payload for said in device.broker.published if said.topic == STATE] == [b"2"]


@pytest.mark.parametrize(
    ("age_s", "topic"),
    [
        pytest.param(59.0, LIVE, id="still-news"),
        pytest.param(60.0, topics.late(LIVE), id="no-longer-news"),
    ],
)
def test_after_an_outage_an_event_is_news_only_while_young(device: Device, age_s: float, topic: str) -> None:
    device.broker.leave()
    device.delivery.start()
    device.tell()
    until(lambda: device.journal.depth() == 1)
    device.clock.advance(age_s)
    device.broker.come_back()
    until(lambda: device.told(topic) == [1])


def test_setting_the_wall_clock_makes_no_event_old(device: Device) -> None:
    device.broker.leave()
    device.delivery.start()
    device.tell()
    until(lambda: device.journal.depth() == 1)
    device.clock.set_wall(NOON_NS)  # years later than the clock began
    device.broker.come_back()
    until(lambda: device.told(LIVE) == [1])


def test_what_is_sent_again_goes_to_the_late_topic_however_young(device: Device) -> None:
    device.broker.silent = True
    device.delivery.start()
    device.tell()
    until(lambda: device.delivery.stats().sent == 1)
    device.broker.leave()
    device.broker.silent = False
    device.broker.come_back()
    until(lambda: device.delivery.stats().resent == 1)
    assert (device.told(LIVE), device.told(topics.late(LIVE))) == ([1], [1])


def test_a_crash_while_an_event_is_handed_over_cannot_make_it_ring_twice(device: Device) -> None:
    remembered = []

    def look(said: Message) -> str:
        if said.topic == LIVE:
            remembered.append(device.journal.queued(0, 1)[0].sent)
        return ""

    device.broker.refuses = look
    device.delivery.start()
    device.tell()
    until(lambda: remembered)
    assert remembered == [True]


def test_after_a_restart_what_was_sent_before_is_late(device: Device) -> None:
    device.broker.silent = True
    device.delivery.start()
    device.tell()
    until(lambda: device.delivery.stats().sent == 1)
    device.delivery.stop(0)
    device.broker.silent = False
    device.delivery = device.another()
    device.delivery.start()
    until(lambda: device.told(topics.late(LIVE)) == [1])


def test_a_refused_event_does_not_hold_up_the_rest(device: Device) -> None:
    tried = []

    def refuse_the_second(said: Message) -> str:
        if b'"seq":2,' not in said.payload:
            return ""
        tried.append(said)
        return "not allowed"

    device.broker.refuses = refuse_the_second
    device.delivery.start()
    device.tell(3)
    until(lambda: device.told(LIVE) == [1, 3])
    until_in_time(device.clock, lambda: device.delivery.stats().set_aside == 1)
    assert len(tried) == STRIKES
    assert [event.seq for event in device.journal.queued(0, 10)] == [2]


class Echo:
    """Answers every message with itself."""

    def heard(self, received: Received) -> list[Message]:
        """Say it back, on the topic that was asked for."""
        return [Message(received.reply_to or ECHO, received.payload, correlation=received.correlation)]


def test_what_comes_in_is_told_to_every_listener_and_what_they_answer_is_published() -> None:
    broker = SimBroker(topics=[ASKED])
    journal = SimJournal(encode=encode)
    delivery = Delivery(journal, broker, SimClock(), welcome=list, listeners=[Echo(), Echo()])
    delivery.start()
    until(lambda: delivery.stats().connected)
    broker.send(Message(ASKED, b"who", correlation=b"7"), reply_to="d/back")
    until(lambda: broker.published == [Message("d/back", b"who", correlation=b"7")] * 2)
    delivery.stop(0)


class Busy:
    """A listener that does not come back from the first message, until it is released."""

    def __init__(self) -> None:
        self.count = 0
        self.reached = threading.Event()
        self.released = threading.Event()

    def heard(self, received: Received) -> list[Message]:
        """Wait for the release."""
        assert received.topic == ASKED
        self.count += 1
        self.reached.set()
        assert self.released.wait(PATIENCE_S)
        return []


@pytest.fixture
def flooded() -> Iterator[tuple[Device, Busy]]:
    """Give a device that hears one message after another while its listener is busy with the first."""
    device, busy = Device(), Busy()
    device.broker = SimBroker(topics=[ASKED])
    device.delivery = Delivery(device.journal, device.broker, device.clock, welcome=list, listeners=[busy])
    device.delivery.start()
    until(lambda: device.delivery.stats().connected)
    device.broker.send(Message(ASKED, b"{}"))
    assert busy.reached.wait(PATIENCE_S)
    for _ in range(2 * OURS_KEPT):
        device.broker.send(Message(ASKED, b"{}"))
    yield device, busy
    busy.released.set()
    device.delivery.stop(0)


def test_however_much_comes_in_nothing_of_ours_is_dropped(flooded: tuple[Device, Busy]) -> None:
    device, busy = flooded
    device.tell(OURS_KEPT)
    busy.released.set()
    until(lambda: device.told(LIVE) == list(range(1, OURS_KEPT + 1)))
    assert device.delivery.stats().dropped == 0


def test_of_what_comes_in_faster_than_it_is_heard_only_so_much_is_kept_and_the_rest_is_counted(
    flooded: tuple[Device, Busy],
) -> None:
    device, busy = flooded
    assert device.delivery.stats().unheard == 2 * OURS_KEPT - RECEIVED_KEPT
    busy.released.set()
    until(lambda: busy.count == 1 + RECEIVED_KEPT)
    device.broker.send(Message(ASKED, b"{}"))
    until(lambda: busy.count == 2 + RECEIVED_KEPT)


def test_orders_are_given_once_each(device: Device) -> None:
    device.journal.order("accept", {"change_id": "*"})
    device.delivery.start()
    given = list(until(device.delivery.pending))
    device.journal.order("relearn", {"camera": "shelf"})
    device.clock.advance(1)
    given += until(device.delivery.pending)
    assert [order.op for order in given] == ["accept", "relearn"]


def test_an_order_carried_out_is_deleted_with_what_it_brought_about(device: Device) -> None:
    order_id = device.journal.order("accept", {"change_id": "*"})
    device.delivery.start()
    device.delivery.put([], [an_event()], [order_id])
    until(lambda: device.told(LIVE) == [1])
    assert device.journal.orders() == []


def test_before_it_ends_everything_is_stored_delivered_and_said_goodbye(device: Device) -> None:
    device.delivery.start()
    device.tell(3)
    device.delivery.stop(30.0)
    assert device.told(LIVE) == [1, 2, 3]
    assert (device.broker.published[-1], device.journal.depth(), device.journal.closed) == (OFFLINE, 0, True)


def test_it_ends_although_the_broker_never_answers(device: Device) -> None:
    device.broker.leave()
    device.delivery.start()
    device.tell(3)
    device.delivery.stop(0.0)
    assert (device.journal.depth(), device.journal.closed) == (3, True)
    assert not device.delivery.stats().running


def test_it_ends_although_the_disk_refuses(device: Device) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.tell(3)
    device.delivery.stop(0.0)
    assert (device.delivery.stats().dropped, device.delivery.stats().running) == (3, False)


def test_it_may_end_before_it_began(device: Device) -> None:
    device.delivery.stop(0.0)
    assert device.journal.closed


def test_the_log_says_why_the_broker_is_away(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    device.broker.leave()
    device.delivery.start()
    until(lambda: "the broker is away (scripted)" in caplog.text)


# ---- answers ----

ANSWER = Message(f"{BASE}/cmd/result", b"{}")


def test_an_answer_is_published_once_and_what_it_is_about_is_stored_by_then(device: Device) -> None:
    device.delivery.start()
    order_id = device.journal.order("arm", {})
    device.delivery.put([], [], [order_id], (), [Answer(ANSWER)])
    until(lambda: ANSWER in device.broker.published)
    assert device.journal.orders() == []
    device.broker.leave()
    device.broker.come_back()
    until(lambda: device.broker.published.count(ONLINE) == 2)
    assert device.broker.published.count(ANSWER) == 1


def test_while_the_disk_refuses_nothing_is_answered(device: Device) -> None:
    device.journal.refuses = True
    device.delivery.start()
    device.delivery.put([], [], [1], (), [Answer(ANSWER)])
    until(lambda: device.delivery.stats().storage_fault)
    assert ANSWER not in device.broker.published
    device.journal.refuses = False
    device.clock.advance(2)
    until(lambda: ANSWER in device.broker.published)


def test_an_answer_waits_for_the_broker(device: Device) -> None:
    device.delivery.start()
    until(lambda: ONLINE in device.broker.published)
    device.broker.leave()
    device.delivery.put([], [], [], (), [Answer(ANSWER)])
    device.delivery.put([a_change()], [an_event(a_change())])
    until(lambda: device.delivery.stats().depth)
    assert ANSWER not in device.broker.published
    device.broker.come_back()
    until(lambda: ANSWER in device.broker.published)
