"""Commands that came before, each under its own key of ``meta``: none is carried out twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.commands import REMEMBERED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from edge.types import Answer

_PREFIX = "cmd/"
_DIGITS = 19  # of the number of an order, so that text sorts as numbers do

_FORGET = (
    "delete from meta where key in (select key from meta where key >= 'cmd/' and key < 'cmd0' "
    "order by value desc limit -1 offset ?)"
)
_ANSWERED = f"update meta set value = substr(value, 1, {_DIGITS}) || ' ' || ? where key = ?"  # noqa: S608 - constant


def remember(db: sqlite3.Connection, command_id: str, order_id: int) -> None:
    """Remember a command, and forget the oldest; in the caller's transaction."""
    db.execute("insert into meta values(?, ?)", (_PREFIX + command_id, f"{order_id:0{_DIGITS}}"))
    db.execute(_FORGET, (REMEMBERED,))


def answered(db: sqlite3.Connection, answers: Iterable[Answer]) -> None:
    """Remember what was answered to commands that are remembered; in the caller's transaction."""
    named = [(a.message.payload.decode(), _PREFIX + a.command_id) for a in answers if a.command_id]
    db.executemany(_ANSWERED, named)


def answer_to(db: sqlite3.Connection, command_id: str) -> bytes | None:
    """Return what was answered to a command; empty while nothing was, ``None`` for an unknown one."""
    found = db.execute("select value from meta where key = ?", (_PREFIX + command_id,)).fetchone()
    return None if found is None else str(found[0]).partition(" ")[2].encode()
