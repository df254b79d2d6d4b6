"""What is said about a command once it is carried out or refused: ``stillwatch.cmd-result/1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.encoding import canonical, rfc3339
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

RESULT = "stillwatch.cmd-result/1"
MAX_ERROR_CHARS = 400

_COMMAND_ID, _REPLY_TO, _CORRELATION = "command_id", "reply_to", "correlation"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who gave a command, as far as an answer needs it.

    Attributes:
        reply_to: Full topic of the answer.
        command_id: What the sender calls the command; ``None`` for no name.
        correlation: What the answer must carry, over MQTT 5.
    """

    reply_to: str
    command_id: str | None = None
    correlation: bytes | None = None

    def args(self) -> dict[str, str]:
        """Return the same as arguments of an order, which is how it is stored."""
        args = {_REPLY_TO: self.reply_to}
        if self.command_id is not None:
            args[_COMMAND_ID] = self.command_id
        if self.correlation is not None:
            args[_CORRELATION] = self.correlation.hex()
        return args


def sender_of(args: Mapping[str, str]) -> Sender | None:
    """Return who gave an order; ``None`` where nobody waits for an answer, or it is damaged."""
    if _REPLY_TO not in args:
        return None
    try:
        correlation = bytes.fromhex(args[_CORRELATION]) if _CORRELATION in args else None
    except ValueError:
        correlation = None
    return Sender(args[_REPLY_TO], args.get(_COMMAND_ID), correlation)


def answer(
    sender: Sender, *, ts_ns: int, error: str | None = None, data: Mapping[str, object] | None = None
) -> Message:
    """Return what to tell the sender of a command.

    Args:
        sender: Whom.
        ts_ns: Wall clock of the telling.
        error: Why it was refused; ``None`` when it was carried out.
        data: What was asked for, where something was.
    """
    payload = canonical(
        {
            "schema": RESULT,
            "ts": rfc3339(ts_ns),
            "id": sender.command_id,
            "ok": error is None,
            "error": None if error is None else error[:MAX_ERROR_CHARS],
            "data": None if data is None else dict(data),
        }
    )
    return Message(sender.reply_to, payload, qos=1, retain=False, correlation=sender.correlation)
