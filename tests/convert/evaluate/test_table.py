from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from convert.evaluate.table import as_markdown, run
from edge.engines import DEFAULT_BUNDLE
from edge.errors import ConfigError
from tests.convert.evaluate.sets import write_set

if TYPE_CHECKING:
    from pathlib import Path


def asked(
    root: Path, out: Path, *, models: list[str] | None = None, processes: int = 1, as_json: bool = False
) -> Namespace:
    """Return the arguments of the command."""
    return Namespace(
        pairs_root=root,
        out=out,
        models=models,
        methods=["absdiff", "difference"],
        processes=processes,
        json=as_json,
    )


def test_figures_stand_side_by_side() -> None:
    results = {
        "one": {"yard": {"ftol": 0.5, "pairs": 3}},
        "two": {"yard": {"ftol": 0.25}, "desk": {"cut": 1.0}},
    }
    assert as_markdown(results) == (
        "| F within 2 px | one | two |\n|---|---|---|\n| yard | 0.5 | 0.25 |\n\n"
        "| scores from | one | two |\n|---|---|---|\n| desk |  | 1 |\n"
    )


@pytest.mark.parametrize(
    "processes",
    [
        pytest.param(1, id="in-one-process"),
        pytest.param(2, id="in-two-processes", marks=pytest.mark.slow),
    ],
)
def test_every_method_looks_at_every_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], processes: int
) -> None:
    for name in ("desk", "yard"):
        write_set(tmp_path / "sets" / name)
    (tmp_path / "sets" / "videos").mkdir()
    assert run(asked(tmp_path / "sets", tmp_path / "out", processes=processes, as_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert {column: set(found) for column, found in told.items()} == {
        "absdiff": {"desk", "yard"},
        "difference": {"desk", "yard"},
    }
    assert (tmp_path / "out" / "absdiff" / "yard" / "0000_score.png").exists()


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no sets in it"):
        run(asked(tmp_path, tmp_path / "out"))


def test_each_model_has_a_column_for_each_of_its_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_set(tmp_path / "sets" / "desk")
    assert run(asked(tmp_path / "sets", tmp_path / "out", models=["default"], as_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["absdiff", "difference", "stillwatch int8", "stillwatch float"]
    assert told["stillwatch int8"]["desk"] != told["absdiff"]["desk"]
    assert (tmp_path / "out" / "stillwatch-float" / "desk" / "0000_score.png").exists()


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    write_set(tmp_path / "sets" / "desk")
    with pytest.raises(ConfigError, match="another model is named 'stillwatch' too"):
        run(asked(tmp_path / "sets", tmp_path / "out", models=["default", str(DEFAULT_BUNDLE)]))
    assert not (tmp_path / "out").exists()
