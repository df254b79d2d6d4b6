from __future__ import annotations

import json
import time
from argparse import Namespace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from edge.commands.why_not import MINUTE_NS, in_pixels, point_of, run, stretch, which
from edge.core.gaps import gap_teller
from edge.core.glance_bytes import packed
from edge.core.segments import LOOK, PICTURE, Record
from edge.drivers.evidence_files.ring import SegmentRing
from edge.drivers.journal_sqlite import SqliteJournal
from edge.errors import ConfigError
from edge.ports import Entry
from edge.types import Message
from tests.glances import HERE, SECOND_NS, a_glance, a_spot
from tests.samples import NOON_NS, a_change
from tests.schema_faults import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from edge.core.glances import Glance
    from edge.types import Event

NOW_NS = NOON_NS + 3600 * SECOND_NS
PLACE = "405,205"
AT = "2026-11-22T12:00:00Z"


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live in Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def kept(folder: Path, glances: Sequence[Glance]) -> Path:
    """Return the folder of a device that kept these looks, and a picture."""
    ring = SegmentRing(folder / "evidence" / "looks", max_bytes=1 << 20)
    for glance in glances:
        ring.append(Record(LOOK, glance.taken_ns, glance.camera, packed(glance)))
    ring.append(Record(PICTURE, NOON_NS, "shelf", b"\xff\xd8 a picture"))
    return folder


def asked(
    state: Path,
    *,
    camera: str | None = None,
    at: str = AT,
    place: str | None = PLACE,
    out: Path | None = None,
    as_json: bool = True,
) -> Namespace:
    return Namespace(camera=camera, at=at, place=place, out=out, json=as_json, state=state, config=None)


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = capsys.readouterr().out.splitlines()
    said: dict[str, object] = json.loads(line)
    return said


def test_a_silence_is_explained_with_all_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked(kept(tmp_path, [a_glance(), a_glance(after_s=5, score=0.6)]))) == 0
    said = answer(capsys)
    assert (said["reason"], said["looks"], said["score"]) == ("below_threshold", 2, 0.6)
    assert (said["threshold"], said["enough"], said["place"]) == (0.72, 0.89, [405.0, 205.0])


@pytest.mark.parametrize(
    "glances",
    [
        pytest.param([a_glance(score=0.9, hot_px=100, spots=[a_spot()])], id="with-everything"),
        pytest.param([a_glance(after_s=-3600)], id="with-nothing-of-that-time"),
    ],
)
def test_json_is_as_the_schema_says(
    tmp_path: Path, glances: list[Glance], capsys: pytest.CaptureFixture[str]
) -> None:
    run(asked(kept(tmp_path, glances)))
    assert faults("why-not", capsys.readouterr().out.encode()) == []


def test_people_get_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(kept(tmp_path, [a_glance(score=0.6)]), as_json=False))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("it looked too much like the reference: score 0.60 < 0.72")
    assert lines[-1] == "pictures of about that time: 1; --out DIR copies them"


@pytest.mark.parametrize(
    ("after_s", "looks"),
    [
        pytest.param(-11, 0, id="long-before"),
        pytest.param(-9, 1, id="just-before"),
        pytest.param(9, 1, id="just-after"),
        pytest.param(11, 0, id="long-after"),
    ],
)
def test_looks_of_about_that_time_count(
    tmp_path: Path, after_s: float, looks: int, capsys: pytest.CaptureFixture[str]
) -> None:
    run(asked(kept(tmp_path, [a_glance(after_s=after_s)])))
    assert answer(capsys)["looks"] == looks


def numbered(_event: Event, epoch: str, seq: int) -> Message:
    return Message(f"{epoch}/{seq}", b"")


def test_the_ledger_is_asked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = SqliteJournal(
        tmp_path / "journal.sqlite3", encode=numbered, encode_gap=gap_teller("bench1"), max_bytes=1 << 20
    )
    journal.commit(Entry([a_change("shelf-3", box=HERE)]), 0)
    journal.close()
    run(asked(kept(tmp_path, [a_glance()])))
    said = answer(capsys)
    assert (said["reason"], said["change_ids"]) == ("told", ["shelf-3"])


def test_pictures_are_copied_where_one_wants_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(kept(tmp_path, [a_glance()]), out=tmp_path / "out"))
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == "shelf-20261122T120000000Z.jpg"
    assert answer(capsys)["pictures"] == [str(path)]


@pytest.mark.parametrize(
    ("text", "since", "seconds"),
    [
        pytest.param("now", "13:00:00", 0, id="now"),
        pytest.param("5m", "12:55:00", 0, id="minutes-ago"),
        pytest.param("-5m", "12:55:00", 0, id="minutes-ago-with-a-sign"),
        pytest.param("90s", "12:58:30", 0, id="seconds-ago"),
        pytest.param("12:31", "12:31:00", 60, id="a-minute"),
        pytest.param("12:31:05", "12:31:05", 0, id="a-second"),
        pytest.param("2026-11-22T12:31", "12:31:00", 60, id="a-minute-with-its-date"),
        pytest.param("2026-11-22T12:31:05", "12:31:05", 0, id="a-second-with-its-date"),
        pytest.param("2026-11-22T12:31:05Z", "12:31:05", 0, id="in-greenwich"),
        pytest.param("2026-11-22T13:31:05+01:00", "12:31:05", 0, id="in-another-zone"),
    ],
)
@pytest.mark.usefixtures("utc")
def test_times_are_understood(text: str, since: str, seconds: int) -> None:
    when = stretch(text, now_ns=NOW_NS)
    assert f"{datetime.fromtimestamp(when.since_ns / 1e9, tz=timezone.utc):%H:%M:%S}" == since
    assert when.until_ns - when.since_ns == (MINUTE_NS - 1 if seconds else 0)


@pytest.mark.usefixtures("utc")
def test_a_time_of_day_is_the_last_one_there_was() -> None:
    assert stretch("13:01", now_ns=NOW_NS).since_ns == NOW_NS + MINUTE_NS - 24 * 60 * MINUTE_NS


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "12:61", "5 parsecs", "9999999999s", "2026-13-01", "1e9"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="not a time"):
        stretch(text, now_ns=NOW_NS)


def test_nobody_knows_the_future() -> None:
    with pytest.raises(ConfigError, match="yet to come"):
        stretch("2027-01-01T00:00:00Z", now_ns=NOW_NS)


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        pytest.param("0.5,0.25", (480.0, 135.0), id="shares"),
        pytest.param("1,1", (959, 539), id="the-last-corner"),
        pytest.param("812,431", (812.0, 431.0), id="pixels"),
        pytest.param("812, 0", (812.0, 0.0), id="pixels-at-the-top"),
    ],
)
def test_places_are_understood(text: str, pixels: tuple[float, float]) -> None:
    assert in_pixels(point_of(text), (960, 540)) == pixels


@pytest.mark.parametrize("text", ["", "here", "1", "1,2,3", "-1,5", "nan,1", "1e9,1"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="as shares of the picture"):
        point_of(text)


def test_a_place_outside_of_the_picture_is_refused() -> None:
    with pytest.raises(ConfigError, match="960 x 540"):
        in_pixels((960.0, 5.0), (960, 540))


@pytest.mark.parametrize(
    ("wanted", "cameras", "said"),
    [
        pytest.param(None, [], "no look was kept yet", id="before-the-first-look"),
        pytest.param(None, ["door", "shelf"], "which camera", id="one-of-several"),
        pytest.param("attic", ["shelf"], "known are shelf", id="one-that-is-not-there"),
    ],
)
def test_a_camera_that_is_not_clear_is_asked_for(wanted: str | None, cameras: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        which(wanted, cameras)


def test_the_only_camera_need_not_be_named() -> None:
    assert which(None, ["shelf"]) == "shelf"
