"""The statements that both databases understand; ``?`` stands for a value."""

from __future__ import annotations

from dataclasses import fields

from edge.core.told import ToldEvent, ToldGap

UNREADABLE_KEPT = 10_000
"""Different messages that are kept apart because nobody can read them."""

EVENT_COLUMNS = tuple(field.name for field in fields(ToldEvent))
GAP_COLUMNS = (*(field.name for field in fields(ToldGap) if field.name != "seq"), "told_by")

ADD_UNREADABLE = (
    "insert into unreadable(digest, topic, payload, fault, times, first_received, last_received) "
    "values(?, ?, ?, ?, 1, ?, ?) on conflict(digest) do update "
    "set times = unreadable.times + 1, last_received = excluded.last_received"
)
PRUNE_UNREADABLE = (
    "delete from unreadable where digest not in "
    "(select digest from unreadable order by last_received desc limit ?)"
)
SET_ASIDE = (
    "insert into early(device, epoch, first_seq, payload) values(?, ?, ?, ?) "
    "on conflict(device, epoch, first_seq) do update set payload = excluded.payload"
)
NEXT_EARLY = (
    "select payload from early where device = ? and epoch = ? and first_seq > ? order by first_seq limit 1"
)
USED_EARLY = "delete from early where device = ? and epoch = ? and first_seq <= ?"

BEGIN = (
    "insert into cursors(seq, newest, waiting, last_ts, moved, device, epoch, began) "
    "values(?, ?, ?, ?, ?, ?, ?, ?)"
)
MOVE = (
    "update cursors set seq = ?, newest = ?, waiting = ?, last_ts = ?, moved = ? "
    "where device = ? and epoch = ? and seq = ?"
)
META = "select value from meta where key = ?"
COUNT_UNREADABLE = "select count(*) from unreadable"


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = (*columns, "received")
    values = ", ".join("?" for _ in names)
    return f"insert into {table}({', '.join(names)}) values({values}) on conflict do nothing"


ADD_EVENT = _insert("events", EVENT_COLUMNS)
ADD_GAP = _insert("gaps", GAP_COLUMNS)


def positions(moment: str) -> str:
    """Return the question how far every sequence is kept.

    Args:
        moment: How a moment becomes text, with ``{}`` for its column.
    """
    return f"select device, epoch, seq, newest, waiting, {moment.format('last_ts')} from cursors"  # noqa: S608 - constants


def standings(moment: str) -> str:
    """Return the question how every sequence stands; ``moment`` as above."""
    return (
        f"select c.device, c.epoch, c.seq, c.newest, c.waiting, {moment.format('c.last_ts')}, "  # noqa: S608 - constants
        "(select count(*) from events e where e.device = c.device and e.epoch = c.epoch), "
        "(select count(*) from gaps g where g.device = c.device and g.epoch = c.epoch), "
        "(select coalesce(sum(g.last_seq - g.first_seq + 1), 0) from gaps g "
        "where g.device = c.device and g.epoch = c.epoch), "
        f"{moment.format('c.began')} from cursors c order by c.device, c.began"
    )
