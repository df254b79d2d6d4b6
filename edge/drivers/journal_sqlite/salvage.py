"""What can still be read of a damaged journal, carried over into a new one.

The new file is complete before it takes the place of the old one, so that a power
cut in between costs nothing: the next start does it again.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from edge.core.gaps import Gap, renumbered
from edge.core.rows import COLUMNS, change_of, post_of
from edge.drivers.journal_sqlite.events import insert, waiting
from edge.drivers.journal_sqlite.file import connect, create, put_aside, storage_errors, take_place
from edge.drivers.journal_sqlite.visit import order_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from edge.types import Message

_EVERYTHING = 2**62
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)

_log = logging.getLogger(__name__)


def begin_anew(path: Path, fault: str, tell_gap: Callable[[Gap, str, int, int], Message]) -> Path:
    """Put a damaged journal aside and begin a new one with what can be read of it.

    Changes, posts and orders are carried over as they are. Events get new numbers in
    a new epoch, after a gap that names the old one.

    Args:
        path: The damaged file.
        fault: What is wrong with it.
        tell_gap: Makes the message of a gap, an epoch, a number and a wall clock.

    Returns:
        Where the damaged file is now.

    Raises:
        StorageError: The disk refuses.
    """
    fresh = _fresh(path)
    with storage_errors(path):
        for suffix in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
        create(fresh)
        with closing(connect(fresh)) as new, closing(_damaged(path)) as old:
            new.execute("begin immediate")
            kept = _carry_over(old, new, tell_gap)
            new.execute("commit")
    _log.warning("%s was damaged: %d changes and %d events are carried over", path, *kept)
    aside = put_aside(path, fault)
    take_place(fresh, path)
    return aside


def finish_beginning_anew(path: Path) -> None:
    """Go on where a power cut came between the damaged file's leaving and the new one's coming.

    Raises:
        StorageError: The disk refuses.
    """
    fresh = _fresh(path)
    if fresh.exists() and not path.exists():
        take_place(fresh, path)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _damaged(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that may be anything."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db


def _carry_over(
    old: sqlite3.Connection, new: sqlite3.Connection, tell_gap: Callable[[Gap, str, int, int], Message]
) -> tuple[int, int]:
    """Copy what can be read; return how many changes and how many events."""
    changes = _copied(old, new, "change", COLUMNS, _is_change)
    _copied(old, new, "meta", ("key", "value"), _is_post)
    _copied(old, new, "orders", ("order_id", "op", "args"), _is_order)
    return changes, _tell_again(old, new, tell_gap)


def _copied(
    old: sqlite3.Connection,
    new: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    sound: Callable[[Sequence[object]], bool],
) -> int:
    """Copy the rows of a table that can be read and make sense, in their order."""
    key = "key" if table == "meta" else "rowid"
    names = ", ".join(columns)
    found: dict[object, Sequence[object]] = {}
    for order in ("", " desc"):  # from both ends, as far as they can be read
        with suppress(*_UNREADABLE):
            query = f"select {key}, {names} from {table} order by {key}{order}"  # noqa: S608 - constants
            found.update((row[0], row[1:]) for row in old.execute(query) if sound(row[1:]))
    places = ", ".join("?" for _ in columns)
    insert_or_ignore = f"insert or ignore into {table}({names}) values({places})"
    return new.executemany(insert_or_ignore, [found[key] for key in sorted(found, key=_rank)]).rowcount


def _rank(key: object) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))


def _tell_again(
    old: sqlite3.Connection, new: sqlite3.Connection, tell_gap: Callable[[Gap, str, int, int], Message]
) -> int:
    """Copy the events that can be read under new numbers, behind a gap; return how many."""
    (epoch,) = new.execute("select value from meta where key = 'epoch'").fetchone()
    newest_ns, kept, bad, last = 0, 0, 0, 0
    whole = True
    for attempt in range(2):
        if attempt:
            last = max(last, _lowest_from_behind(old) - 1)
        try:
            for seq, event in waiting(old, last, _EVERYTHING):
                last = seq
                if event is None:
                    bad += 1
                    continue
                with suppress(ValueError):  # not ours
                    message = renumbered(event.message, epoch=epoch, seq=kept + 2)
                    insert(new, kept + 2, message, event.stored_ns, sent=event.sent)
                    newest_ns = max(newest_ns, event.stored_ns)
                    kept += 1
            break
        except _UNREADABLE:
            whole = False
    gap = Gap(bad if whole else None, "damaged", lost_epoch=_epoch(old))
    insert(new, 1, tell_gap(gap, epoch, 1, newest_ns), newest_ns)
    return kept


def _lowest_from_behind(old: sqlite3.Connection) -> int:
    """Return the lowest number that can be read from the newest one backwards."""
    lowest = _EVERYTHING
    with suppress(*_UNREADABLE):
        for (seq,) in old.execute("select seq from event order by seq desc"):
            lowest = seq
    return lowest


def _epoch(old: sqlite3.Connection) -> str | None:
    with suppress(*_UNREADABLE):
        found = old.execute("select value from meta where key = 'epoch'").fetchone()
        if found is not None and str(found[0]).isalnum():
            return str(found[0])[:64]
    return None


def _is_change(row: Sequence[object]) -> bool:
    try:
        change_of(row)
    except ValueError:
        return False
    return True


def _is_order(row: Sequence[object]) -> bool:
    order_id, op, args = row
    return isinstance(order_id, int) and order_of(order_id, op, args) is not None


def _is_post(row: Sequence[object]) -> bool:
    key, value = row
    if not isinstance(key, str) or not key.startswith("post/"):
        return False
    try:
        post_of(key.removeprefix("post/"), value)
    except ValueError:
        return False
    return True
