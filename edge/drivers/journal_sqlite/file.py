"""The journal's file: opened, created, examined, put aside when damaged."""

from __future__ import annotations

import logging
import os
import re
import secrets
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING

from edge.core.rows import COLUMNS
from edge.errors import StorageError
from edge.files import FULL, sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE_BYTES = 2048
"""Size of a page: of the sizes tried, a single event writes least with this one."""

_VERSION = 1  # of the tables
_LAST_VERSION = 1000  # beyond, it is damage
_APPLICATION = 0x53744C57  # "StLW", in the file's header
_BUSY_S = 5.0  # how long another process may hold the file
_LARGEST_SEQ = 2**53  # beyond, a JavaScript consumer could not tell two numbers apart

_FULL = "database or disk is full"
_MAKE_ROOM = "; free some space on its disk, or name another one in [device] state_dir"

# What SQLite says when the disk, another process or our rights are in the way.
_NOT_THE_FILES_FAULT = {
    "attempt to write a readonly database",
    "database is locked",
    _FULL,
    "disk I/O error",
    "out of memory",
    "unable to open database file",
}

_TABLES = f"""
create table meta(key text primary key, value not null) without rowid;
insert into meta values('epoch', '{{epoch}}'), ('last_seq', 0);
create table change({", ".join(COLUMNS)}, primary key(change_id));
create index change_ended on change(ended_ns) where ended_ns is not null;
create table event(
    seq integer primary key, topic text not null, qos integer not null, retain integer not null,
    stored_ns integer not null, payload blob not null, crc integer not null, sent integer not null
);
create table orders(order_id integer primary key autoincrement, op text not null, args text not null);
pragma application_id = {_APPLICATION};
pragma user_version = {_VERSION};
"""

_PRAGMAS = (
    f"page_size = {PAGE_BYTES}",
    "journal_mode = wal",
    "synchronous = full",
    "temp_store = memory",
    "trusted_schema = off",
    "cell_size_check = on",
)

_COLUMNS = {
    "change": ", ".join(COLUMNS),
    "event": "seq, topic, qos, retain, stored_ns, payload, crc, sent",
    "orders": "order_id, op, args",
}

_log = logging.getLogger(__name__)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk complain about into ``StorageError``."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise StorageError(_refusal(path, error)) from error


def _refusal(path: Path, error: Exception) -> str:
    full = str(error) == _FULL or (isinstance(error, OSError) and error.errno in FULL)
    return f"{path}: {error}{_MAKE_ROOM if full else ''}"


def is_full(error: StorageError) -> bool:
    """Return whether room is what is missing."""
    return str(error.__cause__) == _FULL


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to an existing file; nothing is ever lost by a commit on it."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    db = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    with ExitStack() as on_failure:
        on_failure.callback(db.close)
        db.text_factory = _text
        for pragma in _PRAGMAS:
            db.execute(f"pragma {pragma}").fetchall()
        on_failure.pop_all()
    return db


def _text(raw: bytes) -> str:
    """Read text that may be damaged; whoever uses it finds out."""
    return raw.decode("utf-8", "replace")


def create(path: Path) -> None:
    """Make the file where there is none, and its tables where it is empty."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        sync(path.parent)
    with closing(connect(path)) as db:
        if db.execute("pragma user_version").fetchone()[0] == 0:
            epoch = secrets.token_hex(4)
            db.executescript(f"begin immediate; {_TABLES.format(epoch=epoch)} commit;")


def find_fault(path: Path, *, thorough: bool) -> str | None:
    """Return what is wrong with the file; ``None`` when it is sound, or empty.

    Raises:
        StorageError: Nothing can be said of it: it is newer, or does not open.
    """
    try:
        with closing(connect(path)) as db:
            (version,) = db.execute("pragma user_version").fetchone()
            if version == 0 and not db.execute("select count(*) from sqlite_master").fetchone()[0]:
                return None
            if _VERSION < version <= _LAST_VERSION:
                msg = f"{path} is of version {version}, and this program knows {_VERSION}: update stillwatch"
                raise StorageError(msg)
            fault = _nonsense(db, version)
            if fault is None and thorough:
                fault = str(db.execute("pragma quick_check(1)").fetchone()[0])
            return None if fault == "ok" else fault
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if str(error) in _NOT_THE_FILES_FAULT:
            raise StorageError(_refusal(path, error)) from error
        return str(error)


def _nonsense(db: sqlite3.Connection, version: int) -> str | None:
    """Return which of the facts that all else rests on makes no sense."""
    if db.execute("pragma application_id").fetchone()[0] != _APPLICATION or version != _VERSION:
        return "it is no journal"
    for table, columns in _COLUMNS.items():
        db.execute(f"select {columns} from {table} limit 0")  # noqa: S608 - constants
    facts = dict(db.execute("select key, value from meta").fetchall())
    if not re.fullmatch(r"[0-9a-f]{8}", str(facts.get("epoch"))):
        return "its epoch is gone"
    (newest,) = db.execute("select coalesce(max(seq), 0) from event").fetchone()
    numbers = (facts.get("last_seq"), newest)
    if not all(isinstance(seq, int) and 0 <= seq < _LARGEST_SEQ for seq in numbers):
        return "its numbers make no sense"
    return None


def put_aside(path: Path, fault: str) -> Path:
    """Rename a damaged file, in place of an earlier one; return its new name.

    Raises:
        StorageError: The disk refuses.
    """
    aside = path.with_name(f"{path.name}.damaged")
    _log.error("%s is damaged (%s): put aside as %s", path, fault, aside.name)
    with storage_errors(path):
        for suffix in ("-wal", ""):
            aside.with_name(aside.name + suffix).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        sync(path.parent)
    return aside


def take_place(fresh: Path, path: Path) -> None:
    """Rename a complete file to where the journal is looked for.

    Raises:
        StorageError: The disk refuses.
    """
    with storage_errors(path):
        fresh.rename(path)
        sync(path.parent)
