"""The journal as the device itself uses it."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.gaps import Gap, is_gap
from edge.core.rows import COLUMNS, row_of, text_of
from edge.drivers.journal_sqlite import commands
from edge.drivers.journal_sqlite.events import LAST_SEQ, insert, least_wanted, progress, put_gaps, waiting
from edge.drivers.journal_sqlite.file import (
    PAGE_BYTES,
    create,
    find_fault,
    is_full,
    storage_errors,
)
from edge.drivers.journal_sqlite.reserve import Reserve
from edge.drivers.journal_sqlite.salvage import begin_anew, finish_beginning_anew
from edge.drivers.journal_sqlite.visit import SqliteVisit, post_key
from edge.errors import StorageError
from edge.types import EventType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from edge.core.gaps import Reason
    from edge.ports import Entry, Queued
    from edge.types import Event, Message, Order

ENDED_KEPT = 10_000
"""How many changes that have ended are remembered."""

RESERVE_BYTES = 1 << 20
"""Room set aside on the disk for the time when it is full."""

_UPSERT = (
    f"insert into change values({', '.join('?' for _ in COLUMNS)}) "
    f"on conflict(change_id) do update set {', '.join(f'{name} = excluded.{name}' for name in COLUMNS[1:])}"
)
_REMEMBER = "insert into meta values(?, ?) on conflict(key) do update set value = excluded.value"
_CARRIED_OUT = "delete from orders where order_id = ?"
_PRUNE = (
    "delete from change where rowid in (select rowid from change where ended_ns is not null "
    "order by ended_ns desc limit -1 offset ?)"
)
_log = logging.getLogger(__name__)


class SqliteJournal(SqliteVisit):
    """The journal of this device; implements ``edge.ports.Journal``.

    One thread uses it at a time; it may be handed from one to another.

    Attributes:
        quarantined: Where a damaged file was put when this one was begun in its
            place; ``None`` when the file was sound.
    """

    def __init__(
        self,
        path: Path,
        *,
        encode: Callable[[Event, str, int], Message],
        encode_gap: Callable[[Gap, str, int, int], Message],
        max_bytes: int = 16 << 20,
    ) -> None:
        """Open the journal, or begin one; its folder must exist.

        A damaged file is put aside under ``<name>.damaged``, in place of an
        earlier one; what can be read of it is carried over.

        Args:
            path: The file; others may not read it.
            encode: Makes the live message of an event, an epoch and a number.
            encode_gap: Makes the message of a gap, an epoch, a number and a wall clock.
            max_bytes: Largest size of the file.

        Raises:
            StorageError: The disk refuses, or the file is of a newer version.
        """
        finish_beginning_anew(path)
        fault = find_fault(path, thorough=True) if path.exists() else None
        self.quarantined = begin_anew(path, fault, encode_gap) if fault else None
        with storage_errors(path):
            create(path)
        super().__init__(path)
        self._encode = encode
        self._encode_gap = encode_gap
        self._largest_page_count = max(max_bytes // PAGE_BYTES, 64)
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"), min(max_bytes // 4, RESERVE_BYTES))
        self._limit(self._largest_page_count)
        self._depth = super().depth()
        self._epoch = super().epoch

    @property
    def epoch(self) -> str:
        """Random id made with the file; events are ``(device, epoch, seq)``."""
        return self._epoch

    def depth(self) -> int:
        """Return how many events wait; costs nothing."""
        return self._depth

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Store all of it or nothing; when this returns, a power cut cannot undo it.

        Where the file or the disk is full, room is made: by the oldest changes that
        have ended, by updates of changes that were never sent, by other events that
        were never sent. Gaps take the place of events.

        Raises:
            StorageError: The disk refuses; nothing was stored.
        """
        reclaimed = False
        while True:
            try:
                self._store(entry, now_ns, lost)
                break
            except StorageError as error:
                if not is_full(error):
                    raise
                # Never twice in a row: what is refused leaves something to reclaim each time.
                reclaimed = not reclaimed and self._reclaim()
                if reclaimed or self._forget_changes() or self._drop(now_ns, only_updates=True):
                    continue
                kept = [event for event in entry.events if event.event_type is not EventType.CHANGE_UPDATED]
                if len(kept) == len(entry.events) and not self._drop(now_ns, only_updates=False):
                    raise
                lost += len(entry.events) - len(kept)
                entry = replace(entry, events=kept)
        self._depth += len(entry.events) + bool(lost)
        if self._reserve.refill():
            self._limit(self._largest_page_count)

    def queued(self, after_seq: int, at_most: int) -> list[Queued]:
        """Return events above ``after_seq``, oldest first; a gap where they are damaged."""
        with storage_errors(self._path):
            found = dict(waiting(self._db, after_seq, at_most))
        damaged = [seq for seq, event in found.items() if event is None]
        if not damaged:
            return [event for event in found.values() if event]
        _log.error("events %s in %s are damaged, and lost", damaged, self._path)
        newest_ns = max((event.stored_ns for event in found.values() if event), default=0)
        self._put_gaps(damaged, "damaged", newest_ns)
        return self.queued(after_seq, at_most)

    def give_up(self, seqs: Sequence[int], now_ns: int) -> int:
        """Put gaps in place of events that the broker refuses; return of how many."""
        with storage_errors(self._path):
            found = [next(waiting(self._db, seq - 1, 1), (0, None)) for seq in seqs]
        known = [seq for seq, event in found if event is not None and not is_gap(event.message.payload)]
        self._put_gaps(sorted(set(known) & set(seqs)), "refused", now_ns)
        return len(known)

    def progress(self) -> tuple[int, int]:
        """Return how far events are deleted from the first on, and the highest that was sent."""
        with storage_errors(self._path):
            return progress(self._db)

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Remember that these were handed to a broker."""
        with self._relaxed(), self._transaction():
            self._db.executemany("update event set sent = 1 where seq = ?", [(seq,) for seq in seqs])

    def confirm(self, seqs: Sequence[int]) -> None:
        """Delete events that the other side has; it may lag after a power cut."""
        if seqs:
            self._delete("delete from event where seq = ?", [(seq,) for seq in seqs])

    def confirm_through(self, seq: int) -> None:
        """Delete all events up to a number; it may lag after a power cut."""
        self._delete("delete from event where seq <= ?", [(seq,)])

    def command(self, command_id: str, op: str, args: Mapping[str, str]) -> bytes | None:
        """Store a command as an order, once; return what was answered where it came before."""
        with self._transaction():
            known = commands.answer_to(self._db, command_id)
            if known is None:
                commands.remember(self._db, command_id, self._place(op, args))
        return known

    def orders(self) -> list[Order]:
        """Return the orders that have not been carried out, oldest first; delete those that are damaged."""
        waiting = self._orders()
        damaged = [(order_id,) for order_id, order in waiting.items() if order is None]
        if damaged:
            with suppress(StorageError):  # a full disk keeps them for now
                with self._transaction():
                    self._db.executemany(_CARRIED_OUT, damaged)
                _log.error("%d orders in %s were damaged, and are deleted", len(damaged), self._path)
        return [order for order in waiting.values() if order]

    def _store(self, entry: Entry, now_ns: int, lost: int) -> None:
        with self._transaction():
            self._db.executemany(_UPSERT, [row_of(change) for change in entry.changes])
            first = int(self._db.execute(LAST_SEQ).fetchone()[0]) + 1
            if lost:
                insert(self._db, first, self._gap(Gap(lost, "full"), first, now_ns), now_ns)
            for seq, event in enumerate(entry.events, first + bool(lost)):
                insert(self._db, seq, self._encode(event, self._epoch, seq), now_ns)
            self._db.executemany(_REMEMBER, [(post_key(post.camera), text_of(post)) for post in entry.posts])
            self._db.executemany(_CARRIED_OUT, [(order_id,) for order_id in entry.done])
            commands.answered(self._db, entry.answers)
            if any(change.ended_ns is not None for change in entry.changes):
                self._db.execute(_PRUNE, (ENDED_KEPT,))

    def _delete(self, query: str, values: Sequence[tuple[int]]) -> None:
        try:
            self._delete_now(query, values)
        except StorageError as error:
            # Deleting takes room too, in the log of what is written.
            if not is_full(error) or not self._reclaim():
                raise
            self._delete_now(query, values)

    def _delete_now(self, query: str, values: Sequence[tuple[int]]) -> None:
        with self._relaxed(), self._transaction():
            # Numbers go on from here when no event is left to go on from.
            self._db.execute(f"update meta set value = ({LAST_SEQ}) where key = 'last_seq'")  # noqa: S608 - constant
            deleted = self._db.executemany(query, values)
        self._depth -= deleted.rowcount

    def _limit(self, pages: int) -> None:
        with storage_errors(self._path):
            self._db.execute(f"pragma max_page_count = {pages}")

    def _reclaim(self) -> bool:
        """Use the reserve, and empty the log of what is written, where it is the disk that is full."""
        with storage_errors(self._path):
            (pages,) = self._db.execute("pragma page_count").fetchone()
        if pages >= self._largest_page_count:
            return False  # our own share is used up
        released = self._reserve.release()
        if released:
            _log.warning("the disk is full: %s uses its reserve", self._path)
            # For what makes room, not for more to be kept: the file grows no further.
            self._limit(pages)
        wal = self._path.with_name(f"{self._path.name}-wal")
        before = wal.stat().st_size
        with suppress(sqlite3.Error):  # it may need more room than there is
            self._db.execute("pragma wal_checkpoint(truncate)").fetchall()
        return released or wal.stat().st_size < before

    def _forget_changes(self) -> bool:
        with self._transaction():
            ended = self._db.execute("select count(*) from change where ended_ns is not null").fetchone()[0]
            freed = self._db.execute(_PRUNE, (ended // 2,)).rowcount if ended else 0
        if freed:
            _log.warning("%s is full: forgot the %d oldest changes that had ended", self._path, freed)
        return bool(freed)

    def _drop(self, now_ns: int, *, only_updates: bool) -> bool:
        with storage_errors(self._path):
            seqs = least_wanted(self._db, only_updates=only_updates)
        if seqs:
            self._put_gaps(seqs, "full", now_ns)
            _log.error("%s is full: %d events are lost, from number %d on", self._path, len(seqs), seqs[0])
        return bool(seqs)

    def _put_gaps(self, seqs: Sequence[int], reason: Reason, now_ns: int) -> None:
        with self._transaction():
            put_gaps(self._db, seqs, reason, lambda gap, seq: self._gap(gap, seq, now_ns), now_ns)
        self._depth = super().depth()

    def _gap(self, gap: Gap, seq: int, now_ns: int) -> Message:
        return self._encode_gap(gap, self._epoch, seq, now_ns)

    @contextmanager
    def _relaxed(self) -> Iterator[None]:
        """Do not wait for the disk: what is lost here is only repeated."""
        with storage_errors(self._path):
            self._db.execute("pragma synchronous = normal")
            try:
                yield
            finally:
                self._db.execute("pragma synchronous = full")
