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
        correlation: What tells an answer from others, over MQTT 5; ``None`` for none.
    """

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    correlation: bytes | None = None


EVERY_CHANGE = "*"
"""In place of a ``change_id`` in an order: all that are open."""

EVERY_CAMERA = "*"
"""In place of a ``camera`` in an order: all of the device."""


@dataclass(frozen=True, slots=True)
class Order:
    """Something a person wants done.

    Attributes:
        order_id: Identifies the order until it is carried out.
        op: What to do: ``accept``, ``relearn``, ``arm``, ``disarm``, ``sensitivity`` or
            ``snapshot``.
        args: ``change_id`` for ``accept``, ``camera`` for all; ``"*"`` for all of them.
            With ``change_id`` ``"*"``, ``change_ids``: those that were open when it was
            given, with spaces between. ``value`` for ``sensitivity``. And who waits for
            an answer, where somebody does.
    """

    order_id: int
    op: str
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command that somebody waits for.

    Attributes:
        message: What to tell them, once.
        command_id: What they call the command; ``None`` for no name.
    """

    message: Message
    command_id: str | None = None
