"""The journal as a process beside the running device sees it."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.core.orders import narrowed
from edge.core.rows import COLUMNS, change_of, post_of, serial
from edge.drivers.journal_sqlite.file import connect, find_fault, storage_errors
from edge.errors import StorageError
from edge.files import AS_THE_DEVICE, is_there
from edge.types import Order, Post

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from edge.types import Change

ORDERS_KEPT = 1000
"""How many orders may wait."""

_LONGEST_ORDER = 4096  # characters
_SELECT = f"select {', '.join(COLUMNS)} from change"  # noqa: S608 - names from our own table

_log = logging.getLogger(__name__)


class SqliteVisit:
    """A journal that may belong to a running device, as another process sees it.

    It reads changes and leaves orders, and never creates or mends the file.
    """

    def __init__(self, path: Path) -> None:
        """Open an existing journal.

        Raises:
            StorageError: There is none, this user may not read it, it cannot be opened,
                or it is damaged.
        """
        if not is_there(path, fix=AS_THE_DEVICE):
            msg = f"{path} does not exist: has the device run with this state directory?"
            raise StorageError(msg)
        self._path = path
        fault = find_fault(path, thorough=False)
        if fault:
            msg = f"{path} is damaged ({fault}): restart the device, which puts it aside"
            raise StorageError(msg)
        with storage_errors(path):
            self._db = connect(path)

    @property
    def epoch(self) -> str:
        """Random id made with the file."""
        with storage_errors(self._path):
            return str(self._db.execute("select value from meta where key = 'epoch'").fetchone()[0])

    def depth(self) -> int:
        """Return how many events wait."""
        with storage_errors(self._path):
            return int(self._db.execute("select count(*) from event").fetchone()[0])

    def open_changes(self, camera: str) -> list[Change]:
        """Return the camera's changes that have not ended, oldest first."""
        return self._changes(f"{_SELECT} where camera = ? and status <> 'ended' order by rowid", camera)

    def changes(self, at_most: int) -> list[Change]:
        """Return the newest changes, ended ones included, newest first."""
        return self._changes(f"{_SELECT} order by rowid desc limit ?", at_most)

    def last_serial(self, camera: str) -> int:
        """Return the highest number that a ``change_id`` of the camera ends with."""
        with storage_errors(self._path):
            ids = self._db.execute("select change_id from change where camera = ?", (camera,))
            return max((serial(str(change_id)) for (change_id,) in ids), default=0)

    def post(self, camera: str) -> Post:
        """Return how a camera is watched, as it was last stored; as new where that is damaged."""
        with storage_errors(self._path):
            found = self._db.execute("select value from meta where key = ?", (post_key(camera),)).fetchone()
        if found is None:
            return Post(camera)
        try:
            return post_of(camera, found[0])
        except ValueError as error:
            _log.error("how camera %s is watched is damaged: armed, without alerts: %s", camera, error)
            return Post(camera)

    def order(self, op: str, args: Mapping[str, str]) -> int:
        """Store an order for the running device; return its id.

        One for all changes is for those that are open now.

        Raises:
            StorageError: Too many wait already, it is too long, or the disk
                refuses.
        """
        with self._transaction():
            return self._place(op, args)

    def _place(self, op: str, args: Mapping[str, str]) -> int:
        """Store an order in the caller's transaction."""
        said = json.dumps(dict(args))
        if len(op) + len(said) > _LONGEST_ORDER:
            msg = f"an order of {len(op) + len(said)} characters is too long: {_LONGEST_ORDER} at most"
            raise StorageError(msg)
        if self._db.execute("select count(*) from orders").fetchone()[0] >= ORDERS_KEPT:
            msg = f"{ORDERS_KEPT} orders wait already: is the device running?"
            raise StorageError(msg)
        still_open = self._db.execute("select change_id from change where status <> 'ended' order by rowid")
        said = json.dumps(narrowed(op, args, (str(change_id) for (change_id,) in still_open)))
        stored = self._db.execute("insert into orders(op, args) values(?, ?)", (op, said))
        return int(stored.lastrowid or 0)

    def orders(self) -> list[Order]:
        """Return the orders that have not been carried out, oldest first."""
        return [order for order in self._orders().values() if order]

    def close(self) -> None:
        """Close the file."""
        with storage_errors(self._path):
            self._db.close()

    def _orders(self) -> dict[int, Order | None]:
        """Return what waits by its number, ``None`` for what is damaged."""
        with storage_errors(self._path):
            rows = self._db.execute("select order_id, op, args from orders order by order_id").fetchall()
        return {row[0]: order_of(*row) for row in rows}

    def _changes(self, query: str, value: str | int) -> list[Change]:
        with storage_errors(self._path):
            rows = self._db.execute(query, (value,)).fetchall()
        return [change for row in rows if (change := _change(row))]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with storage_errors(self._path):
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            finally:
                if self._db.in_transaction:
                    self._db.execute("rollback")


def post_key(camera: str) -> str:
    """Return under which key of ``meta`` it is remembered how a camera is watched."""
    return f"post/{camera}"


def order_of(order_id: int, op: object, args: object) -> Order | None:
    """Return an order as it was stored, ``None`` where it is damaged."""
    try:
        said = json.loads(args) if isinstance(op, str) and isinstance(args, str) else None
    except ValueError:
        return None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        return None
    return Order(order_id, str(op), said)


def _change(row: Sequence[object]) -> Change | None:
    try:
        return change_of(row)
    except ValueError as error:
        _log.error("a stored change is damaged, and left out: %s", error)
        return None
