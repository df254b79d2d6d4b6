from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert.models import floating, save, trainable, widths_of
from convert.models.blocks import TOP, FloatBlocks, outside
from convert.models.compact import Widths
from convert.recipe import NetworkRecipe
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of

pytestmark = KERAS

WIDTHS = Widths.regular((8, 8, 12, 16), (8, 8, 8, 8))
MODEL = floating(WIDTHS)
FEATURES = hnp.arrays(np.float32, (1, 4, 5, 2), elements=st.integers(0, 24).map(lambda step: step / 4))


def pictures(seed: int, *, count: int = 2, height: int = 32, width: int = 48) -> np.ndarray:
    return rng_of(seed).random((count, height, width, 3), np.float32)


def logits(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    return np.asarray(MODEL({"reference": reference, "current": current}, training=False))


def compared(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(FloatBlocks().compare(keras.ops.convert_to_tensor(a), keras.ops.convert_to_tensor(b)))


@pytest.mark.parametrize(("height", "width"), [(16, 16), (32, 48), (64, 32)])
def test_logits_have_half_the_size_of_the_pictures(height: int, width: int) -> None:
    shown = pictures(0, height=height, width=width)
    assert logits(shown, shown).shape == (2, height // 2, width // 2, 1)


@pytest.mark.parametrize("scales", [2, 5])
def test_any_number_of_scales_gives_logits_of_half_the_size(scales: int) -> None:
    widths = Widths.regular((8,) * scales, (4,) * scales)
    model = floating(widths)
    shown = pictures(0, height=64, width=32)
    assert model({"reference": shown, "current": shown}).shape == (2, 32, 16, 1)
    assert widths_of(model) == widths
    assert widths.strides == tuple(2**place for place in range(1, scales + 1))


def test_inputs_have_the_names_of_the_contract() -> None:
    assert {tensor.name for tensor in MODEL.inputs} == {"reference", "current"}


def test_both_pictures_go_through_one_encoder() -> None:
    names = [layer.name for layer in MODEL.layers if layer.weights]
    assert len(names) == len(set(names))
    assert sum(name.startswith("e2") for name in names) == 2  # a convolution and its normalisation


def test_it_does_not_matter_which_picture_came_first() -> None:
    first, second = pictures(1), pictures(2)
    assert np.allclose(logits(first, second), logits(second, first), atol=1e-4)


@given(FEATURES)
def test_equal_features_differ_in_nothing(features: np.ndarray) -> None:
    larger, apart, away = np.split(compared(features, features), 3, axis=-1)
    assert np.array_equal(larger, features)
    assert not apart.any()
    assert not away.any()


@given(FEATURES, FEATURES)
def test_comparing_is_symmetric(a: np.ndarray, b: np.ndarray) -> None:
    assert np.array_equal(compared(a, b), compared(b, a))


@given(FEATURES, FEATURES)
def test_the_larger_value_and_the_difference_are_what_they_are_called(a: np.ndarray, b: np.ndarray) -> None:
    larger, apart, _ = np.split(compared(a, b), 3, axis=-1)
    assert np.array_equal(larger, np.maximum(a, b))
    assert np.array_equal(apart, np.abs(a - b))


@given(FEATURES, st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 0, 1]))
def test_a_shift_of_one_pixel_explains_a_difference(features: np.ndarray, down: int, right: int) -> None:
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    moved = padded[:, 1 + down : 5 + down, 1 + right : 6 + right]
    away = np.asarray(outside(keras.ops.convert_to_tensor(features), keras.ops.convert_to_tensor(moved)))
    # At the border, what came in from outside may be new.
    assert not away[:, 1:-1, 1:-1].any()


@settings(max_examples=30)
@given(FEATURES, FEATURES)
def test_each_picture_is_outside_the_range_of_the_other_by_the_whole_range_at_most(
    a: np.ndarray, b: np.ndarray
) -> None:
    _, _, away = np.split(compared(a, b), 3, axis=-1)
    assert 0 <= away.min() <= away.max() <= 2 * TOP


def test_regular_widths_name_every_convolution() -> None:
    names = {layer.name for layer in MODEL.layers if isinstance(layer, keras.layers.Conv2D)} - {"score"}
    assert set(WIDTHS.channels) == names


def test_widths_can_be_read_from_a_network() -> None:
    odd = Widths({name: width + number % 3 for number, (name, width) in enumerate(WIDTHS.channels.items())})
    assert dict(widths_of(floating(odd)).channels) == dict(odd.channels)


def test_a_recipe_says_the_widths() -> None:
    model = trainable(NetworkRecipe(channels=(4, 8, 8, 12), fuse_channels=(8, 12, 16, 16)))
    widths = widths_of(model).channels
    assert [widths[name] for name in ("stem", "e2", "e4b", "e8a", "e16b", "f4", "d2")] == [
        4,
        4,
        8,
        8,
        12,
        12,
        8,
    ]


def test_a_network_is_saved_without_what_it_was_trained_with(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    trained = floating(WIDTHS)
    trained.compile(keras.optimizers.Adam(), OwnLoss())
    save(trained, path)
    back = keras.models.load_model(path)
    assert not hasattr(back, "optimizer")
    shown = {"reference": pictures(1), "current": pictures(2)}
    assert np.array_equal(np.asarray(back(shown)), np.asarray(trained(shown)))


class OwnLoss(keras.losses.Loss):  # type: ignore[misc] # Keras has no types
    """A loss that nobody registered: a saved network must do without."""

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Return something."""
        return keras.ops.mean(y_pred - y_true)  # type: ignore[no-any-return] # the same
