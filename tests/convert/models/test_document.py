from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert.models import trainable
from convert.models.document import SIDE_PX
from convert.recipe import NetworkRecipe
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of

pytestmark = KERAS

MODEL = trainable(NetworkRecipe(name="document"))


def pictures(seed: int) -> np.ndarray:
    return rng_of(seed).random((2, SIDE_PX, SIDE_PX, 3), np.float32)


def logits(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    return np.asarray(MODEL({"reference": reference, "current": current}, training=False))


def test_it_gives_one_logit_for_each_view() -> None:
    assert logits(pictures(0), pictures(1)).shape == (2, 1)


def test_it_is_two_convolutions_with_pooling_and_one_dense_layer() -> None:
    kinds = [
        type(layer).__name__
        for layer in MODEL.layers
        if type(layer).__module__.startswith("keras.src.layers")
    ]
    wanted = ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert [kind for kind in kinds if kind != "InputLayer"] == wanted


def test_its_convolutions_are_those_of_the_baseline() -> None:
    convolutions = [layer for layer in MODEL.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [(layer.filters, layer.kernel_size) for layer in convolutions] == [(32, (3, 3)), (64, (3, 3))]


def test_what_an_unchanged_view_shows_does_not_matter() -> None:
    answers = [logits(pictures(seed), pictures(seed)) for seed in range(2)]
    assert np.ptp(answers) < 1e-6
