from __future__ import annotations

import random
import sqlite3
import stat
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from edge.core.gaps import Gap, gap_of, gap_teller, is_gap
from edge.drivers.journal_sqlite import SqliteJournal, SqliteVisit
from edge.drivers.journal_sqlite.journal import ENDED_KEPT
from edge.drivers.journal_sqlite.visit import ORDERS_KEPT
from edge.errors import StorageError
from edge.ports import Entry
from edge.types import Box, ChangeStatus, Event, Message
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event in as few bytes as a test needs."""
    return Message(f"d/{event.camera}", f"{epoch}:{seq}".encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    """A journal with one change, two events and one order."""
    journal = SqliteJournal(path, encode=encode, encode_gap=gap_teller("bench1"))
    journal.commit(Entry([a_change("c-1")], [an_event(), an_event()]), NOON_NS)
    journal.order("accept", {"change_id": "c-1"})
    yield journal
    journal.close()


def reopened(path: Path, *, max_bytes: int = 16 << 20) -> closing[SqliteJournal]:
    """Open the journal as after a restart."""
    return closing(SqliteJournal(path, encode=encode, encode_gap=gap_teller("bench1"), max_bytes=max_bytes))


def test_everything_survives_a_restart(journal: SqliteJournal, path: Path) -> None:
    journal.mark_sent([1])
    journal.close()
    with reopened(path) as back:
        assert (back.epoch, back.quarantined, back.depth()) == (journal.epoch, None, 2)
        assert [(event.seq, event.sent) for event in back.queued(0, 9)] == [(1, True), (2, False)]
        assert [change.change_id for change in back.open_changes("shelf")] == ["c-1"]
        assert [order.op for order in back.orders()] == ["accept"]


def test_numbers_go_on_after_a_restart_with_everything_delivered(journal: SqliteJournal, path: Path) -> None:
    journal.confirm([1, 2])
    journal.close()
    with reopened(path) as back:
        back.commit(Entry(events=[an_event()]), NOON_NS)
        assert [event.seq for event in back.queued(0, 9)] == [3]


def test_two_journals_never_share_an_epoch(tmp_path: Path) -> None:
    with reopened(tmp_path / "a") as one, reopened(tmp_path / "b") as other:
        assert one.epoch != other.epoch


def test_others_may_not_read_it(journal: SqliteJournal, path: Path) -> None:
    assert journal.depth() == 2
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}


def test_a_transaction_that_fails_halfway_leaves_nothing(path: Path) -> None:
    def refuse_the_second(event: Event, epoch: str, seq: int) -> Message:
        if seq == 2:
            msg = "cannot be told"
            raise ValueError(msg)
        return encode(event, epoch, seq)

    with closing(SqliteJournal(path, encode=refuse_the_second, encode_gap=gap_teller("bench1"))) as journal:
        with pytest.raises(ValueError, match="cannot be told"):
            journal.commit(Entry([a_change()], [an_event(), an_event()]), NOON_NS)
        assert (journal.depth(), journal.queued(0, 9), journal.changes(9)) == (0, [], [])
        journal.commit(Entry(events=[an_event()]), NOON_NS)
        assert [event.seq for event in journal.queued(0, 9)] == [1]


def test_another_process_sees_changes_and_leaves_orders(journal: SqliteJournal, path: Path) -> None:
    with closing(SqliteVisit(path)) as visit:
        assert [change.change_id for change in visit.changes(9)] == ["c-1"]
        assert (visit.depth(), visit.epoch) == (2, journal.epoch)
        visit.order("accept", {"change_id": "*"})
    assert [order.args for order in journal.orders()] == [
        {"change_id": "c-1"},
        {"change_id": "*", "change_ids": "c-1"},
    ]


def test_a_visitor_does_not_keep_the_device_from_storing(journal: SqliteJournal, path: Path) -> None:
    with closing(SqliteVisit(path)) as visit:
        assert visit.changes(9)
        journal.commit(Entry([a_change("c-2")]), NOON_NS)
        assert [change.change_id for change in visit.changes(9)] == ["c-2", "c-1"]


def test_a_visitor_does_not_begin_a_journal(path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        SqliteVisit(path)
    assert not path.exists()


def test_a_visitor_does_not_put_a_damaged_journal_aside(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StorageError, match="damaged"):
        SqliteVisit(path)
    assert path.read_bytes() == b"nonsense" * 1000


def test_orders_do_not_pile_up_without_bound(journal: SqliteJournal) -> None:
    for _ in range(ORDERS_KEPT - 1):
        journal.order("accept", {"change_id": "*"})
    with pytest.raises(StorageError, match="is the device running"):
        journal.order("accept", {"change_id": "*"})


def test_an_endless_order_is_refused(journal: SqliteJournal) -> None:
    with pytest.raises(StorageError, match="too long"):
        journal.order("accept", {"change_id": "x" * 5000})


def change_by_hand(path: Path, statement: str) -> None:
    """Do to the file what only damage or another program would."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
        db.commit()


def test_a_journal_of_a_newer_version_is_left_alone(journal: SqliteJournal, path: Path) -> None:
    journal.close()
    change_by_hand(path, "pragma user_version = 2")
    with pytest.raises(StorageError, match="of version 2"):
        SqliteJournal(path, encode=encode, encode_gap=gap_teller("bench1"))
    assert not path.with_name(f"{path.name}.damaged").exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("drop table event", id="a-table-is-gone"),
        pytest.param("alter table change rename column bits to bobs", id="a-column-is-gone"),
        pytest.param("delete from meta", id="the-epoch-is-gone"),
        pytest.param("update meta set value = 'x' where key = 'epoch'", id="the-epoch-is-garbage"),
        pytest.param("update meta set value = 'x' where key = 'last_seq'", id="the-last-number-is-garbage"),
        pytest.param("update event set seq = 9223372036854775807 where seq = 2", id="numbers-are-used-up"),
        pytest.param("pragma application_id = 7", id="it-belongs-to-another-program"),
        pytest.param("pragma user_version = 123456789", id="its-version-makes-no-sense"),
    ],
)
def test_a_file_that_is_no_journal_is_put_aside(journal: SqliteJournal, path: Path, damage: str) -> None:
    journal.close()
    change_by_hand(path, damage)
    with reopened(path) as fresh:
        assert fresh.quarantined == path.with_name("journal.sqlite3.damaged")
        assert (fresh.depth(), fresh.epoch != journal.epoch) == (1, True)  # a gap


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"nonsense" * 1000, id="nonsense"),
        pytest.param(b"SQLite format 3\0" + bytes(5000), id="only-the-first-words-are-right"),
    ],
)
def test_a_damaged_file_is_put_aside_and_a_new_one_begun(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with reopened(path) as fresh:
        assert fresh.quarantined is not None
        assert fresh.quarantined.read_bytes()[:16] == content[:16]
        fresh.commit(Entry(events=[an_event()]), NOON_NS)
        assert fresh.depth() == 2  # one is a gap


def test_a_page_damaged_deep_inside_the_file_is_noticed_at_the_start(path: Path) -> None:
    with reopened(path) as journal:
        journal.commit(Entry([a_change(f"c-{n}") for n in range(200)]), NOON_NS)
    whole, middle = path.read_bytes(), path.stat().st_size // 4096 * 2048
    path.write_bytes(whole[:middle] + bytes(2048) + whole[middle + 2048 :])
    with reopened(path) as fresh:
        assert fresh.quarantined is not None


def test_an_empty_file_is_a_journal_not_begun(path: Path) -> None:
    path.touch()
    with reopened(path) as fresh:
        assert (fresh.quarantined, fresh.depth()) == (None, 0)


def test_a_second_damaged_file_takes_the_place_of_the_first(path: Path) -> None:
    for content in (b"first" * 1000, b"second" * 1000):
        path.write_bytes(content)
        SqliteJournal(path, encode=encode, encode_gap=gap_teller("bench1")).close()
    names = {file.name.removeprefix(path.name) for file in path.parent.iterdir()}
    assert names == {"", ".damaged", ".reserve"}


def test_a_folder_that_may_not_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        SqliteJournal(
            tmp_path / "nowhere" / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1")
        )


@pytest.mark.parametrize(
    "damage",
    [
        "payload = x'00'",
        "payload = 'text'",
        "topic = 'd/other'",
        "topic = cast(x'ff' as text)",
        "qos = 7",
        "retain = 1",
        "stored_ns = 0",
        "crc = 0",
    ],
)
def test_in_place_of_a_damaged_event_comes_a_gap_and_the_rest_goes_on(
    journal: SqliteJournal, path: Path, damage: str
) -> None:
    change_by_hand(path, f"update event set {damage} where seq = 1")  # noqa: S608 - a test's own
    gap, sound = journal.queued(0, 9)
    assert gap_of(gap.message.payload) == Gap(1, "damaged", (1, 1))
    assert (gap.seq, sound.seq, journal.depth()) == (1, 2, 2)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("update change set kind = 'melted' where change_id = 'c-1'", id="no-such-kind"),
        pytest.param("update change set bits = x'00' where change_id = 'c-1'", id="too-few-bits"),
        pytest.param("update change set box_right = 1000000 where change_id = 'c-1'", id="an-endless-box"),
    ],
)
def test_a_damaged_change_is_left_out_and_the_rest_stays(
    journal: SqliteJournal, path: Path, damage: str
) -> None:
    journal.commit(Entry([a_change("c-2")]), NOON_NS)
    change_by_hand(path, damage)
    assert [change.change_id for change in journal.open_changes("shelf")] == ["c-2"]


@pytest.mark.parametrize("args", ["", "7", '["x"]', '{"x": 1}', "{"])
def test_a_damaged_order_is_ignored(journal: SqliteJournal, path: Path, args: str) -> None:
    change_by_hand(path, f"update orders set args = '{args}'")  # noqa: S608 - a test's own
    assert journal.orders() == []


def test_a_damaged_order_is_deleted_and_those_beside_it_stay(journal: SqliteJournal, path: Path) -> None:
    change_by_hand(path, "update orders set args = '{'")
    journal.order("arm", {"camera": "shelf"})
    assert [order.op for order in journal.orders()] == ["arm"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select op from orders").fetchall() == [("arm",)]


def test_a_damaged_order_is_logged_once(
    journal: SqliteJournal, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    change_by_hand(path, "update orders set args = '{'")
    journal.orders()
    journal.orders()
    assert len(caplog.records) == 1


def test_a_visitor_leaves_a_damaged_order_to_the_device(journal: SqliteJournal, path: Path) -> None:
    change_by_hand(path, "update orders set args = '{'")
    with closing(SqliteVisit(path)) as visit:
        assert visit.orders() == []
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from orders").fetchone() == (1,)
    assert journal.orders() == []


def fill(journal: SqliteJournal) -> None:
    """Store events, a hundred at a time, until the file is full; those that were sent are not dropped."""
    while True:
        journal.commit(Entry(events=[an_event() for _ in range(100)]), NOON_NS)
        journal.mark_sent([event.seq for event in journal.queued(journal.depth() - 100, 100)])


def test_a_full_file_refuses_and_stores_nothing(path: Path) -> None:
    with reopened(path, max_bytes=1 << 18) as journal:
        with pytest.raises(StorageError, match="full"):
            fill(journal)
        seqs = [event.seq for event in journal.queued(0, 10**6)]
        assert seqs == list(range(1, journal.depth() + 1))
        assert len(seqs) % 100 == 0
    assert path.stat().st_size <= 1 << 18


def test_in_a_full_file_delivering_makes_room(path: Path) -> None:
    with reopened(path, max_bytes=1 << 18) as journal:
        with pytest.raises(StorageError, match="full"):
            fill(journal)
        journal.confirm(range(1, 201))
        journal.commit(Entry(events=[an_event() for _ in range(100)]), NOON_NS)


def test_in_a_full_file_old_changes_make_room_for_new_ones(path: Path) -> None:
    box = Box(0, 0, 256, 256)
    with reopened(path, max_bytes=1 << 18) as journal:
        journal.commit(Entry([a_change("c-0", box=box)]), NOON_NS)
        for number in range(1, 101):  # 8 kB each, in a file of 256 kB
            ended = a_change(f"c-{number}", box=box, status=ChangeStatus.ENDED)
            journal.commit(Entry([ended]), NOON_NS)
        kept = [change.change_id for change in journal.changes(1000)]
        assert (kept[0], kept[-1]) == ("c-100", "c-0")
        assert 10 < len(kept) < 32


@pytest.mark.slow
def test_of_the_changes_that_ended_the_newest_are_remembered(path: Path) -> None:
    box = Box(0, 0, 2, 2)
    with reopened(path) as journal:
        many = [a_change(f"c-{n}", box=box, status=ChangeStatus.ENDED) for n in range(ENDED_KEPT + 9)]
        journal.commit(Entry([a_change("c-open", box=box), *many]), NOON_NS)
        assert len(journal.changes(10**6)) == ENDED_KEPT + 1
        assert [change.change_id for change in journal.open_changes("shelf")] == ["c-open"]


def test_every_commit_waits_for_the_disk_also_after_deleting_did_not(journal: SqliteJournal) -> None:
    journal.confirm([1])
    journal.mark_sent([2])
    (waits,) = journal._db.execute("pragma synchronous").fetchone()  # noqa: SLF001 - only a power cut would show it
    assert waits == 2  # FULL


@pytest.mark.slow
def test_a_file_damaged_anywhere_is_read_or_put_aside_and_never_believed(path: Path) -> None:
    with reopened(path) as journal:
        for number in range(1, 41):
            status = ChangeStatus.ENDED if number % 2 else ChangeStatus.OPEN
            journal.commit(Entry([a_change(f"c-{number}", status=status)], [an_event(), an_event()]), NOON_NS)
        sound = {event.seq: event.message for event in journal.queued(0, 1000)}
    whole, dice = path.read_bytes(), random.Random(2)  # noqa: S311 - a test's own dice
    for _ in range(150):
        for file in path.parent.iterdir():
            file.unlink()
        length = dice.choice([1, 16, 512, 4096])
        at = dice.randrange(len(whole))
        damaged = whole[:at] + dice.randbytes(min(length, len(whole) - at)) + whole[at + length :]
        path.write_bytes(damaged)
        with suppress(StorageError), reopened(path) as journal:
            told = journal.queued(0, 1000)
            journal.open_changes("shelf")
            journal.commit(Entry([a_change("c-99")], [an_event()]), NOON_NS)
            told = [event for event in told if not is_gap(event.message.payload)]
            if journal.quarantined is None:
                assert all(sound.get(event.seq) == event.message for event in told)
            else:
                assert told == []  # not JSON: nothing that could get a new number
