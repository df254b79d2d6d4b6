"""Events in PostgreSQL, in a schema of their own."""

from __future__ import annotations

import secrets
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from edge.config.sources import redacted
from edge.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from edge.drivers.events_sql.store import Job

SCHEMA = "stillwatch"

_VERSION = 1  # of the tables
_LOCK = (0x53744C45, 1)
# A server that is gone without a word is noticed, and one that hangs is not waited for.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "stillwatch consume",
}
_SETTINGS = "set statement_timeout to '60s'; set lock_timeout to '30s'; set timezone to 'UTC'"
_LET_GO_WITHIN = "2s"  # a server may notice late that the last writer has ended


class PostgresSession:
    """Implements ``Session``; made by ``open_postgres``."""

    moment = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def __init__(self, place: str, db: psycopg.Connection) -> None:
        self.place = place
        self._db = db

    def query(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        with _storage_errors(self.place):
            return self._db.execute(_numbered(statement), tuple(values)).fetchall()

    def write(self, jobs: Sequence[Job]) -> None:
        """Do all of it in one transaction, on the disk when this returns."""
        with _storage_errors(self.place), self._db.transaction(), self._db.cursor() as cursor:
            for job in jobs:
                cursor.executemany(_numbered(job.statement), job.rows)
                if job.must_meet and cursor.rowcount != len(job.rows):
                    msg = f"{self.place}: somebody else has moved a cursor"
                    raise StorageError(msg)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()


def open_postgres(address: str, *, read_only: bool = False) -> PostgresSession:
    """Connect to a database, and make the tables where there are none.

    Only one process at a time may write: the server lets go of an advisory lock
    however that process ends.

    Args:
        address: ``postgresql://...`` as libpq takes it, without a password: that one
            belongs into the file that ``PGPASSFILE`` names, or into a service file.
        read_only: Whether the tables must be there, and nothing will be written.

    Raises:
        ConfigError: The address makes no sense or holds a password, there are no
            tables to read, or another process writes.
        StorageError: The server cannot be reached, or refuses.
    """
    place = redacted(address)
    wishes = _parsed(address, place)
    conninfo = make_conninfo(address, **{key: value for key, value in _PATIENCE.items() if key not in wishes})
    with ExitStack() as on_failure, _storage_errors(place):
        db = psycopg.connect(conninfo, autocommit=True)
        on_failure.callback(db.close)
        db.execute(_SETTINGS)
        if read_only:
            _expect_tables(db, place)
        else:
            _take(db, place)
            _begin(db)
        db.execute(f"set search_path to {SCHEMA}")
        on_failure.pop_all()
    return PostgresSession(place, db)


def _parsed(address: str, place: str) -> dict[str, Any]:
    try:
        wishes = conninfo_to_dict(address)
    except psycopg.Error:
        msg = f"{place}: must be postgresql://USER@HOST/DATABASE, as libpq takes it"
        # The cause may show the password.
        raise ConfigError(msg) from None
    if wishes.get("password"):
        msg = (
            f"{place}: everybody on this machine sees a password on the command line;"
            " put it into ~/.pgpass, or into the file that PGPASSFILE names"
        )
        raise ConfigError(msg)
    return wishes


def _expect_tables(db: psycopg.Connection, place: str) -> None:
    if not _has_tables(db):
        msg = f"{place}: holds no events yet; `stillwatch consume --into` makes the tables"
        raise ConfigError(msg)


def _take(db: psycopg.Connection, place: str) -> None:
    """Keep other writers out, and see to it that what is committed is on a disk."""
    try:
        with db.transaction():
            db.execute(f"set local lock_timeout to '{_LET_GO_WITHIN}'")
            db.execute("select pg_advisory_lock(%s, %s)", _LOCK)
    except psycopg.errors.LockNotAvailable:
        msg = f"{place}: another `stillwatch consume` writes to it; stop that one, or name another database"
        raise ConfigError(msg) from None
    row = db.execute("select current_setting('synchronous_commit')").fetchone()
    if row is not None and row[0] == "off":
        db.execute("set synchronous_commit to on")


def _begin(db: psycopg.Connection) -> None:
    """Make the tables where there are none."""
    if _has_tables(db):
        row = db.execute(f"select value from {SCHEMA}.meta where key = 'version'").fetchone()  # noqa: S608 - a constant
        if row is None or int(row[0]) > _VERSION:
            msg = (
                f"schema {SCHEMA} is not of version {_VERSION}, the one this program knows: update stillwatch"
            )
            raise StorageError(msg)
        return
    tables = files(__package__).joinpath("postgres.sql").read_text(encoding="utf-8")
    with db.transaction():
        if db.execute("select to_regnamespace(%s)", [SCHEMA]).fetchone() == (None,):
            db.execute(f"create schema {SCHEMA}")
        db.execute(f"set search_path to {SCHEMA}")
        db.execute(tables.encode())
        db.execute("insert into meta values('consumer_id', %s)", [secrets.token_hex(4)])
        db.execute("insert into meta values('version', %s)", [str(_VERSION)])


def _has_tables(db: psycopg.Connection) -> bool:
    return db.execute("select to_regclass(%s)", [f"{SCHEMA}.meta"]).fetchone() != (None,)


def _numbered(statement: str) -> str:
    return statement.replace("?", "%s")


@contextmanager
def _storage_errors(place: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        # Only the first line: those below it may quote a row.
        msg = f"{place}: {str(error).partition(chr(10))[0] or type(error).__name__}"
        raise StorageError(msg) from error
