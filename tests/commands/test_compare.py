from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.cli import main
from edge.vision.encoded import decoded, encoded
from tests.schema_faults import faults
from tests.tiny_models import store
from tests.vision.pictures import in_colour, textured, with_square

if TYPE_CHECKING:
    from pathlib import Path

SCENE = textured()
PICTURES = {
    "before": in_colour(SCENE),
    "same": in_colour(SCENE, seed=1, gain=0.85),
    "changed": in_colour(with_square(SCENE, 100, 80, 14, 60), seed=1, gain=0.85),
    "dark": in_colour(SCENE, gain=0.02),
    "other": in_colour(textured(seed=9)),
    "cropped": in_colour(SCENE)[:-2],
}


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with the pictures, and a file that is none."""
    for name, pixels in PICTURES.items():
        (tmp_path / f"{name}.png").write_bytes(encoded(np.ascontiguousarray(pixels)))
    (tmp_path / "text.png").write_text("hello")
    return tmp_path


def compare(shelf: Path, after: str, *options: str) -> int:
    """Run the command, without a network unless one is named; return what it exits with."""
    pair = [str(shelf / "before.png"), str(shelf / f"{after}.png")]
    return main(["compare", *pair, "--model", "difference", *options])


CANNOT = [
    pytest.param("dark", [], 2, "too dark", id="the-light-is-off"),
    pytest.param("other", [], 2, "hardly anything of the first", id="another-scene"),
    pytest.param("cropped", [], 2, "240 x 180 and 240 x 178", id="another-size"),
    pytest.param("text", [], 2, "text.png: not a JPEG, PNG or BMP", id="not-a-picture"),
    pytest.param("absent", [], 2, "absent.png: No such file", id="no-file"),
    pytest.param("same", ["--model", "/no/bundle"], 4, "/no/bundle/contract.json", id="no-bundle"),
    pytest.param("same", ["--out", "/dev/null/out"], 5, "cannot be written to", id="nowhere-to-write"),
]


def test_nothing_different_exits_0_and_says_so(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(shelf, "same") == 0
    told = capsys.readouterr()
    assert told.out.startswith("same: nothing is different\n(model ")
    assert told.err == ""


def test_something_different_exits_1_and_says_where(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(shelf, "changed") == 1
    first, headings, row, last = capsys.readouterr().out.splitlines()
    assert first == "different: 1 place"
    assert headings.split() == ["kind", "box", "area_px", "score"]
    assert row.split()[0] in {"appeared", "altered"}
    assert "view shifted by 0.0 px" in last


@pytest.mark.parametrize(("after", "options", "code", "cause"), CANNOT)
def test_what_cannot_be_compared_exits_2_or_more_with_the_reason(
    shelf: Path, capsys: pytest.CaptureFixture[str], after: str, options: list[str], code: int, cause: str
) -> None:
    assert compare(shelf, after, *options) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("stillwatch: ")
    assert cause in told.err


@pytest.mark.parametrize(("after", "options", "code", "cause"), CANNOT)
def test_as_json_the_reason_is_told_twice_for_programs_and_for_people(
    shelf: Path, capsys: pytest.CaptureFixture[str], after: str, options: list[str], code: int, cause: str
) -> None:
    assert compare(shelf, after, *options, "--json") == code
    told = capsys.readouterr()
    assert faults("compare", told.out.encode()) == []
    document = json.loads(told.out)
    assert (document["changed"], document["error"]["code"]) == (None, code)
    assert cause in document["error"]["message"]
    assert cause in told.err


@pytest.mark.parametrize(("after", "code"), [("same", 0), ("changed", 1)])
def test_json_stands_alone_and_keeps_to_its_schema(
    shelf: Path, capsys: pytest.CaptureFixture[str], after: str, code: int
) -> None:
    assert compare(shelf, after, "--json") == code
    told = capsys.readouterr()
    assert faults("compare", told.out.encode()) == []
    assert json.loads(told.out)["changed"] is bool(code)
    assert told.err == ""


def test_json_says_where_in_pixels_of_the_first_picture(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare(shelf, "changed", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["frame"] == {"w": 240, "h": 180}
    assert document["regions"][0]["box"] == pytest.approx([100, 80, 14, 14], abs=3)


def test_pictures_are_kept_on_demand(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(shelf, "changed", "--json", "--out", str(shelf / "kept")) == 1
    kept = {path.name: path.read_bytes() for path in (shelf / "kept").iterdir()}
    assert sorted(kept) == ["after.png", "before.png", "changes.json", "heat.png"]
    assert kept["changes.json"].decode() == capsys.readouterr().out
    assert np.array_equal(decoded(kept["before.png"]), PICTURES["before"])
    drawn = (decoded(kept["after.png"]) != PICTURES["changed"]).any(axis=2)
    assert 0 < drawn.sum() < 400
    assert not drawn[83:91, 103:111].any()


def test_a_bundle_may_be_named(
    shelf: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = store(tmp_path_factory.mktemp("bundle"))
    assert compare(shelf, "changed", "--json", "--model", str(bundle)) in {0, 1}
    assert json.loads(capsys.readouterr().out)["model"] == {"id": "tiny", "version": "1", "delegate": "cpu"}
