"""The topics of docs/mqtt.md, read from its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docs.mqtt_page import PAGE
from docs.mqtt_samples import CAMERA, DEVICE, EPOCH
from edge.core import topics

ROW = re.compile(
    r"^\| `(?P<topic>[^`]+)` \| (?P<qos>[01]) \| (?P<retain>yes|no) \| (?P<payload>[^|]+) \|", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        topic: In full, as the device and the camera of the examples have it.
        qos: With which it is published.
        retain: Whether the broker is to keep it.
        payload: What it holds: a schema's name in backticks, or words.
    """

    topic: str
    qos: int
    retain: bool
    payload: str


def topic_rows() -> list[Row]:
    """Return every topic, what is heard after what is said."""
    return [
        Row(_full(found["topic"]), int(found["qos"]), found["retain"] == "yes", found["payload"])
        for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    ]


def _full(topic: str) -> str:
    named = topic.replace("DEVICE", DEVICE).replace("CAMERA", CAMERA).replace("EPOCH", EPOCH)
    return named if named.startswith("homeassistant/") else f"{topics.base(DEVICE)}/{named}"
