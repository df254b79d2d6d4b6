"""Commands over MQTT to a device that watches: taken, refused, answered; through a real broker."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.types import Message
from tests.films import film
from tests.listening import PATIENCE_S, Heard, Subscriber
from tests.schema_faults import faults
from tests.system.test_device import Bench, events, killed, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from paho.mqtt.client import MQTTMessage

    from tests.local_broker import Mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

BASE = "stillwatch/v1/bench1"
RESULT = f"{BASE}/cmd/result"


def command(op: str, command_id: str, **args: object) -> Message:
    """Return a command to publish."""
    document = {"schema": "stillwatch.cmd/1", "id": command_id, "op": op, "args": args}
    return Message(f"{BASE}/cmd", json.dumps(document).encode())


def results(heard: list[Message]) -> list[dict[str, object]]:
    """Return what was told of commands, each as its schema says."""
    told = [message.payload for message in heard if message.topic == RESULT]
    assert [fault for payload in told for fault in faults("cmd-result", payload)] == []
    return [json.loads(payload) for payload in told]


def states(heard: list[Message]) -> list[dict[str, object]]:
    """Return the camera's states, in order."""
    return [json.loads(message.payload) for message in heard if message.topic.endswith("/state")]


def test_a_camera_is_ordered_about_over_mqtt_while_it_watches(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    device.start(film(tmp_path / "one.avi", seconds=120, gone_s=5.0))
    subscriber.heard.wait(started)
    subscriber.publish(command("accept", "a-1", change_id="shelf-9"))
    subscriber.publish(command("accept", "a-2", change_id="shelf-1"))
    subscriber.publish(Message(f"{BASE}/cam/shelf/sensitivity/set", b"0.7"))
    subscriber.publish(Message(f"{BASE}/cam/shelf/armed/set", b"OFF"))
    # A state may overtake an event.
    subscriber.heard.wait(lambda all_: events(all_, "change_ended"))
    heard = subscriber.heard.wait(lambda all_: not states(all_)[-1]["armed"] and len(results(all_)) > 1)
    assert [(each["id"], each["ok"], each["error"]) for each in results(heard)] == [
        ("a-1", False, "shelf-9: no such change is open"),
        ("a-2", True, None),
    ]
    (end,) = events(heard, "change_ended")
    assert (end["change_id"], end["end_reason"]) == ("shelf-1", "accepted")
    assert states(heard)[-1]["sensitivity"] == 0.7


def test_what_was_set_is_still_so_after_a_kill(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(states)
    subscriber.publish(command("sensitivity", "s-1", camera="*", value=0.25))
    subscriber.publish(command("disarm", "d-1", camera="shelf"))
    subscriber.heard.wait(lambda all_: len(results(all_)) > 1)
    count = killed(first, subscriber)
    device.start(film(tmp_path / "two.avi", seconds=60, gone_s=None))
    after = subscriber.heard.wait(lambda all_: len(states(all_[count:])) > 1)[count:]
    assert [(state["sensitivity"], state["armed"]) for state in states(after)[-1:]] == [(0.25, False)]


def test_a_command_that_was_carried_out_is_not_again_after_a_kill_and_its_result_is_told_again(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(lambda heard: events(heard, "reference_updated"))
    subscriber.publish(command("disarm", "d-1", camera="shelf"))
    subscriber.heard.wait(results)
    subscriber.publish(command("arm", "d-2", camera="shelf"))
    subscriber.heard.wait(lambda heard: len(results(heard)) > 1)
    count = killed(first, subscriber)
    device.start(film(tmp_path / "two.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(lambda heard: states(heard[count:]))
    subscriber.publish(command("disarm", "d-1", camera="shelf"))
    subscriber.publish(command("ping", "p-1"))
    after = subscriber.heard.wait(lambda heard: len(results(heard[count:])) > 1)[count:]
    assert [(each["id"], each["ok"]) for each in results(after)] == [("d-1", True), ("p-1", True)]
    later = subscriber.heard.wait(lambda heard: len(states(heard[count + len(after) :])) > 0)
    assert states(later)[-1]["armed"]


def test_a_retained_command_is_ignored_on_every_start(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, _, subscriber = bench
    subscriber.publish(Message(f"{BASE}/cam/shelf/armed/set", b"OFF", retain=True))
    subscriber.publish(Message(f"{BASE}/cmd", command("disarm", "d-1", camera="*").payload, retain=True))
    device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    heard = subscriber.heard.wait(started)
    assert all(state["armed"] for state in states(heard))
    assert results(heard) == []
    assert "a retained command is ignored; publish it without retain" in device.log.read_text()


@contextmanager
def speaking_5(port: int, topic: str) -> Iterator[tuple[Client, Heard[MQTTMessage]]]:
    """Give a client that speaks MQTT 5 and listens to a topic."""
    heard: Heard[MQTTMessage] = Heard()
    ready = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_connect = lambda *_: ready.set()
    client.on_message = lambda _client, _data, message: heard.tell(message)
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(PATIENCE_S)
    client.on_subscribe = lambda *_: ready.set()
    ready.clear()
    client.subscribe(topic, 1)
    assert ready.wait(PATIENCE_S)
    yield client, heard
    client.disconnect()
    client.loop_stop()


def test_over_mqtt_5_the_answer_comes_where_it_is_wished_with_what_tells_it_from_others(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    device.mqtt = 'protocol = "5"'
    device.start(film(tmp_path / "one.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(states)
    with speaking_5(broker.port, f"{RESULT}/me") as (client, heard):
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's
        properties.ResponseTopic = f"{RESULT}/me"
        properties.CorrelationData = b"\x00\xff7"
        client.publish(f"{BASE}/cam/shelf/armed/set", b"OFF", 1, properties=properties)
        (answer,) = heard.wait(len)
    assert getattr(answer.properties, "CorrelationData", None) == b"\x00\xff7"
    said = json.loads(answer.payload)
    assert (said["id"], said["ok"]) == (None, True)


def test_after_the_broker_was_restarted_commands_are_taken_again(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    device.start(film(tmp_path / "one.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(lambda heard: states(heard) and any(m.payload == b"online" for m in heard))
    before = len(subscriber.heard.all())
    broker.kill()
    subscriber.wait_until_gone()
    broker.start()
    subscriber.wait_until_ready()
    subscriber.heard.wait(lambda heard: b"online" in [message.payload for message in heard[before:]])
    subscriber.publish(command("ping", "p-1"))
    (answer,) = results(subscriber.heard.wait(results))
    assert (answer["id"], answer["ok"]) == ("p-1", True)


def pictures(heard: list[Message]) -> dict[str, list[bytes]]:
    """Return the pictures that were shown, by kind, in order."""
    shown: dict[str, list[bytes]] = {}
    for message in heard:
        if "/image/" in message.topic:
            shown.setdefault(message.topic.rpartition("/")[2], []).append(message.payload)
    return shown


def test_pictures_are_shown_where_they_are_wanted_and_taken_back_where_not(
    tmp_path: Path, bench: tuple[Bench, Mosquitto, Subscriber]
) -> None:
    device, broker, subscriber = bench
    device.mqtt = 'images = ["change", "reference"]'
    first = device.start(film(tmp_path / "one.avi", seconds=60, gone_s=5.0))
    heard = subscriber.heard.wait(lambda all_: started(all_) and "change" in pictures(all_))
    assert set(pictures(heard)["heatmap"]) == {b""}
    for kind in ("change", "reference"):
        assert all(picture.startswith(b"\xff\xd8") for picture in pictures(heard)[kind])
    subscriber.publish(Message(f"{BASE}/cam/shelf/snapshot", b"PRESS"))
    count = len(heard)
    subscriber.heard.wait(lambda all_: {"change", "reference"} <= pictures(all_[count:]).keys())
    first.terminate()
    first.wait()
    device.mqtt = ""
    device.start(film(tmp_path / "two.avi", seconds=60, gone_s=None))
    subscriber.heard.wait(
        lambda all_: all(pictures(all_)[kind][-1] == b"" for kind in ("change", "reference"))
    )
    with speaking_5(broker.port, f"{BASE}/cam/+/image/+") as (client, kept):
        client.subscribe(f"{BASE}/status", 1)
        found = kept.wait(lambda all_: any(message.topic == f"{BASE}/status" for message in all_))
        assert [message.topic for message in found if message.retain] == [f"{BASE}/status"]
