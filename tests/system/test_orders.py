"""Orders for a camera, given while the broker is away and while the device dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.drivers.journal_sqlite import SqliteVisit
from tests.films import film
from tests.system.test_device import Bench, events, killed, started

if TYPE_CHECKING:
    from edge.types import Message
    from tests.listening import Subscriber
    from tests.local_broker import Mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]


def camera(folder: Path, op: str) -> str:
    """Return what ``stillwatch camera`` prints."""
    command = [sys.executable, "-m", "edge", "camera", op, "shelf", "--state", str(folder / "state")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return done.stdout


def done_or_noted(told: str, done: str) -> None:
    """Assert that an order was carried out, or will be by a device that is busy."""
    assert told == f"shelf: {done}\n" or told.startswith("shelf: noted; the device will ")


def armed(heard: list[Message]) -> list[bool]:
    return [json.loads(m.payload)["armed"] for m in heard if m.topic.endswith("/state")]


def test_an_order_is_carried_out_once_however_often_the_device_is_killed(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    subscriber.heard.wait(started)
    journal = SqliteVisit(tmp_path / "state" / "journal.sqlite3")
    journal.order("disarm", {"camera": "shelf"})
    first.send_signal(signal.SIGKILL)
    first.wait()
    later = film(tmp_path / "two.avi", seconds=60, gone_s=0.0)
    second = device.start(later)
    subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    count = killed(second, subscriber)
    third = device.start(later)
    after = subscriber.heard.wait(lambda all_: len(armed(all_[count:])) > 1)
    (end,) = events(after, "change_ended")
    assert (end["end_reason"], journal.orders()) == ("disarmed", [])
    assert not any(armed(after[count:]))
    journal.close()
    third.send_signal(signal.SIGTERM)
    assert third.wait() == 0


def test_a_camera_is_disarmed_armed_and_learned_anew_from_the_command_line(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    device.start(film(tmp_path / "one.avi", seconds=120, gone_s=5.0))
    subscriber.heard.wait(started)
    done_or_noted(camera(tmp_path, "disarm"), "disarmed")
    done_or_noted(camera(tmp_path, "arm"), "armed")
    subscriber.heard.wait(lambda all_: len(events(all_, "change_started")) > 1)
    done_or_noted(camera(tmp_path, "relearn"), "the scene is being learned anew")
    heard = subscriber.heard.wait(lambda all_: len(events(all_, "reference_updated")) > 1)
    ends = [event["end_reason"] for event in events(heard, "change_ended")]
    assert ends == ["disarmed", "accepted"]


def test_an_order_for_a_device_that_does_not_run_is_noted(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    running = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    subscriber.heard.wait(started)
    running.send_signal(signal.SIGTERM)
    running.wait()
    broker.kill()
    subscriber.wait_until_gone()
    assert camera(tmp_path, "disarm") == "shelf: noted; the device will disarm it when it runs\n"
    broker.start()
    subscriber.wait_until_ready()
    device.start(film(tmp_path / "two.avi", seconds=30, gone_s=0.0))
    heard = subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    assert [event["end_reason"] for event in events(heard, "change_ended")] == ["disarmed"]
