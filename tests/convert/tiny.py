"""The smallest training there is: a few pairs, and a network of one convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np

from convert.data import stored, synth
from convert.recipe import DataRecipe, NetworkRecipe, PruneRecipe, Recipe, TrainRecipe
from tests.convert.data.painting import backgrounds, rng_of

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 32
RECIPE = Recipe(
    "tiny",
    data=DataRecipe(pairs=40, validation_pairs=12, size_px=SIDE, max_change_px=16),
    network=NetworkRecipe(channels=(8, 8, 12, 12), fuse_channels=(12, 12, 12, 12)),
    train=TrainRecipe(epochs=3, batch=8, learning_rate=0.01, warmup_steps=2),
    prune=PruneRecipe(share=0.2, epochs=1, learning_rate=1e-3),
)


def paint(folder: Path) -> Path:
    """Paint the recipe's pairs as the ``synth`` stage does; return its folder."""
    data, sources = RECIPE.data, backgrounds()
    for split, (name, count) in enumerate((("training", data.pairs), ("validation", data.validation_pairs))):
        stored.make(folder / name, count, data.size_px)
        pairs = stored.read(folder / name, writable=True)
        for number in range(count):
            pair = synth.pair(rng_of(9, split, number), sources, data)
            pairs.reference[number], pairs.current[number] = pair.reference, pair.current
            pairs.mask[number] = pair.mask
    return folder


def network(seed: int = 0) -> keras.Model:
    """Return one convolution over both pictures, at half size."""
    keras.utils.set_random_seed(seed)
    pictures = {name: keras.Input((SIDE, SIDE, 3), name=name) for name in ("reference", "current")}
    both = keras.ops.concatenate(list(pictures.values()), axis=-1)
    hidden = keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(both)
    return keras.Model(pictures, keras.layers.Conv2D(1, 1)(hidden))


def weights(model: keras.Model) -> list[np.ndarray]:
    """Return copies of all weights."""
    return [np.array(values) for values in model.get_weights()]
