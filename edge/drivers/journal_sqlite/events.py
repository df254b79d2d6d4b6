"""The journal's table of events: stored with a checksum, replaced by gaps where they are lost.

What is here works in the transaction of its caller.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from edge.core.gaps import GAP_START, Gap, first_of, gap_of, is_gap, joined
from edge.ports import Queued
from edge.types import EventType, Message

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from edge.core.gaps import Reason

DROPPED_AT_ONCE = 64
"""How many events make room together, at least."""

LAST_SEQ = (
    "select max(coalesce((select max(seq) from event), 0), (select value from meta where key = 'last_seq'))"
)
"""Asks for the highest number that was ever given to an event."""

_COLUMNS = "seq, topic, qos, retain, stored_ns, payload, crc, sent"
_UPDATED = f'"event_type":"{EventType.CHANGE_UPDATED.value}"'.encode()
_HEAD = 200  # bytes at the beginning of a payload that hold the type of an event


def insert(db: sqlite3.Connection, seq: int, said: Message, now_ns: int, *, sent: bool = False) -> None:
    """Store what is to be published under a number."""
    head = (seq, said.topic, said.qos, int(said.retain), now_ns)
    row = (*head, said.payload, _crc(head, said.payload), int(sent))
    db.execute("insert into event values(?, ?, ?, ?, ?, ?, ?, ?)", row)


def waiting(
    db: sqlite3.Connection, after_seq: int, at_most: int, *, backwards: bool = False
) -> Iterator[tuple[int, Queued | None]]:
    """Yield what waits by its number, ``None`` for what is damaged."""
    order = "seq < ? order by seq desc" if backwards else "seq > ? order by seq"
    query = f"select {_COLUMNS} from event where {order} limit ?"  # noqa: S608 - constants
    for row in db.execute(query, (after_seq, at_most)):
        yield row[0], _queued(*row)


def progress(db: sqlite3.Connection) -> tuple[int, int]:
    """Return how far events are deleted from the first on, and the highest that was sent."""
    (last,) = db.execute(LAST_SEQ).fetchone()
    (sent,) = db.execute("select max(seq) from event where sent = 1").fetchone()
    acked = int(last)
    for seq, event in waiting(db, 0, 1):
        gap = gap_of(event.message.payload) if event and is_gap(event.message.payload) else None
        acked = (seq if gap is None else first_of(seq, gap)) - 1
    return acked, acked if sent is None else int(sent)


def least_wanted(db: sqlite3.Connection, *, only_updates: bool) -> list[int]:
    """Return the numbers of events that can best be done without, oldest first.

    Those that were sent are left alone: an answer to them may be on its way.
    """
    (count,) = db.execute("select count(*) from event").fetchone()
    wanted = f"and instr(substr(payload, 1, {_HEAD}), ?2) > 0" if only_updates else "and ?2 is not null"
    query = (
        f"select seq from event where sent = 0 and instr(payload, ?1) <> 1 {wanted} "  # noqa: S608 - constants
        "order by seq limit ?3"
    )
    found = db.execute(query, (GAP_START, _UPDATED, max(count // 16, DROPPED_AT_ONCE)))
    return [seq for (seq,) in found]


def put_gaps(
    db: sqlite3.Connection,
    seqs: Sequence[int],
    reason: Reason,
    tell: Callable[[Gap, int], Message],
    now_ns: int,
) -> None:
    """Put gaps in place of events, one for those that follow one another.

    Args:
        db: The journal.
        seqs: Numbers of events, in order.
        reason: Why they are lost.
        tell: Makes the message of a gap and a number.
        now_ns: Wall clock of the storing.
    """
    for first, last in _runs(seqs):
        parts = [(seq, Gap(1, reason, (seq, seq))) for seq in range(first, last + 1)]
        before = _gap(db, f"seq = {first - 1}", reason)
        after = _gap(db, f"seq > {last} order by seq limit 1", reason)
        if before is not None:
            parts.insert(0, before)
        if after is not None and first_of(*after) == last + 1:
            parts.append(after)
        db.execute("delete from event where seq between ? and ?", (parts[0][0], parts[-1][0]))
        seq, gap = joined(parts)
        insert(db, seq, tell(gap, seq), now_ns)


def _runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of numbers that follow one another."""
    first = last = None
    for seq in seqs:
        if first is None or last is None:
            first = last = seq
        elif seq == last + 1:
            last = seq
        else:
            yield first, last
            first = last = seq
    if first is not None and last is not None:
        yield first, last


def _gap(db: sqlite3.Connection, where: str, reason: Reason) -> tuple[int, Gap] | None:
    """Return a gap that nobody was told of yet, if it is one, and such as can be joined."""
    row = db.execute(f"select {_COLUMNS} from event where {where}").fetchone()  # noqa: S608 - numbers
    event = None if row is None else _queued(*row)
    if event is None or event.sent:
        return None
    try:
        gap = gap_of(event.message.payload)
    except ValueError:
        return None
    return (event.seq, gap) if gap.reason == reason and gap.lost_epoch is None else None


def _crc(head: tuple[object, ...], payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(repr(head).encode()))


def _queued(  # noqa: PLR0913, PLR0917 - the columns of a row
    seq: int, topic: str, qos: int, retain: int, stored_ns: int, payload: object, crc: int, sent: int
) -> Queued | None:
    if not isinstance(payload, bytes) or _crc((seq, topic, qos, retain, stored_ns), payload) != crc:
        return None
    return Queued(seq, Message(topic, payload, qos=qos, retain=bool(retain)), stored_ns, sent=bool(sent))
