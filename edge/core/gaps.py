"""Numbers behind which there is no event any more: told, so that nobody waits for them.

A gap is told in sequence, like an event. It takes up every number from the first one
it names to its own; who applies it goes on behind its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast, get_args

from edge.core import topics
from edge.core.encoding import canonical, rfc3339
from edge.core.wire import EVENT_START, GAP
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Reason = Literal["damaged", "full", "refused", "confirmed"]
"""Why events are missing: the journal could not be read, had no room for them, the
broker would not take them, or the consumer that misses them has confirmed them before."""

GAP_START = b'{"schema":"' + GAP.encode() + b'",'
"""What the payload of every gap begins with."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that are missing.

    Attributes:
        count: How many; ``None`` where nobody knows.
        reason: Why.
        lost: First and last number they had in this epoch, inclusive; ``None`` where
            they never had one.
        lost_epoch: The epoch they were numbered in, where that is over.
    """

    count: int | None
    reason: Reason
    lost: tuple[int, int] | None = None
    lost_epoch: str | None = None


def gap_message(gap: Gap, *, ts_ns: int, device: str, epoch: str, seq: int) -> Message:
    """Return a gap as ``stillwatch.gap/1``, on its topic.

    Args:
        gap: What is missing.
        ts_ns: Wall clock of the telling.
        device: The device's id.
        epoch: The journal's random id.
        seq: The gap's own number, the last of ``lost`` where there is such a thing.
    """
    first, last = gap.lost or (None, None)
    payload = canonical(
        {
            "schema": GAP,
            "ts": rfc3339(ts_ns),
            "device": device,
            "epoch": epoch,
            "seq": seq,
            "first_seq": first,
            "last_seq": last,
            "count": gap.count,
            "reason": gap.reason,
            "lost_epoch": gap.lost_epoch,
        }
    )
    return Message(topics.gap(topics.base(device)), payload, qos=1, retain=False)


def gap_teller(device: str) -> Callable[[Gap, str, int, int], Message]:
    """Return what makes the messages of a device's gaps, as a journal needs it.

    It takes a gap, an epoch, a number and a wall clock.
    """

    def tell(gap: Gap, epoch: str, seq: int, ts_ns: int) -> Message:
        return gap_message(gap, ts_ns=ts_ns, device=device, epoch=epoch, seq=seq)

    return tell


def is_gap(payload: bytes) -> bool:
    """Return whether a message of ours tells a gap."""
    return payload.startswith(GAP_START)


def gap_of(payload: bytes) -> Gap:
    """Return the gap that a message of ours tells.

    Raises:
        ValueError: It tells none.
    """
    try:
        said = json.loads(payload)
        first, last, count, lost_epoch = (said[k] for k in ("first_seq", "last_seq", "count", "lost_epoch"))
        reason = said["reason"]
    except (ValueError, LookupError, TypeError) as error:
        msg = "this is no gap"
        raise ValueError(msg) from error
    if not is_gap(payload) or reason not in get_args(Reason):
        msg = "this is no gap"
        raise ValueError(msg)
    return Gap(count, cast("Reason", reason), None if first is None else (first, last), lost_epoch)


def joined(parts: Sequence[tuple[int, Gap]]) -> tuple[int, Gap]:
    """Return one gap in place of several that follow one another, and its number.

    Args:
        parts: Gaps of one reason with their own numbers, at least one, in order.
    """
    counts = [gap.count for _, gap in parts]
    seq, first = parts[-1][0], first_of(*parts[0])
    known = [count for count in counts if count is not None]
    count = sum(known) if len(known) == len(counts) else None
    return seq, Gap(count, parts[0][1].reason, (first, seq))


def first_of(seq: int, gap: Gap) -> int:
    """Return the first number that a gap takes up."""
    return seq if gap.lost is None else gap.lost[0]


def renumbered(message: Message, *, epoch: str, seq: int) -> Message:
    """Return a stored message as it is told in another epoch.

    Raises:
        ValueError: It is neither an event nor a gap of ours.
    """
    if not message.payload.startswith((GAP_START, EVENT_START)):
        msg = "this is neither an event nor a gap"
        raise ValueError(msg)
    said = json.loads(message.payload)
    if is_gap(message.payload):
        said |= {"first_seq": None, "last_seq": None, "lost_epoch": said.get("lost_epoch") or said["epoch"]}
    return replace(message, payload=canonical(said | {"epoch": epoch, "seq": seq}))
