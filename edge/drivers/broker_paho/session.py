"""One connection to a broker, from CONNECT to its end."""

from __future__ import annotations

import logging
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, error_string
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.ports import Confirmed, Connected, Received, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.drivers.broker_paho.access import Access
    from edge.ports import Note
    from edge.types import Message

ANSWER_WITHIN_S = 3.0
"""A broker that has not answered CONNECT by then does not speak this version."""

LARGEST_RECEIVED = 64 * 1024
"""Messages with more bytes than this are not taken in."""

_CONNECT_WITHIN_S = 5.0
_FAREWELL_WITHIN_S = 2.0
_TURN_S = 0.5  # how long the loop sleeps when nothing happens
_IN_FLIGHT = 10  # unanswered at a time; the least "receive maximum" a known broker comes with
_STALE_S = 90  # what nobody keeps is not worth delivering later
_OVERHEAD = 1024  # room for the header and the properties of a message

_GARBLED = (MQTTException, OSError, ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What paho raises on an answer that is not MQTT."""

_TAKEN_OVER = 142
_UNSUPPORTED_VERSION = 132
_ADVICE = {
    _UNSUPPORTED_VERSION: 'set mqtt.protocol to "3.1.1" or "auto"',
    133: "choose another device id",
    134: "check mqtt.username and mqtt.password_file",
    135: "check mqtt.username, mqtt.password_file and the broker's access list",
    _TAKEN_OVER: "another client has the same device id; give each device an id of its own ([device] id)",
    149: "a message was larger than the broker takes",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended.

    Attributes:
        reason: What happened and what to do, in plain words.
        accepted: Whether the broker took us at all.
        other_version: Whether the other version of MQTT may fare better.
        lasted_s: Seconds since the broker took us; 0 if it never did.
        taken_over: Whether the broker says that another client took our place.
        wordless: Whether the broker took us, and then closed the connection and
            did not say why.
    """

    reason: str
    accepted: bool = False
    other_version: bool = False
    lasted_s: float = 0.0
    taken_over: bool = False
    wordless: bool = False


class Session:
    """One paho client, used once.

    ``publish`` may be called from any thread; all else belongs to the thread
    that calls ``live``.
    """

    def __init__(
        self,
        access: Access,
        protocol: str,
        *,
        tell: Callable[[Note], None],
        attributes: Callable[[Message], Mapping[str, str]],
    ) -> None:
        self._access = access
        self._protocol = protocol
        self._tell = tell
        self._attributes = attributes
        self._client = self._new_client()
        self._accepted_at: float | None = None
        self._refusal: ReasonCode | None = None
        self._farewell: ReasonCode | None = None
        self._largest_packet: int | None = None
        # Never held while paho is called: its callbacks come with its own locks held.
        self._lock = threading.Lock()
        self._tokens: dict[int, int] = {}
        self._early: dict[int, str | None] = {}

    def live(self, stopping: threading.Event) -> End:
        """Connect, and stay until the connection ends or ``stopping`` is set."""
        try:
            self._connect()
            return self._loop(stopping)
        except _GARBLED as error:
            return self._end(f"{type(error).__name__}: {error}")
        finally:
            self._let_go()

    def publish(self, message: Message, token: int) -> bool:
        """Hand a message over; return false where the connection is gone."""
        if self._accepted_at is None:
            return False
        size = len(message.payload) + len(message.topic) + _OVERHEAD
        if self._largest_packet is not None and size > self._largest_packet:
            self._tell(Refused(token, f"the broker takes no message over {self._largest_packet} bytes"))
            return True
        handed = self._client.publish(
            message.topic, message.payload, message.qos, message.retain, properties=self._properties(message)
        )
        if handed.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        with self._lock:
            if handed.mid not in self._early:
                self._tokens[handed.mid] = token
                return True
            fault = self._early.pop(handed.mid)
        self._tell(Confirmed(token) if fault is None else Refused(token, fault))
        return True

    def _new_client(self) -> Client:
        five = self._protocol == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._access.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = _CONNECT_WITHIN_S
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        # With this set, publish only enqueues and wakes the loop: no caller ever waits for a socket.
        client.on_socket_register_write = lambda *_: None
        return client

    def _connect(self) -> None:
        access, client = self._access, self._client
        if access.username is not None:
            client.username_pw_set(access.username, access.password)
        if access.tls is not None:
            client.tls_set(access.tls.ca_file, access.tls.cert_file, access.tls.key_file)
        if access.will is not None:
            client.will_set(access.will.topic, access.will.payload, access.will.qos, access.will.retain)
        if self._protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
            properties.MaximumPacketSize = LARGEST_RECEIVED
            client.connect(
                access.host, access.port, access.keepalive_s, clean_start=True, properties=properties
            )
        else:
            client.connect(access.host, access.port, access.keepalive_s)

    def _loop(self, stopping: threading.Event) -> End:
        answer_by = time.monotonic() + ANSWER_WITHIN_S
        leave_by: float | None = None
        while self._client.socket() is not None:
            code = self._client.loop(_TURN_S)
            now = time.monotonic()
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return self._end(error_string(code), wordless=code == MQTTErrorCode.MQTT_ERR_CONN_LOST)
            if self._accepted_at is None and now > answer_by:
                return self._end(f"no answer to CONNECT within {ANSWER_WITHIN_S:g} s")
            if stopping.is_set():
                leave_by = leave_by or now + _FAREWELL_WITHIN_S
                if not self._tokens or now > leave_by:
                    self._client.disconnect()
                    self._client.loop(_TURN_S)
                    return self._end("stopped")
        return self._end("the broker closed the connection", wordless=True)

    def _let_go(self) -> None:
        """Close the socket, and unhook ourselves, so that paho's client goes when we go."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()
        self._client.on_connect = self._client.on_disconnect = None
        self._client.on_message = self._client.on_publish = self._client.on_subscribe = None

    def _end(self, reason: str, *, wordless: bool = False) -> End:
        said = self._refusal or self._farewell
        if said is not None and said.is_failure:
            advice = _ADVICE.get(said.value)
            reason = f"the broker says: {said}" + (f": {advice}" if advice else "")
        lasted_s = 0.0 if self._accepted_at is None else time.monotonic() - self._accepted_at
        return End(
            f"{self._access.host}:{self._access.port}: {reason}",
            accepted=self._accepted_at is not None,
            other_version=self._accepted_at is None
            and (self._refusal is None or self._refusal.value == _UNSUPPORTED_VERSION),
            lasted_s=lasted_s,
            taken_over=said is not None and said.value == _TAKEN_OVER,
            wordless=wordless and said is None and self._accepted_at is not None,
        )

    def _properties(self, message: Message) -> Properties | None:
        if self._protocol != "5":
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's
        if message.payload.startswith(b"{"):
            properties.ContentType = "application/json"
        if message.qos == 0 and not message.retain:
            properties.MessageExpiryInterval = _STALE_S
        attributes = self._attributes(message)
        if attributes:
            properties.UserProperty = list(attributes.items())
        return properties

    # paho calls these from within ``loop``, with its locks held: they only note and tell.

    def _on_connect(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refusal = reason
            return
        # Absent in 3.1.1, and where the broker sets no limit.
        self._largest_packet = getattr(properties, "MaximumPacketSize", None)
        if self._access.subscriptions:
            client.subscribe([(pattern, 1) for pattern in self._access.subscriptions])
        else:
            self._accept()

    def _on_subscribe(
        self,
        _client: Client,
        _data: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        for pattern, reason in zip(self._access.subscriptions, reasons, strict=False):
            if reason.is_failure:
                _log.warning("the broker lets us not subscribe to %s: %s", pattern, reason)
        self._accept()

    def _accept(self) -> None:
        self._accepted_at = time.monotonic()
        self._tell(Connected(self._protocol))

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._farewell = reason

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if len(message.payload) > LARGEST_RECEIVED:
            _log.warning("a message of %d bytes on %s is ignored", len(message.payload), message.topic)
            return
        self._tell(Received(message.topic, bytes(message.payload), retained=message.retain))

    def _on_publish(
        self, _client: Client, _data: object, mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        fault = str(reason) if reason.is_failure else None
        with self._lock:
            token = self._tokens.pop(mid, None)
            if token is None:  # the answer came before publish returned
                self._early[mid] = fault
                return
        self._tell(Confirmed(token) if fault is None else Refused(token, fault))
