from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.core.gaps import Gap, first_of, gap_of, gap_teller, is_gap
from edge.core.wire import event_payload
from edge.drivers.journal_sqlite import SqliteJournal
from edge.ports import Entry
from edge.types import Event, EventType, Message
from tests.listening import PATIENCE_S
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
SMALL = 1 << 18


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device bench1 would."""
    payload = event_payload(
        event, device="bench1", epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(f"d/{event.camera}", payload)


def opened(path: Path, *, max_bytes: int = 16 << 20) -> closing[SqliteJournal]:
    """Open a journal as the device does."""
    return closing(SqliteJournal(path, encode=encode, encode_gap=gap_teller("bench1"), max_bytes=max_bytes))


STARTED = an_event(a_change())
UPDATED = an_event(a_change(), event_type=EventType.CHANGE_UPDATED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal.sqlite3"


def account(journal: SqliteJournal) -> tuple[list[int], int]:
    """Return which numbers are accounted for, and of how many only a gap is left."""
    numbers, lost = list[int](), 0
    for event in journal.queued(0, 10**6):
        gap = gap_of(event.message.payload) if is_gap(event.message.payload) else None
        first = event.seq if gap is None else first_of(event.seq, gap)
        numbers += range(first, event.seq + 1)
        lost += 0 if gap is None else gap.count or 0
    return numbers, lost


def gaps(journal: SqliteJournal) -> list[tuple[int, Gap]]:
    """Return the gaps that wait, with their numbers."""
    return [
        (event.seq, gap_of(event.message.payload))
        for event in journal.queued(0, 10**6)
        if is_gap(event.message.payload)
    ]


def test_in_a_full_file_the_oldest_events_make_room_and_a_gap_says_so(path: Path) -> None:
    with opened(path, max_bytes=SMALL) as journal:
        for _ in range(400):
            journal.commit(Entry(events=[STARTED]), NOON_NS)
        numbers, lost = account(journal)
        assert numbers == list(range(1, 401))
        assert (len(gaps(journal)), gaps(journal)[0]) == (1, (lost, Gap(lost, "full", (1, lost))))
        assert 100 < lost < 400
    assert path.stat().st_size <= SMALL


def test_updates_of_changes_make_room_before_beginnings_and_ends(path: Path) -> None:
    with opened(path, max_bytes=SMALL) as journal:
        while not gaps(journal):
            journal.commit(Entry(events=[STARTED, *[UPDATED] * 4]), NOON_NS)
        assert [gap.lost for _, gap in gaps(journal)] == [(at, at + 3) for at in range(2, 82, 5)]


def test_an_update_makes_room_for_nothing_but_updates(path: Path) -> None:
    with opened(path, max_bytes=SMALL) as journal:
        while not gaps(journal):
            journal.commit(Entry(events=[STARTED]), NOON_NS)
        before = [event.seq for event in journal.queued(0, 1000)]
        (_, gap) = gaps(journal)[0]
        while len(gaps(journal)) == 1:
            journal.commit(Entry(events=[UPDATED]), NOON_NS)
        assert gaps(journal)[0][1] == gap
        assert before == [event.seq for event in journal.queued(0, 1000)][: len(before)]


def test_what_was_sent_is_not_dropped_since_an_answer_may_be_on_its_way(path: Path) -> None:
    with opened(path, max_bytes=SMALL) as journal:
        journal.commit(Entry(events=[STARTED, STARTED]), NOON_NS)
        journal.mark_sent([1, 2])
        for _ in range(400):
            journal.commit(Entry(events=[STARTED]), NOON_NS)
        assert [event.sent for event in journal.queued(0, 3)] == [True, True, False]
        assert gaps(journal)[0][1].lost is not None


def test_what_never_came_to_the_disk_is_told_with_the_next_that_does(path: Path) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED]), NOON_NS)
        journal.commit(Entry(events=[STARTED]), NOON_NS, lost=7)
        assert gaps(journal) == [(2, Gap(7, "full"))]
        assert ([event.seq for event in journal.queued(0, 9)], journal.depth()) == ([1, 2, 3], 3)


@pytest.mark.parametrize(
    ("given_up", "left"),
    [
        pytest.param([2], [(2, Gap(1, "refused", (2, 2)))], id="one"),
        pytest.param([2, 3], [(3, Gap(2, "refused", (2, 3)))], id="two-in-a-row-become-one"),
        pytest.param(
            [2, 4], [(2, Gap(1, "refused", (2, 2))), (4, Gap(1, "refused", (4, 4)))], id="two-apart"
        ),
        pytest.param([9], [], id="one-that-is-not-there"),
    ],
)
def test_what_the_broker_refuses_is_given_up(
    path: Path, given_up: list[int], left: list[tuple[int, Gap]]
) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED] * 5), NOON_NS)
        journal.give_up(given_up, NOON_NS)
        assert gaps(journal) == left
        assert account(journal)[0] == [1, 2, 3, 4, 5]


def test_a_gap_beside_a_gap_becomes_one_with_it(path: Path) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED] * 5), NOON_NS)
        for seq in (2, 4, 3):
            journal.give_up([seq], NOON_NS)
        assert gaps(journal) == [(4, Gap(3, "refused", (2, 4)))]


def test_a_gap_that_was_told_stays_as_it_was_told(path: Path) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED] * 3), NOON_NS)
        journal.give_up([1], NOON_NS)
        journal.mark_sent([1])
        journal.give_up([2], NOON_NS)
        assert [seq for seq, _ in gaps(journal)] == [1, 2]


def test_a_gap_is_given_up_by_nothing(path: Path) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED]), NOON_NS)
        assert [journal.give_up([1], NOON_NS), journal.give_up([1], NOON_NS)] == [1, 0]


def test_progress_counts_the_numbers_that_a_gap_takes_up(path: Path) -> None:
    with opened(path) as journal:
        journal.commit(Entry(events=[STARTED] * 5), NOON_NS)
        journal.confirm_through(1)
        journal.give_up([2, 3], NOON_NS)
        journal.mark_sent([4])
        assert journal.progress() == (1, 4)


def test_there_is_a_reserve_that_others_may_not_read(path: Path) -> None:
    with opened(path):
        reserve = path.with_name("journal.sqlite3.reserve")
        assert (reserve.stat().st_size, reserve.stat().st_mode & 0o777) == (1 << 20, 0o600)


ON_A_FULL_DISK = """
import os, sys
from pathlib import Path
from tests.drivers.journal_sqlite.test_room import STARTED, account, gaps, opened
from edge.errors import StorageError
from edge.ports import Entry
from tests.samples import NOON_NS
folder = Path(sys.argv[1])
with opened(folder / "journal.sqlite3") as journal:
    for _ in range(200):
        journal.commit(Entry(events=[STARTED]), NOON_NS)
    with (folder / "film").open("wb", buffering=0) as film:
        try:
            while True:
                film.write(bytes(65536))
        except OSError:
            pass
        try:
            while True:
                film.write(bytes(1))
        except OSError:
            pass
    refused = lost = 0
    for _ in range(1500):
        try:
            journal.commit(Entry(events=[STARTED]), NOON_NS, lost=lost)
            lost = 0
        except StorageError:
            refused += 1
            lost += 1
    assert not (folder / "journal.sqlite3.reserve").exists()
    if sys.argv[2] == "deleted":
        journal.confirm_through(journal.queued(0, 100)[-1].seq)
    (folder / "film").unlink()
    journal.commit(Entry(events=[STARTED]), NOON_NS, lost=lost)
    assert (folder / "journal.sqlite3.reserve").exists()
    numbers, gone = account(journal)
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), numbers
    assert (numbers[0] == 1) == (sys.argv[2] == "kept")
    assert sys.argv[2] == "deleted" or len(numbers) - len(gaps(journal)) >= 1701 - gone
    print(refused, gone, journal.depth())
"""


ON_A_NEARLY_FULL_DISK = """
import logging, sys
from pathlib import Path
from tests.drivers.journal_sqlite.test_room import STARTED, UPDATED, account, opened
from edge.errors import StorageError
from edge.ports import Entry
from tests.samples import NOON_NS
logging.basicConfig(format="%(message)s")
folder = Path(sys.argv[1])
with opened(folder / "journal.sqlite3") as journal:
    journal.commit(Entry(events=[UPDATED] * 600), NOON_NS)
    journal.confirm_through(300)  # so that the file need not grow for what comes
with opened(folder / "journal.sqlite3") as journal:
    (folder / "journal.sqlite3.reserve").unlink()
    with (folder / "film").open("wb", buffering=0) as film:
        try:
            while film.write(bytes(4096)):
                pass
        except OSError:
            pass
        film.truncate(film.tell() - 8192)
    try:
        journal.commit(Entry(events=[STARTED] * 100), NOON_NS)
    except StorageError:
        print("refused", account(journal) == ([*range(301, 601)], 0))
    (folder / "film").unlink()
    journal.commit(Entry(events=[STARTED] * 100), NOON_NS)
    print("stored", account(journal) == ([*range(301, 701)], 0))
"""


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give what runs a script with a folder of its own on a disk of 8 MB."""
    mount = 'mount -t tmpfs -o size=8m disk "$0" && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(tmp_path)]
    if sys.platform != "linux" or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("mounting a small disk takes Linux, and is not allowed everywhere")

    def run(script: str, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, sys.executable, "-c", script, str(tmp_path), *args],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )

    return run


@pytest.mark.system
@pytest.mark.parametrize("deleted", ["deleted", "kept"])
def test_on_a_full_disk_nothing_is_lost_in_silence_and_afterwards_it_goes_on(
    on_a_small_disk: Callable[..., subprocess.CompletedProcess[str]], deleted: str
) -> None:
    done = on_a_small_disk(ON_A_FULL_DISK, deleted)
    assert done.returncode == 0, done.stderr


@pytest.mark.system
def test_what_does_not_fit_on_a_nearly_full_disk_is_refused_and_not_tried_forever(
    on_a_small_disk: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = on_a_small_disk(ON_A_NEARLY_FULL_DISK)
    assert (done.returncode, done.stdout) == (0, "refused True\nstored True\n"), done.stderr


@pytest.mark.system
def test_events_that_could_not_make_room_are_not_said_to_be_lost(
    on_a_small_disk: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = on_a_small_disk(ON_A_NEARLY_FULL_DISK)
    assert (done.returncode, "are lost" in done.stderr) == (0, False), done.stderr
