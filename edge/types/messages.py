"""What goes out to the broker, and what people order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes for a topic.

    Attributes:
        topic: Full MQTT topic.
        payload: Canonical JSON, plain text or a JPEG.
        qos: 0 or 1.
        retain: Whether the broker keeps it for newcomers.
    """

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


EVERY_CHANGE = "*"
"""In place of a ``change_id`` in an order: all that are open."""

EVERY_CAMERA = "*"
"""In place of a ``camera`` in an order: all of the device."""


@dataclass(frozen=True, slots=True)
class Order:
    """Something a person wants done.

    Attributes:
        order_id: Identifies the order until it is carried out.
        op: What to do: ``accept``, ``relearn``, ``arm`` or ``disarm``.
        args: ``change_id`` for ``accept``, ``camera`` for the others; ``"*"`` for
            all.
    """

    order_id: int
    op: str
    args: Mapping[str, str]
