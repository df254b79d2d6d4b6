"""Somebody who listens: an ordinary MQTT subscriber, in a thread of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from edge.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 20
CONNECT_WITHIN_S = 10.0
MAX_BYTES = 256 * 1024
MAX_HEARD = 20_000


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that arrived.

    Attributes:
        topic: Where it was told.
        payload: What was told.
        arrived_ns: Wall clock of its arrival.
        retained: Whether the broker had kept it.
    """

    topic: str
    payload: bytes
    arrived_ns: int
    retained: bool


class Subscriber:
    """Hears everything below one topic, and remembers it.

    Remembers ``MAX_HEARD`` messages at most; longer ones than ``MAX_BYTES`` are
    passed over.
    """

    def __init__(self, host: str, port: int, topic: str, tell: Callable[[Heard], None]) -> None:
        """Prepare to listen.

        Args:
            host: Where the broker is.
            port: Its port.
            topic: What to subscribe to, such as ``stillwatch/v1/demo/#``.
            tell: Called with each message as it arrives, on the listening thread.
        """
        self._address = host, port
        self._topic = topic
        self._tell = tell
        self._lock = threading.Lock()
        self._heard: list[Heard] = []
        self._subscribed = threading.Event()
        self._refused = ""
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect, and return once everything below the topic will be heard.

        Raises:
            DeliveryError: The broker does not answer, or refuses.
        """
        host, port = self._address
        try:
            self._client.connect(host, port, KEEPALIVE_S)
        except OSError as error:
            msg = f"no broker at {host}:{port}: {error}"
            raise DeliveryError(msg) from error
        self._client.loop_start()
        if not self._subscribed.wait(CONNECT_WITHIN_S) or self._refused:
            self.stop()
            msg = f"the broker at {host}:{port} does not let us listen: {self._refused or 'no answer'}"
            raise DeliveryError(msg)

    def heard(self) -> tuple[Heard, ...]:
        """Return what was heard so far, oldest first."""
        with self._lock:
            return tuple(self._heard)

    def stop(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refused = str(reason)
            self._subscribed.set()
        elif client.subscribe(self._topic, qos=1)[0] is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._refused = "the connection broke"
            self._subscribed.set()

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refused = str(reasons[0])
        self._subscribed.set()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        heard = Heard(message.topic, bytes(message.payload), time.time_ns(), message.retain)
        if len(heard.payload) > MAX_BYTES:
            return
        with self._lock:
            if len(self._heard) >= MAX_HEARD:
                return
            self._heard.append(heard)
        self._tell(heard)
