from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from convert.data import stored
from convert.data.stage import run
from convert.pipeline.stage import Interrupted
from convert.recipe import DataRecipe, Recipe
from edge.errors import ConfigError
from tests.convert.contexts import at_question, context_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("skimage", reason="needs scikit-image: pip install '.[convert]'")

RECIPE = Recipe("tiny", data=DataRecipe(pairs=201, validation_pairs=8, size_px=32, max_change_px=16))
SPLITS = ("training", "validation")


def files(folder: Path) -> dict[str, bytes]:
    """Return all that a stage leaves."""
    found = [path for path in folder.rglob("*") if path.is_file() and "checkpoints" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("painted") / "synth"
    figures = run(context_of(RECIPE, folder, seed=5))
    assert figures["pairs"] == RECIPE.data.pairs
    return folder


def test_both_splits_and_a_sheet_are_left(painted: Path) -> None:
    names = {f"{split}/{name}.npy" for split in SPLITS for name in stored.NAMES}
    assert set(files(painted)) == names | {"sheet.png"}


def test_there_are_as_many_pairs_as_wanted(painted: Path) -> None:
    assert [len(stored.read(painted / split)) for split in SPLITS] == [201, 8]


def test_every_pair_was_painted(painted: Path) -> None:
    for split in SPLITS:
        pairs = stored.read(painted / split)
        # A scan in black and white of next to nothing may come out all black.
        assert np.mean([picture.any() for picture in pairs.current]) > 0.95


def test_what_was_interrupted_ends_with_the_same_bytes(painted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "synth"
    with pytest.raises(Interrupted):
        run(context_of(RECIPE, folder, seed=5, stop=at_question(1)))
    assert 0 < len(list((folder / "checkpoints").iterdir())) < 3
    run(context_of(RECIPE, folder, seed=5))
    assert files(folder) == files(painted)


def test_training_and_validation_show_other_parts_of_one_s_own_footage(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for number in range(6):
        level = 200 if number == 5 else 10
        cv2.imwrite(str(own / f"{number}.png"), np.full((80, 80, 3), level, np.uint8))
    # Nothing drawn on them, next to nothing changed: most pairs are one grey, in some light.
    data = replace(RECIPE.data, pairs=80, validation_pairs=80, changed_share=0.05, footage=own)
    run(context_of(replace(RECIPE, data=data), tmp_path / "synth"))

    def flat(split: str) -> list[float]:
        pairs = stored.read(tmp_path / "synth" / split)
        return [float(np.median(picture)) for picture in pairs.current if picture.std() < 12]

    training, validation = flat("training"), flat("validation")
    assert np.mean(np.array(training) < 60) > 0.6
    assert np.mean(np.array(validation) > 100) > 0.6


def test_validation_pairs_that_show_no_change_are_told_before_anything_is_trained(tmp_path: Path) -> None:
    data = replace(RECIPE.data, pairs=8, validation_pairs=4, changed_share=0.001)
    with pytest.raises(ConfigError, match=r"nothing changed.*validation_pairs"):
        run(context_of(replace(RECIPE, data=data), tmp_path / "synth"))


def test_footage_that_cannot_be_used_is_told_before_anything_is_painted(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "broken.png").write_bytes(b"no picture")
    recipe = replace(RECIPE, data=replace(RECIPE.data, footage=own))
    with pytest.raises(ConfigError, match=r"broken\.png"):
        run(context_of(recipe, tmp_path / "synth"))
