"""The commands of docs/mqtt.md, run as they stand there, against a real broker and a running device."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from docs.mqtt_page import PAGE
from tests.films import film
from tests.listening import PATIENCE_S, Subscriber
from tests.mqtt_tables import topic_rows
from tests.schema_faults import faults
from tests.system.test_device import Bench, events, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local_broker import Mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

BLOCK = re.compile(r"<!-- run: (?P<name>\w+) -->\s*```sh\n(?P<command>.*?)```", re.DOTALL)
COMMANDS = {found["name"]: found["command"] for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
Start = subprocess.Popen[str]


class Shell:
    """Runs commands of the page."""

    def __init__(self, port: int) -> None:
        self._environment = {**os.environ, "BROKER": "127.0.0.1", "PORT": str(port)}
        self._running: list[Start] = []

    def begin(self, name: str) -> Start:
        """Start a command and return at once."""
        begun = subprocess.Popen(
            ["bash", "-c", COMMANDS[name]], stdout=subprocess.PIPE, text=True, env=self._environment
        )
        self._running.append(begun)
        return begun

    def run(self, name: str) -> str:
        """Return what a command prints."""
        return printed(self.begin(name))

    def close(self) -> None:
        """End what still runs."""
        for one in self._running:
            one.kill()
            one.communicate()


@pytest.fixture
def shell(bench: tuple[Bench, Mosquitto, Subscriber]) -> Iterator[Shell]:
    if shutil.which("mosquitto_rr") is None:
        pytest.skip("needs mosquitto_sub, mosquitto_pub and mosquitto_rr: apt install mosquitto-clients")
    _, broker, _ = bench
    begun = Shell(broker.port)
    yield begun
    begun.close()


def printed(begun: Start) -> str:
    """Return what a command has printed once it has ended well."""
    told, _ = begun.communicate(timeout=PATIENCE_S)
    assert begun.returncode == 0, told
    return told


def test_every_command_of_the_page_does_what_is_said_of_it(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber], shell: Shell
) -> None:
    device, _, subscriber = bench
    event, everything = shell.begin("event"), shell.begin("everything")
    device.start(film(tmp_path / "one.avi", seconds=120, gone_s=6.0))
    subscriber.heard.wait(started)
    assert faults("event", printed(event).encode()) == []
    assert len(printed(everything).splitlines()) == 10
    assert json.loads(shell.run("state"))["schema"] == "stillwatch.state/1"
    assert "cam/shelf/state" in shell.run("open")
    assert json.loads(shell.run("ping"))["ok"] is True
    assert json.loads(shell.run("accept"))["ok"] is True
    subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    assert "shelf_change" in json.loads(shell.run("discovery"))["cmps"]
    shell.run("sensitivity")
    shell.run("disarm")
    subscriber.heard.wait(
        lambda all_: any(b'"armed":false' in m.payload and b'"sensitivity":0.7' in m.payload for m in all_)
    )


def test_the_command_list_above_is_the_pages() -> None:
    tried = {"event", "everything", "state", "open", "ping", "accept", "discovery", "sensitivity", "disarm"}
    assert tried == COMMANDS.keys()


@pytest.mark.usefixtures("shell")
def test_what_a_device_says_is_published_as_the_table_has_it(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    device.mqtt = 'images = ["change", "reference", "heatmap"]'
    # As published: MQTT 5 keeps the retain flag; over 3.1.1 a subscriber never sees it.
    command = [
        *("mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-V", "5", "-q", "1"),
        *("--retain-as-published", "-t", "stillwatch/#", "-t", "homeassistant/#", "-F", "%t %q %r"),
    ]
    heard = tmp_path / "heard"
    with heard.open("wb") as file:
        listener = subprocess.Popen(command, stdout=file)
        process = device.start(film(tmp_path / "one.avi", seconds=14, gone_s=5.0, back_s=8.0))
        process.wait(PATIENCE_S * 2)
        subscriber.heard.wait(lambda all_: any(m.payload == b"offline" for m in all_))
        listener.terminate()
        listener.wait()
    table = {(row.topic, row.qos, row.retain) for row in topic_rows()}
    lines = [line.split() for line in heard.read_text().splitlines()]
    said = {(topic, int(qos), retain == "1") for topic, qos, retain in lines}
    assert said - table == set()
    assert {topic.rpartition("/")[2] for topic, *_ in said} >= {"event", "state", "change", "config", "info"}
