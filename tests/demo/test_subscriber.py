import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.demo.subscriber import MAX_BYTES, Heard, Subscriber
from edge.errors import DeliveryError
from tests.conftest import StartMosquitto


class Ear:
    """Remembers what it was told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._changed = threading.Condition()

    def tell(self, heard: Heard) -> None:
        """Take one message."""
        with self._changed:
            self.heard.append(heard)
            self._changed.notify_all()

    def wait_for(self, enough: Callable[[list[Heard]], bool]) -> None:
        """Return when what was heard is enough."""
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self.heard), timeout=20.0)


@contextmanager
def speaker(port: int) -> Iterator[mqtt.Client]:
    """Give somebody who publishes."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.system
def test_everything_below_the_topic_is_heard_in_order_and_nothing_else(mosquitto: StartMosquitto) -> None:
    broker, ear = mosquitto(), Ear()
    subscriber = Subscriber("127.0.0.1", broker.port, "stillwatch/v1/demo/#", ear.tell)
    subscriber.start()
    with speaker(broker.port) as client:
        for topic, payload in [
            ("stillwatch/v1/other/status", b"no"),
            ("stillwatch/v1/demo/status", b"1"),
            ("stillwatch/v1/demo/cam/a/event", b"2"),
            ("stillwatch/v1/demo/cam/a/event", b"3"),
        ]:
            client.publish(topic, payload, qos=1).wait_for_publish(20.0)
        ear.wait_for(lambda heard: len(heard) >= 3)
    subscriber.stop()
    assert [message.payload for message in subscriber.heard()] == [b"1", b"2", b"3"]


@pytest.mark.system
def test_a_message_too_long_is_passed_over(mosquitto: StartMosquitto) -> None:
    broker, ear = mosquitto(), Ear()
    subscriber = Subscriber("127.0.0.1", broker.port, "stillwatch/v1/demo/#", ear.tell)
    subscriber.start()
    with speaker(broker.port) as client:
        client.publish("stillwatch/v1/demo/x", bytes(MAX_BYTES + 1), qos=1).wait_for_publish(20.0)
        client.publish("stillwatch/v1/demo/x", bytes(MAX_BYTES), qos=1).wait_for_publish(20.0)
        ear.wait_for(lambda heard: len(heard) >= 1)
    subscriber.stop()
    assert [len(message.payload) for message in ear.heard] == [MAX_BYTES]


@pytest.mark.system
def test_what_the_broker_kept_is_marked(mosquitto: StartMosquitto) -> None:
    broker, ear = mosquitto(), Ear()
    with speaker(broker.port) as client:
        client.publish("stillwatch/v1/demo/status", b"online", qos=1, retain=True).wait_for_publish(20.0)
    subscriber = Subscriber("127.0.0.1", broker.port, "stillwatch/v1/demo/#", ear.tell)
    subscriber.start()
    ear.wait_for(lambda heard: len(heard) >= 1)
    subscriber.stop()
    assert ear.heard[0].retained


def test_no_broker_is_an_error(free_port: int) -> None:
    subscriber = Subscriber("127.0.0.1", free_port, "stillwatch/v1/demo/#", print)
    with pytest.raises(DeliveryError, match=f"no broker at 127.0.0.1:{free_port}"):
        subscriber.start()


@pytest.mark.system
def test_a_broker_that_refuses_is_an_error(mosquitto: StartMosquitto) -> None:
    broker = mosquitto("allow_anonymous false")
    subscriber = Subscriber("127.0.0.1", broker.port, "stillwatch/v1/demo/#", print)
    with pytest.raises(DeliveryError, match="does not let us listen"):
        subscriber.start()
