from __future__ import annotations

import json
import os
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from edge.core.gaps import Gap, gap_of, is_gap
from edge.drivers.journal_sqlite.salvage import finish_beginning_anew
from edge.ports import Entry
from edge.types import ChangeStatus, Post
from tests.power_writer import DEVICE, opened
from tests.samples import NOON_NS, a_change, an_event
from tests.schema_faults import faults

if TYPE_CHECKING:
    from pathlib import Path

    from edge.drivers.journal_sqlite import SqliteJournal

DAMAGES = int(os.environ.get("STILLWATCH_DAMAGES", "100"))
DAMAGE_BYTES = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed journal with five events, the first of them sent, and all else there is."""
    path = tmp_path / "journal.sqlite3"
    with closing(opened(path)) as journal:
        journal.commit(Entry([a_change("c-1")], [an_event(a_change("c-1"))]), NOON_NS)
        journal.mark_sent([1])
        changes = [a_change("c-2"), a_change("c-3", status=ChangeStatus.ENDED)]
        journal.commit(Entry(changes, [an_event()] * 3, posts=[Post("shelf", armed=False)]), NOON_NS)
        journal.order("relearn", {"camera": "shelf"})
        journal.commit(Entry(), NOON_NS, lost=7)
    return path


def by_hand(path: Path, statement: str) -> None:
    """Change the file behind the journal's back."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(statement)


SPOILT = "pragma application_id = 7"
"""Makes a file that is sound otherwise one that is put aside."""


def told(journal: SqliteJournal) -> list[tuple[int, str, int]]:
    """Return what waits: number, epoch and number as its payload has them."""
    said = [(event.seq, json.loads(event.message.payload)) for event in journal.queued(0, 10**6)]
    return [(seq, payload["epoch"], payload["seq"]) for seq, payload in said]


def test_everything_that_can_be_read_is_carried_over(path: Path) -> None:
    by_hand(path, SPOILT)
    with closing(opened(path)) as fresh:
        assert [change.change_id for change in fresh.changes(9)] == ["c-3", "c-2", "c-1"]
        assert [change.change_id for change in fresh.open_changes("shelf")] == ["c-1", "c-2"]
        assert fresh.post("shelf") == Post("shelf", armed=False)
        assert [order.op for order in fresh.orders()] == ["relearn"]
        assert fresh.depth() == 6


def test_events_are_told_in_a_new_epoch_under_new_numbers_behind_a_gap_that_names_the_old_one(
    path: Path,
) -> None:
    with closing(opened(path)) as journal:
        old = journal.epoch
    by_hand(path, SPOILT)
    with closing(opened(path)) as fresh:
        assert fresh.epoch != old
        assert told(fresh) == [(seq, fresh.epoch, seq) for seq in range(1, 7)]
        first, *events = fresh.queued(0, 9)
        assert gap_of(first.message.payload) == Gap(0, "damaged", lost_epoch=old)
        assert [event.sent for event in events] == [True, False, False, False, False]
        assert gap_of(events[-1].message.payload) == Gap(7, "full", lost_epoch=old)
        for event in (first, *events):
            schema = "gap" if is_gap(event.message.payload) else "event"
            assert faults(schema, event.message.payload) == []


def test_an_event_that_cannot_be_believed_is_counted_and_left_behind(path: Path) -> None:
    by_hand(path, f"update event set payload = x'00' where seq = 2; {SPOILT}")  # noqa: S608 - a test's own
    with closing(opened(path)) as fresh:
        first, *events = fresh.queued(0, 9)
        assert gap_of(first.message.payload).count == 1
        assert len(events) == 4


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("update change set kind = 'melted' where change_id = 'c-1'", id="a-change"),
        pytest.param("update meta set value = 'perhaps' where key = 'post/shelf'", id="a-post"),
        pytest.param("drop table orders", id="the-orders"),
        pytest.param("delete from meta where key = 'epoch'", id="the-epoch"),
    ],
)
def test_what_cannot_be_read_does_not_keep_the_rest_back(path: Path, damage: str) -> None:
    by_hand(path, f"{damage}; {SPOILT}")
    with closing(opened(path)) as fresh:
        assert "c-2" in {change.change_id for change in fresh.changes(9)}
        assert fresh.depth() == 6


def test_a_file_of_nonsense_leaves_a_gap(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)
    with closing(opened(path)) as fresh:
        (only,) = fresh.queued(0, 9)
        assert gap_of(only.message.payload) == Gap(None, "damaged")


def test_a_damaged_order_is_left_behind(path: Path) -> None:
    by_hand(path, f"update orders set args = x'7b'; {SPOILT}")  # noqa: S608 - a test's own
    with closing(opened(path)), closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from orders").fetchone() == (0,)


@pytest.mark.parametrize("moved", ["nothing", "the-damaged-one", "both"])
def test_a_power_cut_while_beginning_anew_costs_nothing(path: Path, moved: str) -> None:
    by_hand(path, SPOILT)
    fresh = path.with_name("journal.sqlite3.new")
    with closing(opened(path)):
        pass
    if moved != "both":
        path.rename(fresh)
    if moved == "nothing":
        path.with_name("journal.sqlite3.damaged").rename(path)
    finish_beginning_anew(path)
    with closing(opened(path)) as journal:
        assert journal.depth() == 6
        assert DEVICE in journal.queued(0, 1)[0].message.topic
    assert not fresh.exists()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_file_damaged_at_any_place_starts_and_accepts_nothing_wrong(tmp_path: Path) -> None:
    path, dice = tmp_path / "journal.sqlite3", random.Random(6)  # noqa: S311 - a test's own dice
    with closing(opened(path)) as journal:
        for number in range(1, 81):
            status = ChangeStatus.ENDED if number % 2 else ChangeStatus.OPEN
            change = a_change(f"c-{number}", status=status)
            journal.commit(Entry([change], [an_event(change)] * 2), NOON_NS)
        sound = {event.seq: json.loads(event.message.payload) for event in journal.queued(0, 1000)}
    whole, carried_over = path.read_bytes(), 0
    for _ in range(DAMAGES):
        for file in tmp_path.iterdir():
            file.unlink()
        at = dice.randrange(len(whole) - DAMAGE_BYTES)
        path.write_bytes(whole[:at] + dice.randbytes(DAMAGE_BYTES) + whole[at + DAMAGE_BYTES :])
        with closing(opened(path)) as journal:
            waiting = journal.queued(0, 1000)
            gaps = [event for event in waiting if is_gap(event.message.payload)]
            events = [json.loads(e.message.payload) for e in waiting if e not in gaps]
            if journal.quarantined is None:
                assert all(sound[event["seq"]] == event for event in events)
            else:
                assert gap_of(waiting[0].message.payload).reason == "damaged"
                known = [{**event, "epoch": None, "seq": None} for event in sound.values()]
                assert all({**event, "epoch": None, "seq": None} in known for event in events)
                carried_over += len(events)
            assert len(events) == len(sound) or gaps
            journal.commit(Entry([a_change("c-99")], [an_event()]), NOON_NS)
            assert journal.depth() == len(waiting) + 1
    assert carried_over > DAMAGES * len(sound) / 4
