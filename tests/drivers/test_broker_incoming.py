from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.broker_paho.packets import LARGEST_RECEIVED, publish_properties, received
from edge.ports import Confirmed, Connected, Note, Received
from edge.types import Message
from tests.drivers.test_broker_paho import CONNACK_5, speaking
from tests.listening import PATIENCE_S, Heard, Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

VERSIONS: list[Literal["5", "3.1.1"]] = ["5", "3.1.1"]


def came_in(payload: bytes, *, reply_to: str | None = None, correlation: bytes | None = None) -> MQTTMessage:
    """Return a message as paho hands it over."""
    message = MQTTMessage(topic=b"d/cmd")
    message.payload = payload
    message.properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's
    if reply_to is not None:
        message.properties.ResponseTopic = reply_to
    if correlation is not None:
        message.properties.CorrelationData = correlation
    return message


def test_a_message_as_large_as_may_be_is_taken_in() -> None:
    note = received(came_in(bytes(LARGEST_RECEIVED)))
    assert note == Received("d/cmd", bytes(LARGEST_RECEIVED), retained=False)


def test_a_larger_message_is_dropped_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert received(came_in(bytes(LARGEST_RECEIVED + 1))) is None
    assert f"a message of {LARGEST_RECEIVED + 1} bytes on d/cmd is ignored" in caplog.text


def test_one_that_is_ignored_has_its_topic_cut_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    message = came_in(bytes(LARGEST_RECEIVED + 1))
    message.topic = b"d/cam/" + b"x" * 60_000
    received(message)
    assert len(caplog.text) < 400


@pytest.mark.parametrize(
    ("reply_to", "correlation", "understood"),
    [
        pytest.param("a/b", b"7", ("a/b", b"7"), id="as-it-should-be"),
        pytest.param("a/b", None, ("a/b", None), id="without-correlation"),
        pytest.param("a/+", b"7", (None, b"7"), id="a-filter-is-no-topic"),
        pytest.param("#", b"7", (None, b"7"), id="nor-is-this-one"),
        pytest.param("a\nb", b"7", (None, b"7"), id="a-topic-on-two-lines"),
        pytest.param("a" * 257, b"7", (None, b"7"), id="a-topic-too-long"),
        pytest.param("a/b", bytes(257), (None, None), id="more-to-say-back-than-we-keep"),
    ],
)
def test_an_answer_is_promised_only_where_it_can_be_given(
    reply_to: str, correlation: bytes | None, understood: tuple[str | None, bytes | None]
) -> None:
    note = received(came_in(b"{}", reply_to=reply_to, correlation=correlation))
    assert note is not None
    assert (note.reply_to, note.correlation) == understood


def test_an_answer_carries_what_tells_it_from_others() -> None:
    properties = publish_properties(Message("a/b", b"{}", correlation=b"7"), {})
    assert properties.json() == {"ContentType": "application/json", "CorrelationData": "37"}  # type: ignore[no-untyped-call] # paho's


@contextmanager
def subscribed(
    broker: Mosquitto, protocol: Literal["5", "3.1.1"], topics: Sequence[str]
) -> Iterator[Heard[Note]]:
    """Run a device's end that is subscribed."""
    notes: Heard[Note] = Heard()
    device = PahoBroker(Access(broker.host, broker.port, "device", protocol=protocol), topics=topics)
    device.start(notes.tell)
    notes.wait(lambda said: Connected(protocol) in said)
    yield notes
    device.stop()


@pytest.mark.system
@pytest.mark.parametrize("protocol", VERSIONS)
def test_a_filter_lets_through_what_it_matches_and_nothing_else(
    mosquitto: StartMosquitto, protocol: Literal["5", "3.1.1"]
) -> None:
    broker = mosquitto()
    with subscribed(broker, protocol, ["d/cam/+/accept", "d/cmd"]) as notes:
        other = Subscriber(broker.port, "d/#")
        for topic in ("d/cam/shelf/accept", "d/cam/shelf/state", "d/cmd/result", "d/cmd"):
            other.publish(Message(topic, b"x"))
        said = notes.wait(lambda said: Received("d/cmd", b"x", retained=False) in said)
        other.close()
    topics = [note.topic for note in said if isinstance(note, Received)]
    assert topics == ["d/cam/shelf/accept", "d/cmd"]


@pytest.mark.system
def test_over_mqtt_5_it_is_told_where_an_answer_is_wished(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    with subscribed(broker, "5", ["d/cmd"]) as notes:
        asking = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        asking.connect(broker.host, broker.port)
        asking.loop_start()
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's
        properties.ResponseTopic, properties.CorrelationData = "back/here", b"7"
        asking.publish("d/cmd", b"{}", 1, properties=properties).wait_for_publish(PATIENCE_S)
        wanted = Received("d/cmd", b"{}", retained=False, reply_to="back/here", correlation=b"7")
        notes.wait(lambda said: wanted in said)
        asking.disconnect()
        asking.loop_stop()


def test_a_subscription_that_is_refused_is_told_with_the_topic_and_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    granted, not_authorized = b"\x01", b"\x87"  # mosquitto grants all; other brokers do not
    suback = b"\x90\x05\x00\x01\x00" + granted + not_authorized
    notes: Heard[Note] = Heard()
    with speaking(CONNACK_5 + suback) as access:
        device = PahoBroker(access, topics=["d/a", "d/b"])
        device.start(notes.tell)
        notes.wait(bool)
        device.stop()
    assert notes.all()[0] == Connected("5")
    (line,) = (record.message for record in caplog.records if "subscribe" in record.message)
    assert "d/b" in line
    assert "Not authorized" in line
    assert "access list" in line


@pytest.mark.system
def test_while_one_message_is_handed_over_another_is_and_is_confirmed(mosquitto: StartMosquitto) -> None:
    """A lock held over the handing over would meet those that paho holds while it tells us."""
    broker, notes, tokens = mosquitto(), Heard[Note](), Heard[int | None]()

    def attributes(message: Message) -> dict[str, str]:
        if message.payload == b"slow":
            other = threading.Thread(target=lambda: tokens.tell(device.publish(Message("d/x", b"fast"))))
            other.start()
            (token,) = tokens.wait(bool)
            notes.wait(lambda said: any(isinstance(n, Confirmed) and n.token == token for n in said))
        return {}

    device = PahoBroker(
        Access(broker.host, broker.port, "device", protocol="5"), attributes=attributes, dice=lambda: 0.1
    )
    device.start(notes.tell)
    notes.wait(bool)
    token = device.publish(Message("d/x", b"slow"))
    notes.wait(lambda said: any(isinstance(n, Confirmed) and n.token == token for n in said))
    device.stop()
