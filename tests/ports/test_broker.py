from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from edge.drivers.broker_paho import Access, PahoBroker
from edge.ports import Confirmed, Connected, Disconnected, Note, Received
from edge.sim.broker import SimBroker
from edge.types import Message
from tests.listening import Heard, Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.ports import Broker
    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

WILL = Message("d/status", b"offline", qos=1, retain=True)
ORDERED = "d/order"


class Place(Protocol):
    """A broker with a device at one end and us at the other."""

    device: Broker

    def leave(self) -> None:
        """Take the broker away."""

    def come_back(self) -> None:
        """Bring it back."""

    def send(self, message: Message) -> None:
        """Publish as another client."""

    def hears(self, topic: str, payload: bytes) -> bool:
        """Return whether another client got this message."""

    def keeps(self, topic: str) -> bytes | None:
        """Return what a newcomer gets."""


class Memory:
    """The place that is made of memory."""

    def __init__(self) -> None:
        self._broker = SimBroker(will=WILL, topics=(ORDERED,))
        self.device: Broker = self._broker
        self.leave = self._broker.leave
        self.come_back = self._broker.come_back
        self.send = self._broker.send

    def hears(self, topic: str, payload: bytes) -> bool:
        """Return whether the broker got this message."""
        return any((said.topic, said.payload) == (topic, payload) for said in self._broker.published)

    def keeps(self, topic: str) -> bytes | None:
        """Return what a newcomer gets."""
        return self._broker.retained[topic].payload if topic in self._broker.retained else None


class Real:
    """The place with a real broker."""

    def __init__(self, broker: Mosquitto, protocol: str) -> None:
        self._broker = broker
        self._us = Subscriber(broker.port, "d/#")
        access = Access(
            broker.host,
            broker.port,
            "device",
            protocol="5" if protocol == "5" else "3.1.1",
            will=WILL,
        )
        self.device: Broker = PahoBroker(access, topics=[ORDERED], dice=lambda: 0.1)
        self.send = self._us.publish

    def leave(self) -> None:
        """Kill the broker, and wait until we have noticed."""
        self._broker.kill()
        self._us.wait_until_gone()

    def come_back(self) -> None:
        """Start the broker again, and wait until we are back."""
        self._broker.start()
        self._us.wait_until_ready()

    def hears(self, topic: str, payload: bytes) -> bool:
        """Wait until we got this message."""
        return bool(
            self._us.heard.wait(lambda all_: any((m.topic, m.payload) == (topic, payload) for m in all_))
        )

    def keeps(self, topic: str) -> bytes | None:
        """Ask as a newcomer."""
        newcomer = Subscriber(self._broker.port, topic, "d/mark")
        newcomer.publish(Message("d/mark", b""))  # what is kept comes before this
        said = newcomer.heard.wait(lambda said: any(m.topic == "d/mark" for m in said))
        newcomer.close()
        return next((m.payload for m in said if m.topic == topic), None)

    def close(self) -> None:
        """Let go of the broker."""
        self._us.close()


@pytest.fixture(
    params=[
        "memory",
        pytest.param("5", marks=pytest.mark.system),
        pytest.param("3.1.1", marks=pytest.mark.system),
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """The same suite runs on the broker in memory and on mosquitto, in both versions of MQTT."""
    if request.param == "memory":
        yield Memory()
        return
    start: StartMosquitto = request.getfixturevalue("mosquitto")
    real = Real(start(), request.param)
    yield real
    real.device.stop()
    real.close()


@pytest.fixture
def notes() -> Heard[Note]:
    """What the device's end is told."""
    return Heard()


def connected(place: Place, notes: Heard[Note]) -> Broker:
    """Start the device's end, and wait until the broker took it."""
    place.device.start(notes.tell)
    notes.wait(lambda said: any(isinstance(note, Connected) for note in said))
    return place.device


def test_nothing_is_taken_before_there_is_a_connection(place: Place) -> None:
    assert place.device.publish(Message("d/x", b"1")) is None


def test_the_first_note_says_connected(place: Place, notes: Heard[Note]) -> None:
    connected(place, notes)
    assert isinstance(notes.all()[0], Connected)


def test_a_message_arrives_and_is_confirmed_by_its_token(place: Place, notes: Heard[Note]) -> None:
    token = connected(place, notes).publish(Message("d/x", b"hello"))
    assert token is not None
    notes.wait(lambda said: Confirmed(token) in said)
    assert place.hears("d/x", b"hello")


def test_every_message_of_many_is_confirmed_once(place: Place, notes: Heard[Note]) -> None:
    device = connected(place, notes)
    tokens = [device.publish(Message("d/x", b"%d" % n)) for n in range(200)]
    notes.wait(lambda said: sum(isinstance(note, Confirmed) for note in said) >= len(tokens))
    confirmed = [note.token for note in notes.all() if isinstance(note, Confirmed)]
    assert sorted(confirmed) == tokens


def test_a_message_of_quality_zero_is_confirmed_too(place: Place, notes: Heard[Note]) -> None:
    token = connected(place, notes).publish(Message("d/x", b"fleeting", qos=0))
    assert token is not None
    notes.wait(lambda said: Confirmed(token) in said)


def test_a_retained_message_is_kept_for_newcomers(place: Place, notes: Heard[Note]) -> None:
    token = connected(place, notes).publish(Message("d/status", b"online", retain=True))
    assert token is not None
    notes.wait(lambda said: Confirmed(token) in said)
    assert place.keeps("d/status") == b"online"


def test_a_message_that_is_not_retained_is_not_kept(place: Place, notes: Heard[Note]) -> None:
    token = connected(place, notes).publish(Message("d/event", b"news"))
    assert token is not None
    notes.wait(lambda said: Confirmed(token) in said)
    assert place.keeps("d/event") is None


def test_an_outage_is_told_and_nothing_is_taken_during_it(place: Place, notes: Heard[Note]) -> None:
    device = connected(place, notes)
    place.leave()
    notes.wait(lambda said: any(isinstance(note, Disconnected) for note in said))
    assert device.publish(Message("d/x", b"1")) is None


def test_the_connection_mends_itself_and_no_token_is_used_twice(place: Place, notes: Heard[Note]) -> None:
    device = connected(place, notes)
    first = device.publish(Message("d/x", b"before"))
    place.leave()
    notes.wait(lambda said: any(isinstance(note, Disconnected) for note in said))
    place.come_back()
    notes.wait(lambda said: sum(isinstance(note, Connected) for note in said) >= 2)
    second = device.publish(Message("d/x", b"after"))
    assert second is not None
    assert second != first
    notes.wait(lambda said: Confirmed(second) in said)
    assert place.hears("d/x", b"after")


def test_what_others_publish_on_a_subscribed_topic_is_received(place: Place, notes: Heard[Note]) -> None:
    connected(place, notes)
    place.send(Message(ORDERED, b"accept"))
    notes.wait(lambda said: Received(ORDERED, b"accept", retained=False) in said)


def test_after_an_outage_what_others_publish_is_received_again(place: Place, notes: Heard[Note]) -> None:
    connected(place, notes)
    place.leave()
    notes.wait(lambda said: any(isinstance(note, Disconnected) for note in said))
    place.come_back()
    notes.wait(lambda said: sum(isinstance(note, Connected) for note in said) == 2)
    place.send(Message(ORDERED, b"accept"))
    notes.wait(lambda said: any(isinstance(note, Received) for note in said))


def test_a_message_kept_from_before_is_received_as_such(place: Place, notes: Heard[Note]) -> None:
    place.send(Message(ORDERED, b"restart", retain=True))
    connected(place, notes)
    notes.wait(lambda said: Received(ORDERED, b"restart", retained=True) in said)


def test_the_farewell_arrives_before_the_connection_ends(place: Place, notes: Heard[Note]) -> None:
    device = connected(place, notes)
    device.publish(Message("d/status", b"online", retain=True))
    device.stop([Message("d/status", b"bye", retain=True)])
    assert place.keeps("d/status") == b"bye"


def test_nothing_is_taken_after_the_end(place: Place, notes: Heard[Note]) -> None:
    device = connected(place, notes)
    device.stop()
    assert device.publish(Message("d/x", b"1")) is None
