from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from convert.data import stored
from convert.data.sheet import COLUMNS, LABEL_PX, run
from convert.data.stage import run as paint
from convert.pipeline.inputs import derived_seed
from convert.recipe import load
from edge.errors import ConfigError
from tests.convert.contexts import context_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("skimage", reason="needs scikit-image: pip install '.[convert]'")

SIDE = 64
TINY = f"""
[recipe]
name = "tiny"
seed = 3
[data]
pairs = 8
validation_pairs = 4
size_px = {SIDE}
max_change_px = 16
[train]
batch = 4
warmup_steps = 0
[quantize]
calibration_pairs = 8
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def picture(path: Path) -> np.ndarray:
    """Return a picture as RGB."""
    return np.asarray(cv2.imread(str(path)))[..., ::-1]


def test_a_sheet_holds_as_many_pairs_as_wanted(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert run(Namespace(recipe=str(recipe), out=out, count=7)) == 0
    rows, columns = -(-7 // COLUMNS), COLUMNS
    assert picture(out).shape == (rows * (SIDE + LABEL_PX), columns * 3 * SIDE, 3)


def test_a_sheet_shows_what_the_stage_paints(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    run(Namespace(recipe=str(recipe), out=out, count=1))
    paint(context_of(load(recipe), tmp_path / "synth", seed=derived_seed(3, "synth")))
    pairs = stored.read(tmp_path / "synth" / "training")
    shown = picture(out)[LABEL_PX:]
    assert np.array_equal(shown[:, :SIDE], pairs.reference[0])
    assert np.array_equal(shown[:, SIDE : 2 * SIDE], pairs.current[0])
    assert np.array_equal(shown[:, 2 * SIDE : 3 * SIDE, 0], pairs.mask[0])


def test_a_place_that_is_not_there_is_refused_before_anything_is_painted(
    recipe: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="no folder"):
        run(Namespace(recipe=str(recipe), out=tmp_path / "nowhere" / "sheet.png", count=1))
