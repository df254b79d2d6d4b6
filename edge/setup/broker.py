"""The broker: is it there, is it who it should be, does it let us in, and may we speak."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, TypeVar

from edge.config.certificate import SOON_DAYS, own_certificate
from edge.core import topics
from edge.core.encoding import rfc3339
from edge.errors import ConfigError, DeliveryError
from edge.ports import Connected, Disconnected, Note, Received, Refused
from edge.setup.findings import BROKER, Finding, failure, failures, ok, warning
from edge.types import Message

if TYPE_CHECKING:
    from edge.config import Config
    from edge.config.certificate import Certificate
    from edge.ports import Broker
    from edge.ports.examining import Surroundings

CONNECT_WITHIN_S = 20.0
ANSWER_WITHIN_S = 5.0
DAY_NS = 86_400 * 10**9

Awaited = TypeVar("Awaited", bound=Note)


def check_broker(config: Config, around: Surroundings, *, word: str) -> list[Finding]:
    """Reach the broker, log in, publish one message and hear it again.

    Args:
        config: Where the broker is, and who we are.
        around: Gives the broker, and the way to it.
        word: What the message says; unlike any other.
    """
    mqtt = config.mqtt
    try:
        own = own_certificate(mqtt)
    except ConfigError as error:
        return failures("mqtt", error)
    try:
        greeting = around.greet(mqtt)
    except DeliveryError as error:
        return [*_own(own, config, around), *failures("broker", error, code=BROKER)]
    encrypted = "encrypted, its name verified" if mqtt.tls else "not encrypted"
    found = [ok("broker", f"{mqtt.host}:{mqtt.port} ({greeting.address}) answers; {encrypted}")]
    if greeting.expires_ns is not None:
        found.append(_certificate(greeting.expires_ns, around.clock.now().wall_ns))
    found += _own(own, config, around)
    if own is not None and around.holder(config.device.state_dir) is not None:
        # A broker that goes by certificates would take us for the device, and throw it out.
        return [*found, ok("mqtt", "not tried: the device itself is connected with the same certificate")]
    topic = topics.doctor(topics.base(config.device.id))
    try:
        broker = around.broker(config, topic)
    except ConfigError as error:
        return [*found, *failures("mqtt", error)]
    return [*found, _spoken(broker, Message(topic, word.encode(), qos=1, retain=False))]


def _certificate(expires_ns: int, now_ns: int) -> Finding:
    days = (expires_ns - now_ns) // DAY_NS
    text = f"good until {rfc3339(expires_ns)[:10]}, {days} days"
    if days < SOON_DAYS:
        return warning("certificate", text, "renew it on the broker: afterwards nothing is delivered")
    return ok("certificate", text)


def _own(own: Certificate | None, config: Config, around: Surroundings) -> list[Finding]:
    """Say whether the certificate that we show is good, and whether it is this device's."""
    if own is None:
        return []
    days = own.days_left(around.clock.now().wall_ns)
    text = f"ours is for {own.name or 'nobody'}, good until {rfc3339(own.expires_ns)[:10]}, {days} days"
    if days < SOON_DAYS:
        fix = "have it renewed, and put it in the place of mqtt.cert_file: afterwards the broker refuses us"
        return [warning("certificate", text, fix)]
    if own.name != config.device.id:
        fix = f'name the one for {config.device.id} in mqtt.cert_file, or write device.id = "{own.name}"'
        return [warning("certificate", f"{text}; a broker may take us for another device", fix)]
    return [ok("certificate", text)]


def _spoken(broker: Broker, message: Message) -> Finding:
    """Publish a message, and say whether it came back."""
    notes: queue.SimpleQueue[Note] = queue.SimpleQueue()
    broker.start(notes.put)
    try:
        connected = _next(notes, (Connected, Disconnected), within_s=CONNECT_WITHIN_S)
        if not isinstance(connected, Connected):
            reason = connected.reason if isinstance(connected, Disconnected) else "no answer to CONNECT"
            text, _, fix = reason.rpartition(": ") if "check mqtt." in reason else (reason, "", "")
            return failure("mqtt", text, fix or "see the broker's log", code=BROKER)
        began = time.perf_counter()
        broker.publish(message)
        answer = _next(notes, (Received, Refused, Disconnected), within_s=ANSWER_WITHIN_S)
        elapsed_ms = 1000 * (time.perf_counter() - began)
    finally:
        broker.stop()
    version = f"MQTT {connected.protocol}: let in"
    if isinstance(answer, Received):
        return ok("mqtt", f"{version}, published and heard below {message.topic} in {elapsed_ms:.0f} ms")
    said = answer.reason if isinstance(answer, (Refused, Disconnected)) else "the message did not come back"
    base = message.topic.rpartition("/")[0]
    fix = f"allow this user to read and write {base}/# in the broker's access list"
    return failure(
        "mqtt", f"{version}, but may not publish and subscribe below {base} ({said})", fix, code=BROKER
    )


def _next(
    notes: queue.SimpleQueue[Note], kinds: tuple[type[Awaited], ...], *, within_s: float
) -> Awaited | None:
    """Return the next note of some kinds, ``None`` when none comes in time."""
    give_up_at = time.monotonic() + within_s
    while (left_s := give_up_at - time.monotonic()) > 0:
        try:
            note = notes.get(timeout=left_s)
        except queue.Empty:
            return None
        if isinstance(note, kinds):
            return note
    return None
