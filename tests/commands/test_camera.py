from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from edge.commands.camera import PATIENCE_S, check, order, run
from edge.core.gaps import gap_teller
from edge.drivers.journal_sqlite import SqliteJournal, SqliteVisit
from edge.errors import ConfigError, StorageError
from edge.ports import Entry
from edge.sim.journal import SimJournal
from edge.types import Message

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Event


def numbered(_event: Event, epoch: str, seq: int) -> Message:
    return Message(f"{epoch}/{seq}", b"")


@pytest.mark.parametrize(
    ("camera", "wanted"),
    [pytest.param("shelf", "shelf", id="one"), pytest.param("all", "*", id="all")],
)
def test_an_order_is_left_in_the_journal(camera: str, wanted: str) -> None:
    journal, waited = SimJournal(encode=numbered), list[float]()
    assert not order(journal, "disarm", camera, pause=waited.append)
    assert [(one.op, one.args) for one in journal.orders()] == [("disarm", {"camera": wanted})]
    assert sum(waited) == pytest.approx(PATIENCE_S)


def test_a_running_device_carries_it_out_meanwhile() -> None:
    journal = SimJournal(encode=numbered)

    def device(_seconds: float) -> None:
        journal.commit(Entry(done=[one.order_id for one in journal.orders()]), 0)

    assert order(journal, "arm", "shelf", pause=device)


@pytest.mark.parametrize("camera", ["all", "shelf"])
def test_a_known_camera_and_all_are_fine(camera: str) -> None:
    check(camera, ["shelf", "door"])
    check(camera, [])


@pytest.mark.parametrize(
    ("camera", "known", "says"),
    [
        pytest.param("shelv", ["shelf", "door"], "cameras: shelf, door", id="not-configured"),
        pytest.param("The Shelf", [], "a-z", id="no-name-at-all"),
    ],
)
def test_another_name_is_refused(camera: str, known: list[str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        check(camera, known)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of a device that has run."""
    SqliteJournal(tmp_path / "journal.sqlite3", encode=numbered, encode_gap=gap_teller("bench1")).close()
    return tmp_path


def arguments(state: Path, *, as_json: bool = False) -> argparse.Namespace:
    return argparse.Namespace(action="relearn", camera="shelf", state=state, config=None, json=as_json)


@pytest.mark.slow
def test_the_device_that_does_not_run_finds_the_order_later(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(state, as_json=True)) == 0
    assert json.loads(capsys.readouterr().out) == {"op": "relearn", "camera": "shelf", "done": False}
    (waiting,) = SqliteVisit(state / "journal.sqlite3").orders()
    assert (waiting.op, waiting.args) == ("relearn", {"camera": "shelf"})


def test_without_a_folder_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        run(arguments(tmp_path / "nowhere"))


def test_without_a_ledger_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        run(arguments(tmp_path))
