"""One connection to a broker, from CONNECT to its end."""

from __future__ import annotations

import logging
import math
import struct
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, error_string
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from edge.drivers.broker_paho.ending import End, ended
from edge.drivers.broker_paho.packets import connect_properties, publish_properties, received
from edge.ports import Confirmed, Connected, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.drivers.broker_paho.access import Access
    from edge.drivers.broker_paho.receipts import Receipts
    from edge.ports import Note
    from edge.types import Message

_CONNECT = "CONNECT", 3.0  # a broker that has not answered by then does not speak this version
_SUBSCRIBE = "SUBSCRIBE", 30.0  # one that took us speaks it, and may be slow
_CONNECT_WITHIN_S = 5.0
_FAREWELL_WITHIN_S = 2.0
_TURN_S = 0.5  # how long the loop sleeps when nothing happens
_IN_FLIGHT = 10  # unanswered at a time; the least "receive maximum" a known broker comes with
_NOT_AUTHORIZED = 135
_OVERHEAD = 1024  # room for the header and the properties of a message

_GARBLED = (MQTTException, OSError, ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What paho raises on an answer that is not MQTT."""

_log = logging.getLogger(__name__)


class Session:
    """One paho client, used once.

    ``publish`` may be called from any thread; all else belongs to the thread
    that calls ``live``.
    """

    def __init__(  # noqa: PLR0913 - a connection has this many ends
        self,
        access: Access,
        protocol: str,
        *,
        tell: Callable[[Note], None],
        attributes: Callable[[Message], Mapping[str, str]],
        topics: Sequence[str],
        receipts: Receipts,
    ) -> None:
        self._access = access
        self._topics = topics
        self._receipts = receipts
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
        self._early: dict[int, ReasonCode] = {}

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
            reason = self._early.pop(handed.mid)
        self._tell(_outcome(token, reason))
        return True

    def settle(self, receipts: Sequence[int]) -> None:
        """Acknowledge messages; what came over another connection is passed over."""
        for packet in self._receipts.redeem(receipts):
            self._client.ack(packet, 1)

    def _new_client(self) -> Client:
        five = self._protocol == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._access.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            clean_session=None if five else not self._access.lasting_s,
            reconnect_on_failure=False,
            manual_ack=self._access.lasting_s > 0,
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
            client.connect(
                access.host,
                access.port,
                access.keepalive_s,
                clean_start=not access.lasting_s,
                properties=connect_properties(access.lasting_s),
            )
        else:
            client.connect(access.host, access.port, access.keepalive_s)

    def _loop(self, stopping: threading.Event) -> End:
        asked_at = leave_by = math.inf
        while self._client.socket() is not None:
            # Were we held up, the answer may lie there unread: a whole turn must have passed in vain.
            waited_s = time.monotonic() - asked_at
            code = self._client.loop(_TURN_S)
            asked_at = min(asked_at, time.monotonic())  # the first turn says CONNECT
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return self._end(
                    error_string(code) + self._doubt(), wordless=code == MQTTErrorCode.MQTT_ERR_CONN_LOST
                )
            if self._accepted_at is None:
                asked, patience_s = _SUBSCRIBE if self._client.is_connected() else _CONNECT
                if waited_s > patience_s:
                    return self._end(f"no answer to {asked} within {patience_s:g} s")
            if stopping.is_set():
                now = time.monotonic()
                leave_by = min(leave_by, now + _FAREWELL_WITHIN_S)
                if not self._tokens:
                    self._client.disconnect()
                    self._client.loop(_TURN_S)
                    return self._end("stopped")
                if now > leave_by:
                    # Without a DISCONNECT, which would unsay our will: the farewell may not be out.
                    return self._end("stopped")
        return self._end("the broker closed the connection", wordless=True)

    def _doubt(self) -> str:
        tls = self._access.tls if self._accepted_at is None else None
        return "" if tls is None else f": {tls.advice}"

    def _let_go(self) -> None:
        """Close the socket, and unhook ourselves, so that paho's client goes when we go."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()
        self._client.on_connect = self._client.on_disconnect = None
        self._client.on_message = self._client.on_publish = self._client.on_subscribe = None

    def _end(self, reason: str, *, wordless: bool = False) -> End:
        lasted_s = None if self._accepted_at is None else time.monotonic() - self._accepted_at
        return ended(
            f"{self._access.host}:{self._access.port}",
            reason,
            refusal=self._refusal,
            farewell=self._farewell,
            lasted_s=lasted_s,
            wordless=wordless,
        )

    def _properties(self, message: Message) -> Properties | None:
        return publish_properties(message, self._attributes(message)) if self._protocol == "5" else None

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
        if self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])
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
        for topic, reason in zip(self._topics, reasons, strict=False):
            if reason.is_failure:
                fix = "allow this user to read it in the broker's access list"
                _log.warning("the broker does not let us subscribe to %s (%s): %s", topic, reason, fix)
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

    def _on_message(self, client: Client, _data: object, message: MQTTMessage) -> None:
        note = received(message)
        if note is None:
            client.ack(message.mid, message.qos)  # without effect where paho acknowledges by itself
        elif self._access.lasting_s and message.qos:
            self._tell(replace(note, receipt=self._receipts.issue(message.mid)))
        else:
            self._tell(note)

    def _on_publish(
        self, _client: Client, _data: object, mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        with self._lock:
            token = self._tokens.pop(mid, None)
            if token is None:  # the answer came before publish returned
                self._early[mid] = reason
                return
        self._tell(_outcome(token, reason))


def _outcome(token: int, reason: ReasonCode) -> Confirmed | Refused:
    if not reason.is_failure:
        return Confirmed(token)
    return Refused(token, str(reason), forbidden=reason.value == _NOT_AUTHORIZED)
