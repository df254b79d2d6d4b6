"""How a connection ended, in plain words, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

_TAKEN_OVER = 142
_UNSUPPORTED_VERSION = 132
_ADVICE = {
    _UNSUPPORTED_VERSION: 'set mqtt.protocol to "3.1.1" or "auto"',
    133: "choose another device id",
    134: "check mqtt.username and mqtt.password_file",
    135: "check mqtt.username, mqtt.password_file and the broker's access list",
    _TAKEN_OVER: "another client has the same device id; give each device an id of its own ([device] id)",
    149: "a message was larger than the broker takes",
}


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended.

    Attributes:
        reason: What happened and what to do, in plain words.
        accepted: Whether the broker took us at all.
        other_version: Whether the other version of MQTT may fare better.
        lasted_s: Seconds since the broker took us; 0 if it never did.
        taken_over: Whether the broker says that another client took our place.
        wordless: Whether the broker took us, and then closed the connection and
            did not say why.
    """

    reason: str
    accepted: bool = False
    other_version: bool = False
    lasted_s: float = 0.0
    taken_over: bool = False
    wordless: bool = False


def ended(  # noqa: PLR0913 - an end has this many sides
    broker: str,
    reason: str,
    *,
    refusal: ReasonCode | None,
    farewell: ReasonCode | None,
    lasted_s: float | None,
    wordless: bool,
) -> End:
    """Return how a connection ended; what the broker said outweighs what was seen.

    Args:
        broker: Host and port.
        reason: What was seen at this end.
        refusal: What the broker answered to CONNECT, where it refused us.
        farewell: What it said as it closed the connection.
        lasted_s: Seconds since the broker took us; ``None`` if it never did.
        wordless: Whether it closed the connection, as far as was seen.
    """
    said = refusal or farewell
    if said is not None and said.is_failure:
        advice = _ADVICE.get(said.value)
        reason = f"the broker says: {said}" + (f": {advice}" if advice else "")
    accepted = lasted_s is not None
    return End(
        f"{broker}: {reason}",
        accepted=accepted,
        other_version=not accepted and (refusal is None or refusal.value == _UNSUPPORTED_VERSION),
        lasted_s=lasted_s or 0.0,
        taken_over=said is not None and said.value == _TAKEN_OVER,
        wordless=wordless and said is None and accepted,
    )
