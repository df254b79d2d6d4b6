"""One tiny network, quantized once for all tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert import models
from convert.models.compact import Widths
from convert.quantize import run
from convert.recipe import QuantizeRecipe, TileRecipe
from tests.convert.contexts import context_of
from tests.convert.tiny import RECIPE, paint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.recipe import Recipe

WIDTHS = Widths.regular((4, 4, 4, 4), (4, 4, 4, 4))
SIDE = 64
TINY = replace(
    RECIPE,
    quantize=QuantizeRecipe(epochs=1, learning_rate=1e-4, calibration_pairs=16),
    tile=TileRecipe(SIDE),
)


@dataclass(frozen=True)
class Done:
    """What came of a stage.

    Attributes:
        folder: Where its files are.
        figures: What it returned.
        inputs: What it was handed.
    """

    folder: Path
    figures: Mapping[str, object]
    inputs: Mapping[str, Path]

    def read(self, name: str) -> bytes:
        """Return one of its files."""
        return (self.folder / name).read_bytes()


def network(seed: int = 0) -> keras.Model:
    """Return a network with weights and normalisations as after training, though nobody trained it."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = models.floating(WIDTHS)
    for layer in model.layers:
        kernel, *others = (np.asarray(values) for values in layer.get_weights() or [np.zeros(0)])
        if layer.name.endswith("_bn"):
            size = kernel.size
            layer.set_weights(
                [rng.uniform(0.5, 1.5, size) for _ in range(1)]
                + [rng.uniform(0.2, 1.0, size), rng.normal(0, 0.1, size), rng.uniform(0.2, 0.6, size)]
            )
        elif kernel.size:
            layer.set_weights([kernel, *(rng.normal(0, 0.1, bias.shape) for bias in others)])
    return model


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Painted pairs, and a network."""
    folder = tmp_path_factory.mktemp("before")
    (folder / "prune").mkdir()
    models.save(network(), folder / "prune" / "model.keras")
    return {"synth": paint(folder / "synth"), "prune": folder / "prune"}


def done(recipe: Recipe, folder: Path, inputs: Mapping[str, Path]) -> Done:
    """Run the stage."""
    return Done(folder, run(context_of(recipe, folder, inputs=inputs)), inputs)


@pytest.fixture(scope="session")
def qat(inputs: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The network, trained on with its rounding."""
    return done(TINY, tmp_path_factory.mktemp("qat") / "quantize", inputs)


@pytest.fixture(scope="session")
def ptq(inputs: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The network as it was, rounded to the ranges of examples."""
    recipe = replace(TINY, quantize=QuantizeRecipe(method="ptq", calibration_pairs=4))
    return done(recipe, tmp_path_factory.mktemp("ptq") / "quantize", inputs)
