"""Events in one SQLite file, which others may read meanwhile."""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from edge.drivers.events_sql.store import Job

_VERSION = 1  # of the tables
_APPLICATION = 0x53744C45  # "StLE", in the file's header
_BUSY_S = 10.0  # how long a reader may hold us up


class SqliteSession:
    """Implements ``Session``; made by ``open_sqlite``."""

    moment = "{}"

    def __init__(self, path: Path, db: sqlite3.Connection, release: ExitStack) -> None:
        self.place = str(path)
        self._db = db
        self._release = release

    def query(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        with _storage_errors(self.place):
            return self._db.execute(statement, tuple(values)).fetchall()

    def write(self, jobs: Sequence[Job]) -> None:
        """Do all of it in one transaction, on the disk when this returns."""
        with _storage_errors(self.place):
            self._db.execute("begin immediate")
            try:
                for job in jobs:
                    met = self._db.executemany(job.statement, job.rows).rowcount
                    if job.must_meet and met != len(job.rows):
                        msg = f"{self.place}: somebody else has moved a cursor"
                        raise StorageError(msg)
                self._db.execute("commit")
            finally:
                if self._db.in_transaction:
                    self._db.execute("rollback")

    def close(self) -> None:
        """Let go of the file."""
        self._release.close()


def open_sqlite(path: Path, *, read_only: bool = False) -> SqliteSession:
    """Open a file of events, or begin one; its folder must exist.

    Only one process at a time may write: the kernel lets go of ``<name>.lock``
    however that process ends.

    Args:
        path: The file.
        read_only: Whether it must be there, and nothing will be written.

    Raises:
        ConfigError: There is no such file or folder, it is something else, or another
            process writes to it.
        StorageError: The disk refuses, or the file is damaged.
    """
    with ExitStack() as on_failure, _storage_errors(str(path)):
        if not read_only:
            on_failure.enter_context(_alone(path))
        elif not path.is_file():
            msg = f"{path}: no such file; name the one that `stillwatch consume --into` writes"
            raise ConfigError(msg)
        mode = "ro" if read_only else "rwc"
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_S, isolation_level=None
        )
        on_failure.callback(db.close)
        _check(db, path)
        if not read_only:
            # What was committed is on the disk: a device deletes what we say we have.
            for pragma in ("journal_mode = wal", "synchronous = full", "trusted_schema = off"):
                db.execute(f"pragma {pragma}").fetchall()
            _begin(db)
        return SqliteSession(path, db, on_failure.pop_all())


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is something else."""
    (version,) = db.execute("pragma user_version").fetchone()
    (application,) = db.execute("pragma application_id").fetchone()
    (tables,) = db.execute("select count(*) from sqlite_master").fetchone()
    if (tables or version) and application != _APPLICATION:
        msg = f"{path}: a database of something else; name a file that is not there yet"
        raise ConfigError(msg)
    if version > _VERSION:
        msg = f"{path} is of version {version}, and this program knows {_VERSION}: update stillwatch"
        raise StorageError(msg)


def _begin(db: sqlite3.Connection) -> None:
    """Make the tables where there are none."""
    if db.execute("pragma user_version").fetchone()[0]:
        return
    tables = files(__package__).joinpath("sqlite.sql").read_text(encoding="utf-8")
    db.executescript(
        f"begin immediate; {tables} insert into meta values('consumer_id', '{secrets.token_hex(4)}');"
        f"pragma application_id = {_APPLICATION}; pragma user_version = {_VERSION}; commit;"
    )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other writers out."""
    if not path.parent.is_dir():
        msg = f"{path.parent}: no such folder; make it first"
        raise ConfigError(msg)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{path}: another `stillwatch consume` writes to it; stop that one, or name another file"
            raise ConfigError(msg) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _storage_errors(place: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        msg = f"{place}: {error}"
        raise StorageError(msg) from error
