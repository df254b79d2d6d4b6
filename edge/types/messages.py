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


@dataclass(frozen=True, slots=True)
class Order:
    """Something a person wants done.

    Attributes:
        order_id: Identifies the order until it is carried out.
        op: What to do: ``accept`` or ``relearn``.
        args: ``change_id`` (``"*"`` for all) or ``camera``.
    """

    order_id: int
    op: str
    args: Mapping[str, str]
