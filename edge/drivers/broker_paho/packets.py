"""What is said to paho's client and what it says, in our own terms and bounds."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.core import topics
from edge.ports import Received

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paho.mqtt.client import MQTTMessage

    from edge.types import Message

LARGEST_RECEIVED = 16 * 1024
"""Messages with more bytes than this are not taken in."""

_LARGEST_PACKET = 64 * 1024  # a broker that speaks MQTT 5 sends us nothing larger
_UNSETTLED = 1000  # messages that are sent to us before one of them is settled
_LONGEST_REPLY_TO = 256  # characters
_LONGEST_CORRELATION = 256  # bytes
_NO_TOPIC = re.compile(r"[#+\x00-\x1f\x7f]")  # filters are no topics
_STALE_S = 90  # what nobody keeps is not worth delivering later

_log = logging.getLogger(__name__)


def connect_properties(lasting_s: int) -> Properties:
    """Return what a connection over MQTT 5 is begun with.

    Args:
        lasting_s: How long the broker keeps our session when we are away; 0 for not.
    """
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
    properties.MaximumPacketSize = _LARGEST_PACKET
    if lasting_s:
        properties.SessionExpiryInterval = lasting_s
        properties.ReceiveMaximum = _UNSETTLED
    return properties


def publish_properties(message: Message, attributes: Mapping[str, str]) -> Properties:
    """Return what goes with a message over MQTT 5.

    Args:
        message: What is published.
        attributes: Its user properties.
    """
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's
    if message.payload.startswith(b"{"):
        properties.ContentType = "application/json"
    if message.qos == 0 and not message.retain:
        properties.MessageExpiryInterval = _STALE_S
    if message.correlation is not None:
        properties.CorrelationData = message.correlation
    if attributes:
        properties.UserProperty = list(attributes.items())
    return properties


def received(message: MQTTMessage) -> Received | None:
    """Return what came in; ``None``, with a line in the log, where it is too large.

    An answer is promised only where it can be given: a topic for it, and data to
    tell it by, of bounded length.
    """
    if len(message.payload) > LARGEST_RECEIVED:
        _log.warning(
            "a message of %d bytes on %s is ignored: %d at most",
            len(message.payload),
            topics.shown(message.topic),
            LARGEST_RECEIVED,
        )
        return None
    reply_to = getattr(message.properties, "ResponseTopic", None)
    if reply_to is not None and (not 0 < len(reply_to) <= _LONGEST_REPLY_TO or _NO_TOPIC.search(reply_to)):
        reply_to = None
    correlation = getattr(message.properties, "CorrelationData", None)
    if correlation is not None and len(correlation) > _LONGEST_CORRELATION:
        reply_to = correlation = None
    return Received(
        message.topic,
        bytes(message.payload),
        retained=bool(message.retain),
        reply_to=reply_to,
        correlation=correlation,
    )
