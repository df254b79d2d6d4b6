from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from edge.commands.ledger import PATIENCE_S, accept, as_json, as_table, listing, run
from edge.errors import ConfigError
from edge.ports import Entry
from edge.sim.journal import SimJournal
from edge.types import Box, ChangeStatus, Message
from tests.samples import NOON_NS, a_change

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Change, Event

NOW_NS = NOON_NS + 75_000_000_000


def numbered(_event: Event, epoch: str, seq: int) -> Message:
    return Message(f"{epoch}/{seq}", b"")


def a_journal(*changes: Change) -> SimJournal:
    journal = SimJournal(encode=numbered)
    journal.commit(Entry(changes), 0)
    return journal


def three() -> SimJournal:
    """Return a ledger with one change of each kind of status, the ended one last."""
    return a_journal(
        a_change("shelf-1"),
        a_change("shelf-2", status=ChangeStatus.SUSPENDED),
        a_change("shelf-3", status=ChangeStatus.ENDED),
    )


class Waiting:
    """Passes the time for ``accept``, and notes it; a device may do its work meanwhile."""

    def __init__(self, journal: SimJournal, *, device_runs: bool) -> None:
        self.waited_s = 0.0
        self._journal = journal
        self._device_runs = device_runs

    def __call__(self, seconds: float) -> None:
        """Let the device obey."""
        self.waited_s += seconds
        if self._device_runs:
            self._journal.commit(Entry(done=[order.order_id for order in self._journal.orders()]), 0)


def never(_seconds: float) -> None:
    pytest.fail("there was nothing to wait for")


@pytest.mark.parametrize(
    ("ended", "ids"),
    [
        pytest.param(False, ["shelf-2", "shelf-1"], id="the-open-and-the-hidden"),
        pytest.param(True, ["shelf-3", "shelf-2", "shelf-1"], id="the-ended-too"),
    ],
)
def test_changes_are_listed_newest_first(*, ended: bool, ids: list[str]) -> None:
    assert [change.change_id for change in listing(three(), ended=ended)] == ids


def test_the_table_lines_up() -> None:
    change = a_change("shelf-1", box=Box(30, 40, 40, 52))
    assert as_table(
        [change, a_change("shelf-10", status=ChangeStatus.ENDED)], now_ns=NOW_NS
    ).splitlines() == [
        "id        camera  kind         since                 seconds  box          status",
        "shelf-1   shelf   disappeared  2026-11-22T12:00:00Z  75       10x12+30+40  open",
        "shelf-10  shelf   disappeared  2026-11-22T12:00:00Z  2        10x12+30+40  reverted",
    ]


def test_an_empty_table_says_so() -> None:
    assert as_table([], now_ns=NOW_NS) == "no change is open"


def test_json_says_the_same_with_units() -> None:
    (record,) = json.loads(as_json([a_change("shelf-1", box=Box(30, 40, 40, 52))], now_ns=NOW_NS))
    assert record == {
        "change_id": "shelf-1",
        "camera": "shelf",
        "kind": "disappeared",
        "status": "open",
        "since": "2026-11-22T12:00:00Z",
        "seconds": 75.0,
        "box": [30, 40, 10, 12],
        "area_px": 119,
        "score": 0.83,
        "ended": None,
        "end_reason": None,
    }


def test_an_ended_change_says_why_and_when() -> None:
    (record,) = json.loads(as_json([a_change(status=ChangeStatus.ENDED)], now_ns=NOW_NS))
    assert (record["ended"], record["end_reason"]) == ("2026-11-22T12:00:02Z", "reverted")


@pytest.mark.parametrize(
    ("wanted", "ordered"),
    [
        pytest.param("shelf-1", {"change_id": "shelf-1"}, id="one"),
        pytest.param("all", {"change_id": "*", "change_ids": "shelf-1 shelf-2"}, id="all"),
    ],
)
def test_accepting_places_an_order(wanted: str, ordered: dict[str, str]) -> None:
    journal = three()
    accept(journal, wanted, pause=Waiting(journal, device_runs=False))
    assert [(order.op, order.args) for order in journal.orders()] == [("accept", ordered)]


def test_a_running_device_is_waited_for() -> None:
    journal = three()
    told = accept(journal, "all", pause=Waiting(journal, device_runs=True))
    assert told == "accepted: shelf-2, shelf-1"


def test_a_device_that_does_not_run_is_not_waited_for_long() -> None:
    journal = three()
    waiting = Waiting(journal, device_runs=False)
    assert (
        accept(journal, "shelf-1", pause=waiting) == "noted: shelf-1; the device will accept it when it runs"
    )
    assert waiting.waited_s == pytest.approx(PATIENCE_S)


@pytest.mark.parametrize(
    "wanted", ["shelf-9", "shelf-3", "*", ""], ids=["unknown", "ended", "a-star", "empty"]
)
def test_what_is_not_open_cannot_be_accepted_and_the_open_ones_are_named(wanted: str) -> None:
    journal = three()
    with pytest.raises(ConfigError, match="open changes: shelf-2, shelf-1"):
        accept(journal, wanted, pause=never)
    assert journal.orders() == []


def test_nothing_open_cannot_be_accepted_by_name() -> None:
    with pytest.raises(ConfigError, match="no change is open"):
        accept(a_journal(), "shelf-1", pause=never)


def test_accepting_all_of_nothing_is_fine() -> None:
    assert accept(a_journal(), "all", pause=never) == "nothing to accept: no change is open"


def test_a_state_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    args = argparse.Namespace(state=tmp_path / "none", config=None, action="list", all=False, json=False)
    with pytest.raises(ConfigError, match="no such folder"):
        run(args)
    assert not (tmp_path / "none").exists()
