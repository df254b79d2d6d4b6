"""A device and its broker: who dies, who comes back, and what others leave there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.types import Message
from tests.films import film
from tests.listening import Subscriber, until
from tests.system.test_device import Bench, events, killed, live, started

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_broker import Mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

BASE = "stillwatch/v1/bench1"


def test_after_the_broker_was_killed_an_order_is_obeyed_and_its_end_is_heard(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    device.start(film(tmp_path / "clip.avi", seconds=120, gone_s=5.0))
    subscriber.heard.wait(started)
    broker.kill()
    subscriber.wait_until_gone()
    broker.start()
    subscriber.wait_until_ready()
    device.accept("shelf-1")
    heard = subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    assert [event["end_reason"] for event in events(heard, "change_ended")] == ["accepted"]


ORDERS = {
    "cmd": b'{"schema":"stillwatch.cmd/1","id":"1","op":"accept","args":{"change_id":"*"}}',
    "cam/shelf/accept": b"PRESS",
    "cam/shelf/relearn": b"PRESS",
    "cam/shelf/armed/set": b"OFF",
}


def test_an_order_that_the_broker_kept_from_long_ago_is_not_obeyed(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    subscriber.heard.wait(started)
    before = killed(first, subscriber)
    other = Subscriber(broker.port, "nothing")
    for topic, payload in ORDERS.items():
        other.publish(Message(f"{BASE}/{topic}", payload, retain=True))
    other.close()
    device.start(film(tmp_path / "two.avi", seconds=60, gone_s=0.0))
    heard = subscriber.heard.wait(lambda said: len(states(said[before:])) > 1)
    assert live(heard) == ["reference_updated", "change_started"]
    assert {(state["armed"], state["open"]) for state in states(heard[before:])} == {(True, 1)}


def states(heard: list[Message]) -> list[dict[str, object]]:
    """Return what the device said to be true of a view that can be judged."""
    told = [json.loads(said.payload) for said in heard if said.topic.endswith("/state")]
    return [state for state in told if state["view"] == "ok"]


class Rival:
    """Another client with the device's id, that comes back whenever it is thrown out."""

    def __init__(self, broker: Mosquitto, protocol: MQTTProtocolVersion) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="bench1", protocol=protocol)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()

    def close(self) -> None:
        """Leave for good."""
        self._client.disconnect()
        self._client.loop_stop()


@pytest.mark.parametrize(
    "protocol", [MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311], ids=["5", "3.1.1"]
)
def test_a_second_device_with_the_same_id_is_told_in_the_log_and_in_health(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber], protocol: MQTTProtocolVersion
) -> None:
    device, broker, subscriber = bench
    device.mqtt = 'protocol = "3.1.1"' if protocol is MQTTProtocolVersion.MQTTv311 else ""
    device.start(film(tmp_path / "clip.avi", seconds=120, gone_s=None))
    subscriber.heard.wait(lambda said: any(m.payload == b"online" for m in said))
    rival = Rival(broker, protocol)
    told = until(lambda: re.findall(r".*device id.*\n", device.log.read_text()))
    rival.close()
    assert "give each device an id of its own ([device] id)" in told[0]
    assert "WARNING" in told[0]
    until(lambda: any(health["taken_over"] for health in healths(subscriber)))  # it is told every half minute


def healths(subscriber: Subscriber) -> list[dict[str, int]]:
    """Return what the device said of its health."""
    return [json.loads(said.payload) for said in subscriber.heard.all() if said.topic.endswith("/health")]
