from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.gaps import gap_teller
from edge.delivery import Delivery
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.journal_sqlite import SqliteJournal
from edge.sim.clock import SimClock
from edge.types import Message
from tests.listening import Subscriber, until, until_in_time
from tests.samples import a_change, an_event
from tests.system.chatterbox import BASE, OFFLINE, ONLINE, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
LIVE = topics.event(BASE, "shelf")
LATE = topics.late(LIVE)
GONE = Message(OFFLINE.topic, OFFLINE.payload)
"""What the broker says in our name when we vanish."""


class Household:
    """A device, a broker, and a subscriber."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        self.broker = broker
        self.clock = SimClock()
        self.ear = Subscriber(broker.port, f"{BASE}/#")
        self.may_connect = threading.Event()
        self.may_connect.set()
        self.journal = SqliteJournal(
            folder / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1")
        )
        self.delivery = Delivery(
            self.journal,
            PahoBroker(Access("127.0.0.1", broker.port, "bench1", will=OFFLINE), dice=self._when_allowed),
            self.clock,
            welcome=lambda: [ONLINE],
            farewell=[OFFLINE],
            late_after_s=60.0,
        )
        self.delivery.start()
        until(lambda: self.delivery.stats().connected)

    def tell(self, count: int) -> None:
        """Tell ``count`` events."""
        for _ in range(count):
            self.delivery.put([a_change()], [an_event(a_change())])

    def outage(self, tell: int, lasting_s: float) -> None:
        """Kill the broker, tell events, let time pass, and bring the broker back."""
        self.may_connect.clear()
        self.broker.kill()
        until(lambda: not self.delivery.stats().connected)
        self.tell(tell)
        until(lambda: self.delivery.stats().depth >= tell)
        self.clock.advance(lasting_s)
        self.ear.wait_until_gone()
        self.broker.start()
        self.ear.wait_until_ready()  # else what comes now would not be heard
        self.may_connect.set()

    def heard(self, topic: str) -> list[int]:
        """Return the numbers of the events heard on a topic, in order."""
        return [json.loads(said.payload)["seq"] for said in self.ear.heard.all() if said.topic == topic]

    def heard_once(self) -> set[int]:
        """Return the numbers of all events heard, live or late."""
        return {*self.heard(LIVE), *self.heard(LATE)}

    def close(self) -> None:
        """End it all."""
        self.may_connect.set()
        self.delivery.stop(0)
        self.ear.close()

    def _when_allowed(self) -> float:
        self.may_connect.wait()
        return 0.01


@pytest.fixture
def household(mosquitto: StartMosquitto, tmp_path: Path) -> Iterator[Household]:
    """Give a household in which everybody is connected."""
    household = Household(mosquitto(), tmp_path)
    yield household
    household.close()


def test_events_are_heard_in_order_and_without_a_hole(household: Household) -> None:
    household.tell(500)
    until(lambda: len(household.heard(LIVE)) >= 500)
    assert household.heard(LIVE) == list(range(1, 501))


def test_what_happened_while_the_broker_was_dead_is_heard_when_it_is_back(household: Household) -> None:
    household.tell(5)
    until(lambda: len(household.heard(LIVE)) == 5)
    # A broker may pass a message on, and die before it says so.
    until_in_time(household.clock, lambda: household.journal.depth() == 0)
    household.outage(tell=5, lasting_s=59.0)
    until(lambda: len(household.heard(LIVE)) == 10)
    assert (household.heard(LIVE), household.heard(LATE)) == (list(range(1, 11)), [])


def test_what_happened_long_ago_is_heard_as_late(household: Household) -> None:
    household.outage(tell=5, lasting_s=3600.0)
    until(lambda: len(household.heard(LATE)) == 5)
    household.tell(1)
    until(lambda: household.heard(LIVE) == [6])
    assert household.heard(LATE) == [1, 2, 3, 4, 5]


def test_what_an_hour_without_a_broker_held_up_is_counted(household: Household) -> None:
    household.outage(tell=5, lasting_s=3600.0)
    until(lambda: len(household.heard(LATE)) == 5)
    stats = until(lambda: household.delivery.stats() if household.delivery.stats().sent == 5 else None)
    assert stats is not None
    assert (stats.resent, stats.dropped, stats.set_aside) == (0, 0, 0)


def test_through_many_deaths_of_the_broker_nothing_is_lost(household: Household) -> None:
    for deaths in range(5):
        household.tell(20)
        # What a broker acknowledged and had not passed on when it died is lost with it.
        until(lambda: len(household.heard_once()) == 40 * deaths + 20)  # noqa: B023 - used at once
        household.outage(tell=20, lasting_s=1.0)
    until(lambda: len(household.heard_once()) == 200)
    assert household.delivery.stats().set_aside == 0


def test_a_clean_end_says_offline_and_leaves_nothing_behind(household: Household) -> None:
    household.tell(5)
    household.delivery.stop(30.0)
    household.ear.heard.wait(lambda said: said[-1:] == [GONE])
    assert household.heard(LIVE) == [1, 2, 3, 4, 5]
    assert household.journal.depth() == 0


def test_a_broker_that_wants_a_password_is_why_nothing_goes_out(
    mosquitto: StartMosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = mosquitto("allow_anonymous false")
    delivery = Delivery(
        SqliteJournal(tmp_path / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1")),
        PahoBroker(Access("127.0.0.1", broker.port, "bench1", "someone", "wrong"), dice=lambda: 0.01),
        SimClock(),
        welcome=list,
    )
    delivery.start()
    delivery.put([], [an_event()])
    until(lambda: "check mqtt.username" in caplog.text)
    until(lambda: delivery.stats().depth == 1)
    delivery.stop(0)


@contextmanager
def chatterbox(folder: Path, port: int, count: int) -> Iterator[subprocess.Popen[str]]:
    """Run a device that talks until it is killed, at the latest when the test fails."""
    command = [sys.executable, "-m", "tests.system.chatterbox", str(folder), str(port), str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as device:
        try:
            yield device
        finally:
            device.kill()


@pytest.mark.slow
def test_whatever_was_stored_is_heard_although_the_device_is_killed_again_and_again(
    mosquitto: StartMosquitto, tmp_path: Path
) -> None:
    broker = mosquitto("allow_anonymous true\nmax_queued_messages 0")
    ear = Subscriber(broker.port, f"{BASE}/#")
    dice = random.Random(3)  # noqa: S311 - a test's own dice
    acknowledged = 0
    for life in range(1, 11):
        with chatterbox(tmp_path, broker.port, 10**6) as device:
            assert device.stdout is not None
            for _ in range(dice.randrange(2, 120)):
                acknowledged = int(device.stdout.readline())
            os.kill(device.pid, signal.SIGKILL)
            acknowledged = int([str(acknowledged), *device.stdout.read().split()][-1])
        ear.heard.wait(lambda said: sum(m == GONE for m in said) >= life)  # noqa: B023 - used at once
    with chatterbox(tmp_path, broker.port, 0) as device:
        assert device.wait(60) == 0
    ear.heard.wait(lambda said: sum(m == GONE for m in said) >= 11)
    said = [json.loads(m.payload) for m in ear.heard.all() if m.topic in {LIVE, LATE}]
    ear.close()
    once = {(event["epoch"], event["seq"]) for event in said}
    assert sorted(seq for _, seq in once) == list(range(1, len(once) + 1))
    assert len({epoch for epoch, _ in once}) == 1
    assert len(once) >= acknowledged > 0
