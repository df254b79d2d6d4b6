from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from edge.consumers import store_at
from edge.core.sequence import Page, Sequences, Unreadable
from edge.drivers.events_sql import SqlEventStore
from edge.drivers.events_sql.sqlite import open_sqlite
from edge.drivers.events_sql.statements import UNREADABLE_KEPT
from edge.errors import ConfigError, StorageError
from tests.consume.telling import told, told_gap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.local_postgres import Postgres

TS = "2026-11-22T12:00:00.000Z"
SECRET = "hunter2"  # noqa: S105 - a test's own


def filled(into: str) -> None:
    """Keep a few events in a database, a gap, and one that waits."""
    store = store_at(into)
    sequences, page = Sequences(store.positions(), store.early), Page(TS)
    for message in (told(1), told(2), told_gap(3, 5), told(8)):
        sequences.take(message, page)
    store.write(page)
    store.close()


def asked(path: Path, question: str) -> Sequence[object]:
    """Return the rows that anybody reads from a file."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(question).fetchall()


VIEWS = [
    pytest.param("select change_id, updates, ended from changes", [("c-1", 2, None)], id="changes"),
    pytest.param("select count(*) from open_changes", [(1,)], id="open-changes"),
    pytest.param(
        "select device, camera, events from events_per_hour", [("bench1", "shelf", 2)], id="an-hour"
    ),
    pytest.param("select seq, newest, missing, waiting, gaps from lag", [(5, 8, 3, 1, 1)], id="lag"),
]


@pytest.mark.parametrize(("question", "answer"), VIEWS)
def test_a_view_of_the_file_answers(tmp_path: Path, question: str, answer: list[object]) -> None:
    filled(str(tmp_path / "events.sqlite3"))
    assert asked(tmp_path / "events.sqlite3", question) == answer


@pytest.mark.system
@pytest.mark.parametrize(("question", "answer"), VIEWS)
def test_a_view_of_the_server_answers(
    postgres: Postgres, question: str, answer: list[tuple[object, ...]]
) -> None:
    filled(postgres.empty_database())
    row = "|".join("" if value is None else str(value) for value in answer[0])
    assert postgres.sql(f"set search_path to stillwatch; {question}") == row


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    session = open_sqlite(tmp_path / "events.sqlite3")
    assert session.query("pragma synchronous") == [(2,)]
    session.close()


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table accounts(name text)")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="something else"):
        open_sqlite(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk\n" * 1000, encoding="utf-8")
    with pytest.raises(StorageError, match="not a database"):
        open_sqlite(path)
    assert path.read_text(encoding="utf-8") == "remember the milk\n" * 1000


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite3"
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(StorageError, match="update stillwatch"):
        open_sqlite(path)


def test_a_second_writer_of_a_file_is_refused_while_the_first_is_there(tmp_path: Path) -> None:
    first = open_sqlite(tmp_path / "events.sqlite3")
    with pytest.raises(ConfigError, match="another `stillwatch consume`"):
        open_sqlite(tmp_path / "events.sqlite3")
    first.close()
    open_sqlite(tmp_path / "events.sqlite3").close()


def test_a_reader_needs_no_lock_and_changes_nothing(tmp_path: Path) -> None:
    filled(str(tmp_path / "events.sqlite3"))
    writer = open_sqlite(tmp_path / "events.sqlite3")
    reader = SqlEventStore(open_sqlite(tmp_path / "events.sqlite3", read_only=True))
    with pytest.raises(StorageError, match="readonly"):
        reader.write(Page(TS, unreadable=[Unreadable("t", b"", "")]))
    reader.close()
    writer.close()


@pytest.mark.parametrize(
    ("name", "words"), [("absent.sqlite3", "no such file"), ("folder/absent.sqlite3", "no such file")]
)
def test_there_must_be_something_to_read(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_sqlite(tmp_path / name, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        open_sqlite(tmp_path / "absent" / "events.sqlite3")


def test_only_so_much_that_nobody_can_read_is_kept(tmp_path: Path) -> None:
    store = SqlEventStore(open_sqlite(tmp_path / "events.sqlite3"))
    many = [Unreadable("t", b"%d" % n, "rubbish") for n in range(UNREADABLE_KEPT + 50)]
    store.write(Page(TS, unreadable=many))
    assert store.unreadable() == UNREADABLE_KEPT
    store.close()


@pytest.mark.parametrize(
    "into", ["mysql://db/events", "", "a\nb"], ids=["another-server", "nothing", "a-line-end"]
)
def test_an_address_that_is_no_database_is_refused(into: str) -> None:
    with pytest.raises(ConfigError, match="--into"):
        store_at(into)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"postgresql://records:{SECRET}@127.0.0.1:1/events", id="before-the-host"),
        pytest.param(f"postgresql://127.0.0.1:1/events?user=records&password={SECRET}", id="as-a-parameter"),
        pytest.param(f"postgresql://records:{SECRET}@[broken/events", id="in-an-address-without-sense"),
        pytest.param(f"postgresql://records@127.0.0.1:1/e?password={SECRET}&x=y", id="beside-nonsense"),
    ],
)
def test_a_password_on_the_command_line_is_refused_and_never_shown(address: str) -> None:
    pytest.importorskip("psycopg", reason="needs psycopg: pip install '.[consume]'")
    with pytest.raises(ConfigError) as refused:
        store_at(address)
    shown = f"{refused.value} {refused.value.__cause__} {refused.value.faults}"
    assert SECRET not in shown


@pytest.mark.system
def test_a_server_that_is_not_there_is_a_storage_error(free_port: int) -> None:
    pytest.importorskip("psycopg", reason="needs psycopg: pip install '.[consume]'")
    with pytest.raises(StorageError, match="refused"):
        store_at(f"postgresql://records@127.0.0.1:{free_port}/events")


@pytest.mark.system
def test_a_second_writer_of_a_server_is_refused_while_the_first_is_there(postgres: Postgres) -> None:
    address = postgres.empty_database()
    first = store_at(address)
    with pytest.raises(ConfigError, match="another `stillwatch consume`"):
        store_at(address)
    first.close()
    store_at(address).close()


@pytest.mark.system
def test_a_writer_that_has_just_ended_is_not_in_the_way_of_the_next(postgres: Postgres) -> None:
    address = postgres.empty_database()
    ending = threading.Timer(0.3, store_at(address).close)  # as late as a server may notice it
    ending.start()
    store_at(address).close()
    ending.join()


@pytest.mark.system
def test_a_server_without_tables_has_nothing_to_read(postgres: Postgres) -> None:
    with pytest.raises(ConfigError, match="holds no events yet"):
        store_at(postgres.empty_database(), read_only=True)


@pytest.mark.system
def test_a_connection_that_the_server_cuts_is_a_storage_error(postgres: Postgres) -> None:
    store = store_at(postgres.empty_database())
    postgres.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stillwatch consume'"
    )
    with pytest.raises(StorageError):
        store.positions()
    store.close()


@pytest.mark.system
def test_a_server_that_is_told_to_hurry_still_waits_for_its_disk(postgres: Postgres) -> None:
    from edge.drivers.events_sql.postgres import open_postgres  # noqa: PLC0415 - not everybody has its library

    address = postgres.empty_database()
    postgres.sql("alter role records set synchronous_commit to off")
    session = open_postgres(address)
    assert session.query("select current_setting('synchronous_commit')") == [("on",)]
    session.close()
    postgres.sql("alter role records reset synchronous_commit")
