"""The whole way, by the commands that users type: from the recipe to a bundle that looks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convert.bundle import golden
from convert.pipeline.stages import STAGES
from edge.engines import engine_of
from edge.golden import FOLDER
from edge.vision.encoded import decoded

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow, pytest.mark.timeout(900)]


def convert(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``stillwatch-convert``."""
    return subprocess.run(
        [sys.executable, "-m", "convert", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``work/`` and ``bundle/``, made by one command."""
    folder = tmp_path_factory.mktemp("smoke")
    done = convert("build", "--recipe", "smoke", "--work", "work", "--out", "bundle", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_one_command_leads_from_a_recipe_to_a_bundle(built: Path) -> None:
    assert golden.verify(built / "bundle") == []


def test_every_stage_says_what_it_used_and_found(built: Path) -> None:
    for stage in STAGES:
        provenance = json.loads((built / "work" / stage.name / "provenance.json").read_text(encoding="utf-8"))
        assert provenance["stage"] == stage.name
        assert (built / "work" / stage.name / "figures.json").exists()


def test_a_second_build_has_nothing_to_do(built: Path) -> None:
    done = convert("build", "--recipe", "smoke", "--work", "work", "--json", cwd=built)
    assert done.returncode == 0, done.stderr
    assert "started" not in done.stdout


def test_the_device_can_run_what_came_out(built: Path) -> None:
    rng = np.random.default_rng(0)
    before, after = (rng.integers(0, 256, (300, 400, 3)).astype(np.uint8) for _ in range(2))
    score = engine_of(built / "bundle").run({"reference": before, "current": after})["score"]
    assert score.shape == (300, 400)


def test_int8_and_float_files_agree(built: Path) -> None:
    before, after = (golden_picture(built / "bundle", part) for part in ("reference", "current"))
    pair = {"reference": before, "current": after}
    one, other = (
        np.asarray(engine_of(built / "bundle", delegate=name).run(pair)["score"]) for name in ("cpu", "float")
    )
    assert float(np.abs(one - other).mean()) < 0.05


def golden_picture(bundle: Path, part: str) -> Pixels:
    """Return one picture of the first golden pair."""
    path = min((bundle / FOLDER).glob(f"*_{part}.png"))
    return decoded(path.read_bytes())
