"""Ears for notes and for a broker's messages, and patience to wait for them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from edge.sim.clock import SimClock

PATIENCE_S = 90.0
"""How long a test waits for what must come; never how long something may take."""

T = TypeVar("T")


class Heard(Generic[T]):
    """Things in the order they came, from any thread."""

    def __init__(self) -> None:
        self._things: list[T] = []
        self._changed = threading.Condition()

    def tell(self, thing: T) -> None:
        """Take one thing in."""
        with self._changed:
            self._things.append(thing)
            self._changed.notify_all()

    def all(self) -> list[T]:
        """Return everything heard so far."""
        with self._changed:
            return list(self._things)

    def wait(self, until: Callable[[list[T]], object]) -> list[T]:
        """Return everything heard once ``until`` holds for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: until(self._things), PATIENCE_S), self._things
            return list(self._things)


class Subscriber:
    """Another client of a real broker; it comes back when the broker does."""

    def __init__(self, port: int, *patterns: str) -> None:
        self.heard: Heard[Message] = Heard()
        self._patterns = patterns
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda *_: self._subscribe()
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_disconnect = lambda *_: self._ready.clear()
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return once subscribed."""
        assert self._ready.wait(PATIENCE_S)

    def wait_until_gone(self) -> None:
        """Return once it knows that the broker is away; to be asked before that one is started again."""
        until(lambda: not self._ready.is_set())

    def publish(self, message: Message) -> None:
        """Publish, and return once the broker has it."""
        handed = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        handed.wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self) -> None:
        self._client.subscribe([(pattern, 1) for pattern in self._patterns])

    def _hear(self, message: MQTTMessage) -> None:
        self.heard.tell(Message(message.topic, bytes(message.payload), message.qos, message.retain))


def until(condition: Callable[[], T], *, patience_s: float = PATIENCE_S) -> T:
    """Return what ``condition`` gives once it is true."""
    give_up = time.monotonic() + patience_s
    while not (given := condition()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.005)
    return given


def until_in_time(clock: SimClock, condition: Callable[[], object], *, step_s: float = 1.0) -> None:
    """Let simulated time pass until something holds: a deadline comes, however late a thread sets it."""

    def holds() -> object:
        clock.advance(step_s)
        return condition()

    until(holds)
