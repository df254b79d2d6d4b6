from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert import models
from convert.pipeline.stage import Interrupted
from convert.recipe import NetworkRecipe
from convert.training.prune import CUT, run
from convert.training.train import run as train
from tests.convert.contexts import KERAS, at_question, context_of
from tests.convert.tiny import RECIPE, paint, weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.recipe import Recipe

pytestmark = [*KERAS, pytest.mark.slow]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Painted pairs, and a network that was hardly trained on them."""
    folder = tmp_path_factory.mktemp("inputs")
    once = replace(RECIPE, train=replace(RECIPE.train, epochs=1))
    pairs = paint(folder / "synth")
    train(context_of(once, folder / "train", inputs={"synth": pairs}))
    return {"synth": pairs, "train": folder / "train"}


@pytest.fixture(scope="module")
def pruned(
    inputs: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mapping[str, object]]:
    folder = tmp_path_factory.mktemp("pruned") / "prune"
    return folder, run(context_of(RECIPE, folder, inputs=inputs))


def loaded(folder: Path) -> keras.Model:
    return keras.models.load_model(folder / "model.keras", compile=False)


def test_training_leaves_a_network_its_history_and_a_picture(inputs: Mapping[str, Path]) -> None:
    assert dict(models.widths_of(loaded(inputs["train"])).channels)["e16b"] == 12
    assert len(json.loads((inputs["train"] / "history.json").read_text())) == 1
    assert (inputs["train"] / "history.png").read_bytes().startswith(b"\x89PNG")


def test_the_network_that_is_left_is_smaller(pruned: tuple[Path, Mapping[str, object]]) -> None:
    _, figures = pruned
    for name in ("parameters", "macs"):
        now, before = figures[name], figures[f"{name}_before"]
        assert isinstance(now, int)
        assert isinstance(before, int)
        assert now < before


def test_figures_tell_what_it_reached_before_and_after(pruned: tuple[Path, Mapping[str, object]]) -> None:
    _, figures = pruned
    for name in ("val_loss", "val_f1"):
        assert {name, f"{name}_before", f"{name}_cut"} <= set(figures)


def test_widths_are_written_down_and_are_those_of_the_network(
    pruned: tuple[Path, Mapping[str, object]],
) -> None:
    folder, figures = pruned
    told = json.loads((folder / "widths.json").read_text())
    assert told["after"] == dict(models.widths_of(loaded(folder)).channels)
    assert sum(told["before"].values()) - sum(told["after"].values()) == figures["cut_channels"]
    assert (folder / "widths.png").read_bytes().startswith(b"\x89PNG")


def test_after_an_interruption_the_same_channels_are_gone(inputs: Mapping[str, Path], tmp_path: Path) -> None:
    recipe = replace(RECIPE, prune=replace(RECIPE.prune, epochs=0))
    with pytest.raises(Interrupted):
        run(context_of(recipe, tmp_path / "broken", inputs=inputs, stop=at_question(1)))
    kept = keras.models.load_model(tmp_path / "broken" / "checkpoints" / CUT, compile=False)
    figures = run(context_of(recipe, tmp_path / "broken", inputs=inputs))
    assert figures["val_loss"] == figures["val_loss_cut"]
    ours, theirs = (weights(model) for model in (loaded(tmp_path / "broken"), kept))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def without(inputs: Mapping[str, Path], folder: Path, recipe: Recipe) -> Mapping[str, object]:
    figures = run(context_of(recipe, folder, inputs=inputs))
    ours, theirs = (weights(loaded(place)) for place in (folder, inputs["train"]))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
    return figures


def test_a_share_of_zero_passes_the_network_on(inputs: Mapping[str, Path], tmp_path: Path) -> None:
    recipe = replace(RECIPE, prune=replace(RECIPE.prune, share=0.0))
    assert without(inputs, tmp_path / "prune", recipe)["cut_channels"] == 0


def test_a_network_without_channels_to_cut_is_passed_on(tmp_path: Path) -> None:
    recipe = replace(RECIPE, network=NetworkRecipe(name="document"))
    (tmp_path / "train").mkdir()
    models.save(models.trainable(recipe.network), tmp_path / "train" / "model.keras")
    inputs = {"synth": tmp_path, "train": tmp_path / "train"}
    assert without(inputs, tmp_path / "prune", recipe)["cut_channels"] == 0
