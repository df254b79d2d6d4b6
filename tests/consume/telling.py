"""What devices tell consumers, as tests need it."""

from __future__ import annotations

import json
from functools import cache

from edge.core import topics
from edge.core.gaps import Gap, gap_message
from edge.core.hearing import read
from edge.core.told import ToldEvent, ToldGap
from edge.core.wire import event_payload
from edge.types import Message
from tests.samples import NOON_NS, a_change, an_event

DEVICE, EPOCH = "bench1", "9f3a6c01"
KEY = (DEVICE, EPOCH)


def event_message(seq: int, *, device: str = DEVICE, epoch: str = EPOCH, camera: str = "shelf") -> Message:
    """Return an event as a device publishes it."""
    payload = event_payload(
        an_event(a_change(camera=camera)),
        device=device,
        epoch=epoch,
        seq=seq,
        boot="b",
        ts_ns=NOON_NS,
        clock_synced=True,
    )
    return Message(topics.event(topics.base(device), camera), payload)


def gap_of(first: int, seq: int, *, device: str = DEVICE, epoch: str = EPOCH) -> Message:
    """Return a gap as a device publishes it."""
    gap = Gap(seq - first + 1, "full", (first, seq))
    return gap_message(gap, ts_ns=NOON_NS, device=device, epoch=epoch, seq=seq)


@cache
def told(seq: int, *, device: str = DEVICE, epoch: str = EPOCH) -> ToldEvent:
    """Return an event as it was read."""
    message = event_message(seq, device=device, epoch=epoch)
    event = read(message.topic, message.payload)
    assert isinstance(event, ToldEvent)
    return event


def told_gap(first: int, seq: int) -> ToldGap:
    """Return a gap as it was read."""
    message = gap_of(first, seq)
    gap = read(message.topic, message.payload)
    assert isinstance(gap, ToldGap)
    return gap


def altered(message: Message, **changes: object) -> Message:
    """Return a message with other values at some keys; ``...`` removes a key."""
    document = json.loads(message.payload) | changes
    kept = {key: value for key, value in document.items() if value is not ...}
    return Message(message.topic, json.dumps(kept).encode(), message.qos, message.retain)
