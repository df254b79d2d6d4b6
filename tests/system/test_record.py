from __future__ import annotations

import json
import random
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.wire import cloud_event
from edge.delivery import Delivery, Record
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.sim.clock import SimClock
from edge.types import Message
from tests.listening import Subscriber, until, until_in_time
from tests.power_writer import DEVICE, opened
from tests.samples import a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Clock
    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

BASE = topics.base(DEVICE)
LIVE = topics.event(BASE, "shelf")

pytestmark = pytest.mark.system


class Consumer:
    """Takes events in order, acknowledges them, and asks for what is missing."""

    def __init__(self, port: int, epoch: str) -> None:
        self.cursor = 0
        self.again = 0
        self._topics = topics.ack(BASE, epoch), topics.nack(BASE, epoch)
        self._ear = Subscriber(port, f"{BASE}/cam/+/event/#", f"{BASE}/gap")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        """Listen no longer."""
        self._over.set()
        self._thread.join()
        self._ear.close()

    def _listen(self) -> None:
        taken = 0
        while not self._over.wait(0.02):
            news = self._ear.heard.all()[taken:]
            taken += len(news)
            missing = False
            for said in news:
                seq = json.loads(said.payload)["seq"]
                self.again += seq <= self.cursor
                missing |= seq > self.cursor + 1
                self.cursor += seq == self.cursor + 1
            if news:
                self._say(0, {"seq": self.cursor}, retain=True)
            if missing:
                self._say(1, {"expected": self.cursor + 1}, retain=False)

    def _say(self, which: int, word: dict[str, int], *, retain: bool) -> None:
        with suppress(RuntimeError):  # the broker is away; paho says it when it is back
            self._ear.publish(Message(self._topics[which], json.dumps(word).encode(), retain=retain))


class Household:
    """A device with a system of record behind a broker that keeps nothing when it dies."""

    def __init__(self, broker: Mosquitto, folder: Path, clock: Clock) -> None:
        self.broker = broker
        self.journal = opened(folder / "journal.sqlite3")
        self.consumer = Consumer(broker.port, self.journal.epoch)
        record = Record(self.journal, DEVICE)
        access = Access(broker.host, broker.port, DEVICE)
        self.delivery = Delivery(
            self.journal,
            PahoBroker(access, attributes=cloud_event, topics=record.topics, dice=lambda: 0.1),
            clock,
            welcome=list,
            record=record,
        )
        self.delivery.start()
        until(lambda: self.delivery.stats().connected)

    def tell(self, count: int) -> None:
        """Let events happen, one after the other."""
        for _ in range(count):
            self.delivery.put([], [an_event(a_change())])


@pytest.fixture
def clock() -> Clock:
    """What the device runs by."""
    return SystemClock()


@pytest.fixture
def household(mosquitto: StartMosquitto, tmp_path: Path, clock: Clock) -> Iterator[Household]:
    """Give a household in which everybody is connected."""
    household = Household(mosquitto("allow_anonymous true\nmax_queued_messages 0"), tmp_path, clock)
    yield household
    household.delivery.stop(0)
    household.consumer.close()


@pytest.mark.parametrize("clock", [SimClock()])  # by which nobody is silent for too long
def test_events_are_deleted_when_the_system_of_record_has_them(household: Household, clock: SimClock) -> None:
    household.tell(500)
    until(lambda: household.consumer.cursor == 500)
    assert household.consumer.again == 0
    until_in_time(clock, lambda: household.journal.depth() == 0)


@pytest.mark.slow
def test_a_broker_that_forgets_what_it_acknowledged_loses_nothing(household: Household) -> None:
    dice = random.Random(7)  # noqa: S311 - a test's own dice
    total = 0
    for _ in range(5):
        count = dice.randrange(50, 150)
        household.tell(count)
        total += count
        until(lambda: household.consumer.cursor > total - count)  # noqa: B023 - used at once
        household.broker.kill()  # in the middle of it
        household.tell(20)
        total += 20
        household.broker.start()
    until(lambda: household.consumer.cursor == total)
    until(lambda: household.journal.depth() == 0)
    assert household.delivery.stats().dropped == 0
