from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.drivers.journal_sqlite import SqliteVisit
from tests.films import film
from tests.listening import PATIENCE_S, until

if TYPE_CHECKING:
    from edge.types import Change, Message
    from tests.listening import Subscriber
    from tests.local_broker import Mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

CONFIG = """\
config = 1
[device]
id = "bench1"
state_dir = "{state}"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
{mqtt}
[[camera]]
name = "shelf"
source = "file:{clip}"
fps = 5.0
[camera.detect]
learn_s = 2.0
clear_s = 1.0
"""


class Bench:
    """A device in a process of its own, that can be killed and started again.

    Attributes:
        log: Where its log goes.
        mqtt: More lines for the ``[mqtt]`` table of its configuration.
    """

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self._folder = folder
        self._broker = broker
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "device.log"
        self.mqtt = ""

    def start(self, clip: Path) -> subprocess.Popen[bytes]:
        """Run the device on a recording."""
        config = self._folder / "config.toml"
        state = self._folder / "state"
        config.write_text(CONFIG.format(state=state, port=self._broker.port, clip=clip, mqtt=self.mqtt))
        command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log, cwd=Path(__file__).parents[2])
        return self._process

    def ledger(self, *words: str) -> str:
        """Return what ``stillwatch ledger`` prints."""
        command = [sys.executable, "-m", "edge", "ledger", *words, "--state", str(self._folder / "state")]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
        )
        return done.stdout

    def stored_changes(self) -> list[Change]:
        """Return what the device knows to be different, as the disk has it."""
        with closing(SqliteVisit(self._folder / "state" / "journal.sqlite3")) as journal:
            return journal.changes(1)

    def accept(self, change: str) -> None:
        """Say that a change is fine; a device that is busy is told so, and does it later."""
        noted = f"noted: {change}; the device will accept it when it runs\n"
        assert self.ledger("accept", change) in {f"accepted: {change}\n", noted}

    def end(self) -> None:
        """End the device, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def killed(process: subprocess.Popen[bytes], subscriber: Subscriber) -> int:
    """Kill a device; return how much was heard of it, the broker's word for it included."""
    process.kill()
    process.wait()
    return len(subscriber.heard.wait(lambda heard: heard[-1].payload == b"offline"))


def events(heard: list[Message], kind: str = "") -> list[dict[str, object]]:
    """Return events as a consumer keeps them: the first of each number."""
    told = [json.loads(m.payload) for m in heard if re.search(r"/event(/late)?$", m.topic)]
    numbered = {(event["epoch"], event["seq"]): event for event in reversed(told)}
    return [event for event in reversed(numbered.values()) if kind in event["event_type"]]


def live(heard: list[Message]) -> list[str]:
    """Return what rang, in order."""
    return [json.loads(m.payload)["event_type"] for m in heard if m.topic.endswith("/event")]


def started(heard: list[Message]) -> bool:
    return bool(events(heard, "change_started"))


def test_a_killed_device_goes_on_where_it_was(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    heard = subscriber.heard.wait(started)
    first.send_signal(signal.SIGKILL)
    first.wait()
    device.start(film(tmp_path / "two.avi", seconds=20, gone_s=0.0, back_s=4.0))
    after = subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    assert live(after) == ["reference_updated", "change_started", "change_ended"]
    assert len({event["change_id"] for event in events(after, "change_")}) == 1
    views = {json.loads(m.payload)["view"] for m in after[len(heard) :] if m.topic.endswith("/state")}
    assert "learning" not in views
    assert [event["seq"] for event in events(after)] == [1, 2, 3]


def test_events_made_while_the_broker_is_down_arrive(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    process = device.start(film(tmp_path / "clip.avi", seconds=120, gone_s=6.0))
    subscriber.heard.wait(lambda heard: events(heard, "reference_updated"))
    broker.kill()
    subscriber.wait_until_gone()
    until(device.stored_changes)
    # A killed broker forgets who listens: the listener must be there before the device is back.
    process.send_signal(signal.SIGSTOP)
    broker.start()
    subscriber.wait_until_ready()
    process.send_signal(signal.SIGCONT)
    after = subscriber.heard.wait(started)
    assert [event["seq"] for event in events(after, "change_started")] == [2]


def test_an_accepted_change_ends_and_stays_quiet(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    process = device.start(film(tmp_path / "clip.avi", seconds=30, gone_s=5.0))
    subscriber.heard.wait(started)
    device.accept("shelf-1")
    after = subscriber.heard.wait(lambda heard: events(heard, "change_ended"))
    assert events(after, "change_ended")[0]["end_reason"] == "accepted"
    process.wait()
    quiet = subscriber.heard.wait(lambda heard: heard[-1].payload == b"offline")
    assert len(events(quiet, "change_started")) == 1
    assert device.ledger("list") == "no change is open\n"


def test_sigterm_says_farewell_and_exits_clean(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    process = device.start(film(tmp_path / "clip.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(lambda heard: any(m.payload == b"online" for m in heard))
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    heard = subscriber.heard.wait(lambda heard: heard[-1].payload == b"offline")
    said = [m.payload for m in heard if m.topic.endswith("/status")]
    # A broker that was slow to answer the farewell says the will too.
    assert [payload for payload, _ in groupby(said)][-2:] == [b"online", b"offline"]
