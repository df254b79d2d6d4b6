from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.commands.why import run
from edge.core.gaps import gap_teller
from edge.drivers.evidence_files import FileEvidence
from edge.drivers.journal_sqlite import SqliteJournal
from edge.errors import ConfigError, StorageError
from edge.ports import Entry
from edge.types import (
    ChangeStatus,
    EventType,
    Frame,
    Instant,
    Look,
    Message,
    Moment,
    Reference,
    View,
)
from tests.samples import MODEL, NOON_NS, a_change, an_event
from tests.schema_faults import faults

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Event

SIZE = (540, 960)
NOW = Instant(NOON_NS, NOON_NS)


def a_moment(event: Event) -> Moment:
    pixels, score = np.zeros((*SIZE, 3), np.uint8), np.zeros(SIZE, np.float32)
    known = Reference("day-1", "day", pixels, np.ones(SIZE, np.float32), np.ones(SIZE, np.bool_), NOON_NS)
    look = Look(NOW, View.OK, (), np.zeros(SIZE, np.bool_), score, (0.0, 0.0), MODEL, 5.0)
    return Moment("shelf", NOW, View.OK, 0.6, Frame("shelf", 0, NOW, pixels), look, known, events=(event,))


def numbered(_event: Event, epoch: str, seq: int) -> Message:
    return Message(f"{epoch}/{seq}", b"")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the folder of a device that told two changes, and the end of the first."""
    evidence = FileEvidence(tmp_path / "evidence")
    first, second = a_change("shelf-1"), a_change("shelf-2")
    over = a_change("shelf-1", status=ChangeStatus.ENDED)
    events = [
        an_event(first),
        an_event(second),
        an_event(over, event_type=EventType.CHANGE_ENDED),
        replace(an_event(), event_type=EventType.REFERENCE_UPDATED),
    ]
    for seq, event in enumerate(events, start=1):
        evidence.numbered(event, "e1", seq)
        evidence.note(a_moment(event))
    journal = SqliteJournal(
        tmp_path / "journal.sqlite3", encode=numbered, encode_gap=gap_teller("bench1"), max_bytes=1 << 20
    )
    journal.commit(Entry([over, second]), 0)
    journal.close()
    return tmp_path


def asked(state: Path, event: str = "last", *, out: Path | None = None, as_json: bool = False) -> Namespace:
    return Namespace(event=event, out=out, json=as_json, state=state, config=None)


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_an_alarm_is_explained_with_its_pictures(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked(state, "shelf-2")) == 0
    lines = printed(capsys)
    assert lines[0].startswith("shelf-2 was told at ")
    assert "showed 0.83 where 0.60 counts, over 119 px at 10x12+30+40" in lines[0]
    assert lines[1].startswith("light: day, reference day-3")
    assert lines[2].startswith("now: open; first seen ")
    assert [line.rpartition("-")[2] for line in lines[3:]] == [
        "pictures:",
        "after.jpg",
        "before.jpg",
        "heat.jpg",
    ]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        pytest.param("shelf-1", ["change_started", "change_ended"], id="a-change"),
        pytest.param("last", ["change_started", "change_ended"], id="the-change-of-the-last-event"),
        pytest.param("e1/2", ["change_started"], id="a-number"),
        pytest.param("e1/3", ["change_ended"], id="the-number-of-an-end"),
    ],
)
def test_an_event_is_named_in_several_ways(
    state: Path, event: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(asked(state, event, as_json=True))
    (line,) = printed(capsys)
    assert [kept["event_type"] for kept in json.loads(line)["events"]] == told


def test_the_last_alarm_may_be_one_about_the_view(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    FileEvidence(state / "evidence").note(a_moment(an_event()))
    run(asked(state))
    lines = printed(capsys)
    assert "because the view was covered" in lines[0]
    assert lines[-1].endswith("-view.jpg")


@pytest.mark.parametrize("event", ["last", "shelf-2"])
def test_json_is_as_the_schema_says(state: Path, event: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(state, event, as_json=True))
    assert faults("why", capsys.readouterr().out.encode()) == []


def test_what_the_ledger_says_today_comes_with_it(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(state, "shelf-1", as_json=True))
    now = json.loads(capsys.readouterr().out)["now"]
    assert (now["status"], now["end_reason"]) == ("ended", "reverted")


def test_pictures_are_copied_where_one_wants_them(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(asked(state, "shelf-2", out=tmp_path / "out"))
    copied = sorted((tmp_path / "out").iterdir())
    assert [f"  {path}" for path in copied] == printed(capsys)[-3:]
    original = state / "evidence" / copied[0].name
    assert copied[0].read_bytes() == original.read_bytes()


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param("shelf-9", "evidence is kept of shelf-1, shelf-2", id="a-change-nobody-knows"),
        pytest.param("e1/99", "evidence is kept of", id="a-number-nobody-knows"),
        pytest.param("e2/1", "evidence is kept of", id="another-epoch"),
    ],
)
def test_what_is_not_known_is_said_with_what_is(state: Path, event: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(asked(state, event))


def test_evidence_that_had_to_make_room_is_said_to_have(state: Path) -> None:
    for path in (state / "evidence").glob("*shelf-2*"):
        path.unlink()
    with pytest.raises(ConfigError, match="had to make room"):
        run(asked(state, "shelf-2"))


def test_before_the_first_event_there_is_nothing_to_explain(tmp_path: Path) -> None:
    FileEvidence(tmp_path / "evidence").note(replace(a_moment(an_event()), events=()))
    with pytest.raises(ConfigError, match="why-not"):
        run(asked(tmp_path))


def test_without_a_ledger_the_evidence_still_speaks(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state / "journal.sqlite3").unlink()
    run(asked(state, "shelf-2"))
    captured = capsys.readouterr()
    assert "shelf-2 was told at" in captured.out
    assert "left out: " in captured.err


def test_damage_is_named_and_does_no_harm(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (state / "evidence").glob("000003*record.json"):
        path.write_bytes(b"{")
    run(asked(state, "shelf-1"))
    captured = capsys.readouterr()
    assert "shelf-1 was told at" in captured.out
    assert "left out: 000003" in captured.err


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        run(asked(tmp_path / "none"))


def test_a_device_that_never_ran_has_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="has the device run"):
        run(asked(tmp_path))
