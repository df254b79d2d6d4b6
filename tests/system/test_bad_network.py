"""The device's delivery over networks that are slow, narrow, cut, or silently dead."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.gaps import gap_teller
from edge.delivery import Delivery
from edge.delivery.record import Record
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from edge.types import Message
from tests.fault_proxy import FaultProxy
from tests.listening import Subscriber, until
from tests.samples import a_change, an_event
from tests.system.chatterbox import BASE, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto

pytestmark = pytest.mark.system

EVENTS = 150


class Consumer:
    """Hears events over a network without faults; acknowledges them in order where asked to."""

    def __init__(self, port: int, *, acknowledges: bool) -> None:
        self.ear = Subscriber(port, f"{BASE}/cam/#")
        self._acknowledges = acknowledges
        self._cursor = 0

    def numbers(self) -> list[int]:
        """Return the numbers heard, as they came; acknowledge what there is no hole before."""
        said = [json.loads(message.payload) for message in self.ear.heard.all()]
        numbers = [event["seq"] for event in said]
        before, have = self._cursor, set(numbers)
        while self._cursor + 1 in have:
            self._cursor += 1
        if self._acknowledges and self._cursor > before:
            payload = json.dumps({"seq": self._cursor}).encode()
            self.ear.publish(Message(topics.ack(BASE, said[0]["epoch"]), payload, qos=1, retain=True))
        return numbers


class Line:
    """A device, a bad network, a broker, and a consumer."""

    def __init__(self, port: int, folder: Path, proxy: FaultProxy, *, confirm: str, keepalive_s: int) -> None:
        self.proxy = proxy
        self.faults = proxy.faults
        self.consumer = Consumer(port, acknowledges=confirm == "consumer")
        journal = SqliteJournal(folder / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1"))
        record = Record(journal, "bench1") if confirm == "consumer" else None
        access = Access("127.0.0.1", proxy.port, "bench1", protocol="5", keepalive_s=keepalive_s)
        broker = PahoBroker(access, topics=record.topics if record else (), dice=lambda: 0.01)
        self.delivery = Delivery(journal, broker, SystemClock(), welcome=list, record=record)
        self.delivery.start()
        until(lambda: self.delivery.stats().connected)

    def tell(self, count: int) -> None:
        """Tell ``count`` events."""
        for _ in range(count):
            self.delivery.put([a_change()], [an_event(a_change())])

    def all_arrive(self, count: int) -> None:
        """Wait until each event was heard and none is kept; assert that none is missing."""
        until(lambda: set(self.consumer.numbers()) == set(range(1, count + 1)))
        until(lambda: self.consumer.numbers() and self.delivery.stats().depth == 0)


@pytest.fixture
def keepalive_s() -> int:
    """Seconds of silence after which a connection is doubted: a busy machine is silent for one or two."""
    return 30


@pytest.fixture(params=["broker", "consumer"])
def line(
    request: pytest.FixtureRequest, mosquitto: StartMosquitto, tmp_path: Path, keepalive_s: int
) -> Iterator[Line]:
    """A line on which all is well so far, for each way of confirming."""
    broker = mosquitto()
    with FaultProxy(broker.port) as proxy:
        line = Line(broker.port, tmp_path, proxy, confirm=request.param, keepalive_s=keepalive_s)
        yield line
        line.delivery.stop(0)
        line.consumer.ear.close()


def test_over_a_long_way_that_is_cut_again_and_again_nothing_is_lost(line: Line) -> None:
    line.faults.delay_s = 0.1
    for cuts in range(1, 4):
        line.tell(EVENTS // 3)
        until(lambda: len(set(line.consumer.numbers())) >= cuts * EVENTS // 4)  # noqa: B023 - used at once
        line.proxy.cut()
        until(lambda: line.proxy.accepted > cuts)  # noqa: B023 - used at once
    line.all_arrive(EVENTS)


def test_cut_in_the_middle_of_a_packet_nothing_is_lost(line: Line) -> None:
    dice = random.Random(5)  # noqa: S311 - a test's own dice
    line.tell(EVENTS)
    for cuts in range(1, 6):
        line.proxy.cut_after(dice.randrange(200, 20_000))
        line.tell(20)
        until(lambda: line.consumer.numbers() and line.proxy.accepted > cuts)  # noqa: B023 - used at once
    line.proxy.cut_after(None)
    line.all_arrive(EVENTS + 100)


@pytest.mark.parametrize("keepalive_s", [3])
def test_a_connection_that_is_half_open_is_given_up_and_nothing_is_lost(line: Line) -> None:
    line.tell(EVENTS // 2)
    line.all_arrive(EVENTS // 2)
    line.faults.silent = True
    line.tell(EVENTS // 2)
    until(lambda: not line.delivery.stats().connected)
    line.faults.silent = False
    line.all_arrive(EVENTS)


def test_over_a_narrow_way_events_come_one_after_the_other(line: Line) -> None:
    line.faults.bytes_per_s = 100_000
    line.tell(EVENTS)
    line.all_arrive(EVENTS)
    # What a connection was lost over comes again.
    assert list(dict.fromkeys(line.consumer.numbers())) == list(range(1, EVENTS + 1))


def test_where_every_call_is_refused_events_wait_until_one_is_not(line: Line) -> None:
    line.faults.refusing = True
    line.proxy.cut()
    line.tell(EVENTS)
    until(lambda: line.proxy.accepted >= 4)
    line.faults.refusing = False
    line.all_arrive(EVENTS)
