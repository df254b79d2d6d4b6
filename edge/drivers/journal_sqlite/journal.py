"""The journal as the device itself uses it."""

from __future__ import annotations

import logging
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.core.rows import COLUMNS, row_of, text_of
from edge.drivers.journal_sqlite.file import PAGE_BYTES, create, find_fault, put_aside, storage_errors
from edge.drivers.journal_sqlite.visit import SqliteVisit, post_key
from edge.errors import StorageError
from edge.ports import Queued
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from edge.types import Change, Event, Post

ENDED_KEPT = 10_000
"""How many changes that have ended are remembered."""

_UPSERT = (
    f"insert into change values({', '.join('?' for _ in COLUMNS)}) "
    f"on conflict(change_id) do update set {', '.join(f'{name} = excluded.{name}' for name in COLUMNS[1:])}"
)
_REMEMBER = "insert into meta values(?, ?) on conflict(key) do update set value = excluded.value"
_PRUNE = (
    "delete from change where rowid in (select rowid from change where ended_ns is not null "
    "order by ended_ns desc limit -1 offset ?)"
)
_LAST_SEQ = (
    "select max(coalesce((select max(seq) from event), 0), (select value from meta where key = 'last_seq'))"
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
        self, path: Path, *, encode: Callable[[Event, str, int], Message], max_bytes: int = 16 << 20
    ) -> None:
        """Open the journal, or begin one; its folder must exist.

        A damaged file is put aside under ``<name>.damaged``, in place of an
        earlier one.

        Args:
            path: The file; others may not read it.
            encode: Makes the live message of an event, an epoch and a number.
            max_bytes: Largest size of the file.

        Raises:
            StorageError: The disk refuses, or the file is of a newer version.
        """
        fault = find_fault(path, thorough=True) if path.exists() else None
        self.quarantined = put_aside(path, fault) if fault else None
        with storage_errors(path):
            create(path)
        super().__init__(path)
        self._encode = encode
        with storage_errors(path):
            self._db.execute(f"pragma max_page_count = {max(max_bytes // PAGE_BYTES, 64)}")
        self._depth = super().depth()
        self._epoch = super().epoch

    @property
    def epoch(self) -> str:
        """Random id made with the file; events are ``(device, epoch, seq)``."""
        return self._epoch

    def depth(self) -> int:
        """Return how many events wait; costs nothing."""
        return self._depth

    def commit(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int],
        now_ns: int,
        posts: Sequence[Post] = (),
    ) -> None:
        """Store all of it or nothing; when this returns, a power cut cannot undo it.

        Where the file is full, the older half of the changes that have ended
        makes room.

        Raises:
            StorageError: The disk refuses; nothing was stored.
        """
        try:
            self._store(changes, events, done, now_ns, posts)
        except StorageError as error:
            if "full" not in str(error.__cause__) or not self._make_room():
                raise
            self._store(changes, events, done, now_ns, posts)
        self._depth += len(events)

    def queued(self, after_seq: int, at_most: int) -> list[Queued]:
        """Return events above ``after_seq``, oldest first; damaged ones are dropped."""
        with storage_errors(self._path):
            rows = self._db.execute(
                "select seq, topic, qos, retain, stored_ns, payload, crc, sent from event "
                "where seq > ? order by seq limit ?",
                (after_seq, at_most),
            ).fetchall()
        waiting = {row[0]: _queued(*row) for row in rows}
        damaged = [seq for seq, event in waiting.items() if event is None]
        if damaged:
            _log.error("events %s in %s are damaged, and lost", damaged, self._path)
            self.confirm(damaged)
        return [event for event in waiting.values() if event]

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Remember that these were handed to a broker."""
        with self._relaxed(), self._transaction():
            self._db.executemany("update event set sent = 1 where seq = ?", [(seq,) for seq in seqs])

    def confirm(self, seqs: Sequence[int]) -> None:
        """Delete events that the other side has; it may lag after a power cut."""
        if not seqs:
            return
        with self._relaxed(), self._transaction():
            # Numbers go on from here when no event is left to go on from.
            self._db.execute(f"update meta set value = ({_LAST_SEQ}) where key = 'last_seq'")  # noqa: S608 - constant
            deleted = self._db.executemany("delete from event where seq = ?", [(seq,) for seq in seqs])
        self._depth -= deleted.rowcount

    def _store(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int],
        now_ns: int,
        posts: Sequence[Post],
    ) -> None:
        with self._transaction():
            self._db.executemany(_UPSERT, [row_of(change) for change in changes])
            first = int(self._db.execute(_LAST_SEQ).fetchone()[0]) + 1
            for seq, event in enumerate(events, first):
                said = self._encode(event, self._epoch, seq)
                head = (seq, said.topic, said.qos, int(said.retain), now_ns)
                row = (*head, said.payload, _crc(head, said.payload))
                self._db.execute("insert into event values(?, ?, ?, ?, ?, ?, ?, 0)", row)
            self._db.executemany(_REMEMBER, [(post_key(post.camera), text_of(post)) for post in posts])
            self._db.executemany("delete from orders where order_id = ?", [(order_id,) for order_id in done])
            if any(change.ended_ns is not None for change in changes):
                self._db.execute(_PRUNE, (ENDED_KEPT,))

    def _make_room(self) -> bool:
        with self._transaction():
            ended = self._db.execute("select count(*) from change where ended_ns is not null").fetchone()[0]
            freed = self._db.execute(_PRUNE, (ended // 2,)).rowcount
        _log.warning("%s is full: forgot the %d oldest changes that had ended", self._path, freed)
        return bool(freed)

    @contextmanager
    def _relaxed(self) -> Iterator[None]:
        """Do not wait for the disk: what is lost here is only repeated."""
        with storage_errors(self._path):
            self._db.execute("pragma synchronous = normal")
            try:
                yield
            finally:
                self._db.execute("pragma synchronous = full")


def _crc(head: tuple[object, ...], payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(repr(head).encode()))


def _queued(  # noqa: PLR0913, PLR0917 - the columns of a row
    seq: int, topic: str, qos: int, retain: int, stored_ns: int, payload: object, crc: int, sent: int
) -> Queued | None:
    if not isinstance(payload, bytes) or _crc((seq, topic, qos, retain, stored_ns), payload) != crc:
        return None
    return Queued(seq, Message(topic, payload, qos=qos, retain=bool(retain)), stored_ns, sent=bool(sent))
