from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.models import floating
from convert.models.channels import macs, taken
from convert.models.compact import Widths
from tests.convert.contexts import KERAS

if TYPE_CHECKING:
    import keras

pytestmark = KERAS

NAMES = tuple(Widths.regular((8, 8, 8, 8), (8, 8, 8, 8)).channels)
widths = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 12))).map(Widths)
seeds = st.integers(0, 10_000)


def choice_of(before: Widths, seed: int) -> dict[str, np.ndarray]:
    """Return at least one channel of each convolution."""
    rng = np.random.default_rng(seed)
    chosen = {name: rng.random(width) < 0.6 for name, width in before.channels.items()}
    for one in chosen.values():
        one[0] = True
    return chosen


@given(widths)
def test_when_all_channels_stay_all_are_taken(before: Widths) -> None:
    everything = {name: np.ones(width, bool) for name, width in before.channels.items()}
    assert all(one.all() for one in taken(before, everything).values())


@settings(max_examples=6, deadline=None)
@given(widths, seeds)
def test_what_is_taken_fits_the_network_that_is_left(before: Widths, seed: int) -> None:
    chosen = choice_of(before, seed)
    left = Widths({name: int(one.sum()) for name, one in chosen.items()})
    kernels = {
        layer.name: layer.weights[0].shape
        for layer in floating(left).layers
        if "_bn" not in layer.name and layer.weights
    }
    assert {name: int(one.sum()) for name, one in taken(before, chosen).items()} == {
        name: shape[2] for name, shape in kernels.items()
    }


@pytest.mark.parametrize("scales", [2, 5])
def test_what_is_taken_fits_networks_of_any_number_of_scales(scales: int) -> None:
    before = Widths.regular((8,) * scales, (4,) * scales)
    chosen = choice_of(before, scales)
    found = taken(before, chosen)
    coarsest, finer = before.strides[-1], before.strides[-2]
    assert np.array_equal(found[f"d{coarsest}"], chosen[f"f{coarsest}"])
    assert np.array_equal(found[f"d{finer}"], np.concatenate([chosen[f"d{coarsest}"], chosen[f"f{finer}"]]))


@given(widths, seeds)
def test_a_layer_takes_what_the_one_before_gives(before: Widths, seed: int) -> None:
    chosen = choice_of(before, seed)
    found = taken(before, chosen)
    assert found["stem"].tolist() == [True] * 3
    assert np.array_equal(found["e2"], chosen["stem"])
    assert np.array_equal(found["e4a"], chosen["e2"])
    assert np.array_equal(found["score"], chosen["d2"])


@given(widths, seeds)
def test_a_comparison_has_three_channels_for_each_of_the_encoder(before: Widths, seed: int) -> None:
    chosen = choice_of(before, seed)
    found = taken(before, chosen)
    for stride, feature in zip(before.strides, ("e2", "e4b", "e8b", "e16b"), strict=True):
        assert np.array_equal(found[f"f{stride}"], np.tile(chosen[feature], 3))


@given(widths, seeds)
def test_a_decoder_takes_the_one_below_and_then_the_comparison(before: Widths, seed: int) -> None:
    chosen = choice_of(before, seed)
    found = taken(before, chosen)
    for stride, below in ((8, 16), (4, 8), (2, 4)):
        assert np.array_equal(
            found[f"d{stride}"], np.concatenate([chosen[f"d{below}"], chosen[f"f{stride}"]])
        )


def test_a_choice_for_another_network_is_refused() -> None:
    before = Widths(dict.fromkeys(NAMES, 4))
    chosen = choice_of(before, 0) | {"e8a": np.ones(5, bool)}
    with pytest.raises(ValueError, match="e8a"):
        taken(before, chosen)


def counted(model: keras.Model) -> int:
    """Count multiply-accumulates layer by layer, from the shapes that Keras works out."""
    total = 0
    for layer in model.layers:
        if type(layer).__name__ != "Conv2D":
            continue
        for node in layer._inbound_nodes:  # noqa: SLF001 - Keras tells it nowhere else
            _, height, width, filters = node.outputs[0].shape
            taps = layer.kernel.shape[0] ** 2 * layer.kernel.shape[2]
            total += height * width * filters * taps
    return total


@settings(max_examples=4, deadline=None)
@given(widths, st.sampled_from([16, 32, 64]))
def test_costs_are_those_of_the_layers(before: Widths, size_px: int) -> None:
    assert macs(before, size_px) == counted(floating(before, size_px=size_px))


def test_four_times_the_pixels_cost_four_times_as_much() -> None:
    before = Widths.regular((16, 24, 32, 48), (24, 24, 24, 24))
    assert macs(before, 256) == 4 * macs(before, 128)


@given(widths, st.sampled_from(NAMES))
def test_a_channel_more_costs_more(before: Widths, name: str) -> None:
    wider = Widths({**before.channels, name: before.channels[name] + 1})
    assert macs(wider, 64) > macs(before, 64)
