from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.wire import event_payload
from edge.delivery import Delivery
from edge.delivery.delivery import UNSTORED_KEPT
from edge.delivery.sender import Sender
from edge.ports import Confirmed
from edge.sim.broker import SimBroker
from edge.sim.clock import SimClock
from edge.sim.journal import SimJournal
from edge.types import Message
from tests.listening import until
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Event

BASE = topics.base("bench1")
LIVE = topics.event(BASE, "shelf")
STATE = topics.state(BASE, "shelf")
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
    device.journal.commit([], [an_event()], [], NOON_NS)
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
    assert (device.delivery.stats().storage_fault, device.delivery.stats().dropped) == (None, 0)


def test_a_disk_that_refuses_to_forget_makes_nothing_be_told_twice(device: Device) -> None:
    def break_the_disk(said: Message) -> str:
        device.journal.refuses = said.topic == LIVE
        return ""

    device.broker.refuses = break_the_disk
    device.delivery.start()
    device.tell()
    until(lambda: device.told(LIVE) == [1])
    device.clock.advance(1)
    until(lambda: device.delivery.stats().storage_fault is not None)
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


def test_a_watch_loop_faster_than_the_thread_is_never_held_up(device: Device) -> None:
    device.tell(UNSTORED_KEPT + 5)  # the thread does not even run
    assert device.delivery.stats().dropped == 5


def test_on_every_connection_the_device_says_hello_before_anything_else(device: Device) -> None:
    device.delivery.show(Message(STATE, b"{}", retain=True))
    device.delivery.start()
    until(lambda: STATE in device.broker.retained)
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
    until(lambda: device.told(topics.late(LIVE)) == [1])
    assert (device.told(LIVE), device.delivery.stats().resent) == ([1], 1)


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
    device.clock.advance(1)
    until(lambda: len(tried) == 2)
    device.clock.advance(10)
    until(lambda: device.delivery.stats().set_aside == 1)
    assert [event.seq for event in device.journal.queued(0, 10)] == [2]


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


def test_stats_say_why_the_broker_is_away(device: Device) -> None:
    device.broker.leave()
    device.delivery.start()
    until(lambda: device.delivery.stats().broker_fault == "the broker is away (scripted)")
