from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import pytest

from convert.cli import main
from convert.probe.geometry import Part, part_of
from edge.errors import ConfigError
from tests.probe.recordings import HEIGHT, WIDTH, record
from tests.schema_faults import faults

if TYPE_CHECKING:
    from pathlib import Path

FEW = ["--model", "difference", "--positions", "2", "--loop-frames", "10", "--fps", "2.5", "--quiet"]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("films") / "shelf.avi")


def probed(video: Path, *options: str) -> int:
    """Run the command on a recording; return what it exits with."""
    return main(["probe", "--video", str(video), *FEW, *options])


def test_figures_are_printed_and_kept_with_their_pictures(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(video, "--json", "--out", str(tmp_path / "out")) == 0
    told = capsys.readouterr()
    figures = json.loads(told.out)
    assert faults("probe", told.out.encode()) == []
    assert figures["recall"]["12@60"] == {"found": 2, "of": 2, "share": 1.0, "low": 0.3424, "high": 1.0}
    assert (figures["width"], figures["light_events"], figures["still_open"]) == (WIDTH, 0, 1.0)
    assert figures["views"]["shelf"]["height"] == HEIGHT
    assert told.err == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "probe.json",
        "recall.png",
        "shelf_misses.png",
    ]
    assert all(cv2.imread(str(path)) is not None for path in (tmp_path / "out").glob("*.png"))
    assert json.loads((tmp_path / "out" / "probe.json").read_text()) == figures


def test_only_the_sizes_that_were_named_are_tried(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert probed(video, "--size", "12", "--size", "9", "--size", "12", "--json") == 0
    assert list(json.loads(capsys.readouterr().out)["recall"]) == ["12@60", "12@30", "9@60", "9@30"]


def test_several_recordings_are_counted_together_and_apart(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = record(tmp_path / "door.avi")
    assert probed(video, "--video", str(other), "--crop", "140x110", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"]["12@60"]["of"] == 4
    assert {name: one["width"] for name, one in figures["views"].items()} == {"shelf": 140, "door": 140}


def test_recordings_of_one_name_keep_a_picture_each(video: Path, tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    other = record(tmp_path / "door" / "shelf.avi")
    out = tmp_path / "out"
    assert probed(video, "--video", str(other), "--json", "--out", str(out)) == 0
    assert len(list(out.glob("*shelf.avi_misses.png"))) == 2


@pytest.mark.parametrize(
    ("options", "code", "cause"),
    [
        pytest.param(["--crop", "500x100"], 2, "not inside the view of 160 x 120", id="a-part-too-wide"),
        pytest.param(["--crop", "half"], 2, "WIDTHxHEIGHT", id="no-part-at-all"),
        pytest.param(["--video", "/no/such.avi"], 3, "/no/such.avi", id="no-such-recording"),
        pytest.param(["--model", "/no/bundle"], 4, "/no/bundle/contract.json", id="no-such-bundle"),
        pytest.param(["--out", "/dev/null/out"], 5, "/dev/null/out", id="nowhere-to-write"),
        pytest.param(["--fps", "nan"], 2, "from 0.1 to 30", id="no-pace"),
        pytest.param(["--positions", "0"], 2, "from 1 to 10000", id="nothing-to-try"),
        pytest.param(["--size", "65"], 2, "from 1 to 64", id="no-small-patch"),
    ],
)
def test_what_cannot_be_probed_is_refused_with_the_reason(
    video: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, cause: str
) -> None:
    assert probed(video, *options) == code
    assert cause in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("640x360", Part(640, 360), id="the-middle"),
        pytest.param("640x360+100+0", Part(640, 360, (100, 0)), id="from-a-corner"),
    ],
)
def test_a_part_is_read(text: str, part: Part) -> None:
    assert part_of(text) == part


@pytest.mark.parametrize(
    "text", ["", "640", "0x10", "640x360+1", "640x360-1-1", "1e3x10", "9" * 9 + "x9", "\u0663x9"]
)
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="WIDTHxHEIGHT"):
        part_of(text)
