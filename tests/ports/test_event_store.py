from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

from edge.core.hearing import read
from edge.core.sequence import Page, Sequences, Unreadable
from edge.core.told import missing
from edge.drivers.events_sql import SqlEventStore
from edge.drivers.events_sql.sqlite import open_sqlite
from edge.errors import StorageError
from edge.sim.event_store import SimEventStore
from tests.consume.telling import KEY, event_message, told, told_gap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.core.told import Told
    from edge.ports.consuming import EventStore
    from tests.local_postgres import Postgres

TS = "2026-11-22T12:00:00.000Z"


class Place(Protocol):
    """A database that can be opened again and again."""

    def open(self) -> EventStore:
        """Open it."""
        ...


class Memory:
    """The place that is made of memory."""

    def __init__(self) -> None:
        self._store = SimEventStore()

    def open(self) -> EventStore:
        """Give the same again."""
        return self._store


class File:
    """The place that is a file of SQLite."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> EventStore:
        """Open the file."""
        return SqlEventStore(open_sqlite(self._path))


class Server:
    """The place that is a database on a server of PostgreSQL."""

    def __init__(self, address: str) -> None:
        self._address = address

    def open(self) -> EventStore:
        """Connect."""
        from edge.drivers.events_sql.postgres import open_postgres  # noqa: PLC0415 - not everybody has its library

        return SqlEventStore(open_postgres(self._address))


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """The same suite runs on all three."""
    if request.param == "memory":
        return Memory()
    if request.param == "sqlite":
        return File(tmp_path / "events.sqlite3")
    server: Postgres = request.getfixturevalue("postgres")
    return Server(server.empty_database())


@pytest.fixture
def store(place: Place) -> Iterator[EventStore]:
    """Give an open store."""
    store = place.open()
    yield store
    store.close()


def write(store: EventStore, *messages: Told) -> None:
    """Write messages on one page, by the rules of sequences."""
    sequences, page = Sequences(store.positions(), store.early), Page(TS)
    for message in messages:
        sequences.take(message, page)
    store.write(page)


def test_an_empty_store_knows_of_nothing(store: EventStore) -> None:
    assert (store.positions(), store.standings(), store.unreadable()) == ([], [], 0)


def test_what_is_written_is_there_when_it_is_opened_again(place: Place) -> None:
    store = place.open()
    write(store, told(1), told(2), told_gap(3, 5))
    before = store.positions(), store.standings(), store.consumer_id
    store.close()
    again = place.open()
    assert (again.positions(), again.standings(), again.consumer_id) == before
    again.close()


def test_a_standing_counts_events_gaps_and_what_is_lost(store: EventStore) -> None:
    write(store, told(1), told(2), told_gap(3, 5), told(9))
    (one,) = store.standings()
    assert (one.events, one.gaps, one.lost, one.began) == (2, 1, 3, TS)
    assert (one.position.seq, one.position.newest, one.position.waiting) == (5, 9, 1)
    assert one.position.last_ts == "2026-11-22T12:00:00.000Z"


def test_what_is_set_aside_is_given_lowest_first(store: EventStore) -> None:
    write(store, told(9), told(5), told_gap(6, 7))
    assert [store.early(KEY, above) for above in (0, 5, 6, 9)] == [told(5), told_gap(6, 7), told(9), None]


def test_of_gaps_that_begin_alike_the_longer_is_set_aside(store: EventStore) -> None:
    write(store, told_gap(3, 4))
    write(store, told_gap(3, 6))
    assert store.early(KEY, 0) == told_gap(3, 6)
    assert store.standings()[0].position.waiting == 1


def test_what_was_set_aside_joins_in_order_and_waits_no_longer(store: EventStore) -> None:
    write(store, told(4), told(2), told_gap(3, 3))
    write(store, told(1))
    (one,) = store.standings()
    assert (one.events, one.gaps, one.position.seq, one.position.waiting) == (3, 1, 4, 0)
    assert store.early(KEY, 0) is None


def test_a_page_from_a_sequence_that_stands_elsewhere_is_refused_whole(store: EventStore) -> None:
    write(store, told(1))
    stale, page = Sequences(store.positions(), store.early), Page(TS)
    write(store, told(2))
    stale.take(told(2), page)
    stale.take(told(1, epoch="another"), page)
    with pytest.raises(StorageError, match="somebody else"):
        store.write(page)
    assert [one.position.key for one in store.standings()] == [KEY]


def test_a_page_of_a_sequence_that_somebody_began_meanwhile_is_refused(store: EventStore) -> None:
    stale, page = Sequences(store.positions(), store.early), Page(TS)
    write(store, told(1))
    stale.take(told(1), page)
    with pytest.raises(StorageError):
        store.write(page)
    assert store.standings()[0].events == 1


def test_a_store_that_refused_a_page_takes_the_next(store: EventStore) -> None:
    stale, page = Sequences(store.positions(), store.early), Page(TS)
    write(store, told(1))
    stale.take(told(1), page)
    with pytest.raises(StorageError):
        store.write(page)
    write(store, told(2))
    assert store.standings()[0].events == 2


def test_a_gap_without_numbers_is_kept_once_however_often_it_is_told(store: EventStore) -> None:
    gap = missing(KEY, 3, 5, reason="unanswered", ts=TS)
    for _ in range(2):
        store.write(Page(TS, gaps=[gap]))
    write(store, told(1))
    assert store.standings()[0].gaps == 1


def test_what_nobody_can_read_is_kept_once(store: EventStore) -> None:
    rubbish = Unreadable("stillwatch/v1/bench1/gap", b"\x00\xff'); drop table events; --", "no JSON")
    store.write(Page(TS, unreadable=[rubbish, rubbish]))
    store.write(Page(TS, unreadable=[rubbish]))
    assert store.unreadable() == 1


@pytest.mark.parametrize(
    "text",
    ["'); drop table events; --", '"', "\\", "%s ? {}", "\u2603 \U0001f600", "\x01\x1f\x7f"],
    ids=ascii,
)
def test_any_text_is_kept_as_it_is(store: EventStore, text: str) -> None:
    message = event_message(2)
    payload = json.dumps(json.loads(message.payload) | {"change_id": text, "novelty": text}).encode()
    event = read(message.topic, payload)
    write(store, event)
    assert store.early(KEY, 0) == event


def test_a_page_of_thousands_is_one_page(store: EventStore) -> None:
    write(store, *(told(number) for number in range(2, 2002)))
    write(store, told(1))
    (one,) = store.standings()
    assert (one.events, one.position.seq, one.position.waiting) == (2001, 2001, 0)
