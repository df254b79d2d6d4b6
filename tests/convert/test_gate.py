from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from convert.gate import failures, run
from convert.pipeline.progress import Progress
from convert.pipeline.stage import StageContext
from convert.recipe import GateRecipe, Recipe
from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = GateRecipe(min_f1=0.5, max_int8_drop=0.01, max_model_kb=100)
GOOD = {"f1": 0.6, "float_f1": 0.605, "model_kb": 90.0}


def context_of(
    folder: Path, *, f1: float = 0.6, limits: GateRecipe = LIMITS, audit_passed: bool = True
) -> StageContext:
    """Return what the gate is handed after stages that came to these figures."""
    told = {
        "evaluate": {"threshold": 0.5, "f1": f1, "float": {"f1": 0.605}},
        "audit": {"passed": audit_passed},
        "quantize": {},
    }
    for stage, figures in told.items():
        (folder / stage).mkdir()
        (folder / stage / "figures.json").write_text(json.dumps(figures))
    (folder / "quantize" / "model.tflite").write_bytes(bytes(90_000))
    return StageContext(
        stage="gate",
        recipe=replace(Recipe(name="mine"), gate=limits),
        seed=0,
        inputs={stage: folder / stage for stage in told},
        partial=folder,
        checkpoints=folder,
        progress=Progress(),
        stop=lambda: False,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"f1": 0.4, "float_f1": 0.4}, ["0.4", "0.5", "min_f1"], id="too-weak"),
        pytest.param({"float_f1": 0.65}, ["0.05", "0.01", "max_int8_drop"], id="too-much-lost-to-int8"),
        pytest.param({"model_kb": 101.0}, ["101", "100", "max_model_kb"], id="too-large"),
    ],
)
def test_a_limit_missed_is_told_with_what_was_measured_and_wanted(
    change: dict[str, float], words: list[str]
) -> None:
    (sentence,) = failures(GOOD | change, LIMITS)
    assert [word for word in words if word not in sentence] == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="better-than-wanted"),
        pytest.param({"f1": 0.5, "float_f1": 0.5}, id="just-strong-enough"),
        pytest.param({"float_f1": 0.5}, id="int8-better-than-float"),
        pytest.param({"model_kb": 100.0}, id="just-small-enough"),
    ],
)
def test_what_keeps_every_limit_passes(change: dict[str, float]) -> None:
    assert failures(GOOD | change, LIMITS) == []


def test_every_limit_missed_is_told() -> None:
    assert len(failures({"f1": 0.1, "float_f1": 0.3, "model_kb": 500.0}, LIMITS)) == 3


def test_a_good_model_passes_the_stage(tmp_path: Path) -> None:
    found = run(context_of(tmp_path))
    assert (found["passed"], found["failed"], found["model_kb"]) == (True, [], 90.0)


def test_a_weak_model_does_not_pass_the_stage(tmp_path: Path) -> None:
    found = run(context_of(tmp_path, limits=replace(LIMITS, min_f1=0.7)))
    assert found["passed"] is False
    assert "min_f1" in str(found["failed"])


def test_an_audit_that_did_not_pass_does_not_pass_here(tmp_path: Path) -> None:
    assert run(context_of(tmp_path, audit_passed=False))["passed"] is False


def test_figures_that_are_missing_say_what_to_run(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    (tmp_path / "evaluate" / "figures.json").write_text("{}")
    with pytest.raises(StorageError, match="stillwatch-convert evaluate` again"):
        run(context)
