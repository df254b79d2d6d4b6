from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert.models.normal import FusedBatchNormalization
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of

pytestmark = KERAS

SHAPE = (3, 4, 5, 6)


def both() -> list[keras.layers.Layer]:
    """Return our layer and Keras' own, with equal weights that are not those of the start."""
    made = [FusedBatchNormalization(), keras.layers.BatchNormalization()]
    weights = [rng_of(7, number).uniform(0.5, 2, SHAPE[-1]).astype(np.float32) for number in range(4)]
    for layer in made:
        layer.build(SHAPE)
        layer.set_weights(weights)
    return made


@pytest.mark.parametrize("training", [False, True], ids=["in-use", "in-training"])
def test_it_normalises_as_keras_does(training: bool) -> None:  # noqa: FBT001 - a column of the table
    x = rng_of(1).normal(3, 2, SHAPE).astype(np.float32)
    ours, theirs = (np.asarray(layer(x, training=training)) for layer in both())
    assert np.allclose(ours, theirs, atol=1e-5)


def test_it_remembers_what_keras_remembers() -> None:
    x = rng_of(2).normal(3, 2, SHAPE).astype(np.float32)
    layers = both()
    for layer in layers:
        for _ in range(5):
            layer(x, training=True)
    ours, theirs = (layer.get_weights() for layer in layers)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


def test_in_use_it_remembers_nothing() -> None:
    layer = both()[0]
    before = layer.get_weights()
    layer(rng_of(3).normal(3, 2, SHAPE).astype(np.float32), training=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))
