"""What Home Assistant was shown of a device, so that what is gone can be taken away again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.encoding import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 256 * 1024

_TOPIC = re.compile(r"[A-Za-z0-9_/-]{1,256}")
_ID = re.compile(r"[a-z0-9_-]{1,64}")
_PLATFORM = re.compile(r"[a-z_]{1,32}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a broker was given to keep.

    Attributes:
        topic: Where.
        platforms: The platform of each entity, by its id within the device.
    """

    topic: str
    platforms: Mapping[str, str]


def packed(shown: Shown) -> bytes:
    """Return the same as bytes."""
    return canonical({"topic": shown.topic, "platforms": dict(shown.platforms)})


def unpacked(content: bytes) -> Shown:
    """Return what ``packed`` was given.

    Raises:
        ValueError: It is something else, or longer than ``MOST_BYTES``.
    """
    match _document(content):
        case {"topic": str(topic), "platforms": dict(platforms)} if _TOPIC.fullmatch(topic):
            if all(_is_entity(*pair) for pair in platforms.items()):
                return Shown(topic, platforms)
    msg = "not what was written there"
    raise ValueError(msg)


def _document(content: bytes) -> object:
    try:
        return json.loads(content) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None


def _is_entity(name: str, platform: object) -> bool:
    return bool(_ID.fullmatch(name) and isinstance(platform, str) and _PLATFORM.fullmatch(platform))
