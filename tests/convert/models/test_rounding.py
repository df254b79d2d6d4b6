from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras
from keras import ops

from convert.models import floating
from convert.models.blocks import TOP
from convert.models.compact import Widths
from convert.models.quantized import (
    QuantizedBlocks,
    Weights,
    folded,
    load,
    measure,
    ranges_of,
    rounded,
    weights_of,
)
from convert.models.rounding import NARROWEST, NoRounding, TrainRounding
from tests.convert.contexts import KERAS

pytestmark = KERAS

WIDTHS = Widths.regular((4, 4, 4, 4), (4, 4, 4, 4))
STEP = TOP / 255
reals = hnp.arrays(np.float32, (5, 7), elements=st.floats(-20, 20, width=32))
ranges = st.tuples(st.floats(-10, 0, width=32), st.floats(0.5, 10, width=32))
features = hnp.arrays(np.int32, (1, 4, 5, 2), elements=st.integers(0, 255)).map(
    lambda levels: (levels * STEP).astype(np.float32)
)


def noise(seed: int, *, count: int = 2, side: int = 32) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.random((count, side, side, 3), np.float32) for name in ("reference", "current")}


def as_trained(seed: int = 1) -> keras.Model:
    """Return a network whose normalisations are not as they begin."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = floating(WIDTHS)
    for layer in model.layers:
        if layer.name.endswith("_bn"):
            layer.set_weights([rng.uniform(0.2, 1.5, weight.shape) for weight in layer.get_weights()])
    return model


@settings(max_examples=50)
@given(reals, ranges)
def test_activations_become_levels_of_the_range_and_zero_is_one(
    values: np.ndarray, bounds: tuple[float, float]
) -> None:
    step = (bounds[1] - bounds[0]) / 255
    levels = np.asarray(TrainRounding().activation(values, *bounds)) / step
    assert np.abs(levels - np.rint(levels)).max() < 1e-2
    assert levels.max() - levels.min() <= 255.01


@settings(max_examples=50)
@given(reals, ranges)
def test_inside_the_range_the_error_is_half_a_step(values: np.ndarray, bounds: tuple[float, float]) -> None:
    step = (bounds[1] - bounds[0]) / 255
    # The range moves by up to half a step, so that zero is a level.
    inside = np.clip(values, bounds[0] + step, bounds[1] - step)
    apart = np.abs(np.asarray(TrainRounding().activation(inside, *bounds)) - inside)
    assert apart.max() <= 0.5 * step + 1e-4


@pytest.mark.parametrize(
    ("value", "rounded_to"),
    [
        pytest.param(-1.0, 0.0, id="below-the-range"),
        pytest.param(0.0, 0.0, id="zero"),
        pytest.param(0.49 * STEP, 0.0, id="nearer-to-the-level-below"),
        pytest.param(0.51 * STEP, STEP, id="nearer-to-the-level-above"),
        pytest.param(7.0, TOP, id="above-the-range"),
    ],
)
def test_rounding_to_the_fixed_range(value: float, rounded_to: float) -> None:
    got = TrainRounding().activation(ops.convert_to_tensor([value]), 0.0, TOP)
    assert float(got[0]) == pytest.approx(rounded_to, abs=1e-6)


def test_weights_use_their_channels_whole_range() -> None:
    kernel = np.random.default_rng(0).normal(0, [0.01, 1.0, 100.0], (3, 3, 2, 3)).astype(np.float32)
    got = np.asarray(TrainRounding().weights(kernel))
    steps = np.abs(kernel).max((0, 1, 2)) / 127
    assert np.abs(got / steps - np.rint(got / steps)).max() < 1e-3
    assert np.allclose(np.abs(got / steps).max((0, 1, 2)), 127)
    assert np.all(np.abs(got - kernel) <= 0.5001 * steps)


def test_a_channel_of_zeros_stays_zero() -> None:
    assert not np.asarray(TrainRounding().weights(np.zeros((1, 1, 2, 3), np.float32))).any()


def test_gradients_pass_inside_the_range_and_stop_outside() -> None:
    tf = pytest.importorskip("tensorflow")
    values = tf.constant([-1.0, 0.013, 3.3, 9.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        total = tf.reduce_sum(TrainRounding().activation(values, 0.0, TOP))
    assert tape.gradient(total, values).numpy().tolist() == [0.0, 1.0, 1.0, 0.0]


@settings(max_examples=30)
@given(features, features)
def test_what_is_compared_stays_on_the_levels_of_the_fixed_range(a: np.ndarray, b: np.ndarray) -> None:
    got = np.asarray(
        QuantizedBlocks(TrainRounding()).compare(ops.convert_to_tensor(a), ops.convert_to_tensor(b))
    )
    assert np.abs(got / STEP - np.rint(got / STEP)).max() < 1e-2
    assert got.min() >= 0
    assert got.max() <= TOP + 1e-4


def test_a_folded_network_answers_as_it_did() -> None:
    source = as_trained()
    plain = rounded(WIDTHS, NoRounding())
    load(plain, folded(source))
    shown = noise(1)
    assert np.allclose(plain(shown), source(shown, training=False), atol=1e-4)


def test_rounding_changes_little() -> None:
    source, shown = as_trained(), noise(1)
    model = rounded(WIDTHS, TrainRounding())
    load(model, folded(source))
    measure(model, [shown])
    wanted = np.asarray(source(shown, training=False))
    apart = np.abs(np.asarray(model(shown)) - wanted)
    assert 0 < float(apart.mean()) < 0.1 * float(wanted.max() - wanted.min())


def test_weights_survive_the_way_into_a_network_and_out() -> None:
    weights = folded(as_trained())
    model = rounded(WIDTHS, TrainRounding())
    load(model, weights)
    back = weights_of(model)
    assert back.keys() == weights.keys()
    assert all(
        np.array_equal(a, b) for name in weights for a, b in zip(back[name], weights[name], strict=True)
    )


def measured(weights: Weights, *seeds: int) -> dict[str, tuple[float, float]]:
    model = rounded(WIDTHS, TrainRounding())
    load(model, weights)
    measure(model, [noise(seed) for seed in seeds])
    return ranges_of(model)


def test_measured_ranges_are_the_mean_of_the_batches() -> None:
    name = "score_range"
    weights = folded(as_trained())
    alone = [measured(weights, seed)[name] for seed in (1, 2)]
    assert measured(weights, 1, 2)[name] == pytest.approx(tuple(np.mean(alone, axis=0)), rel=1e-4)


def test_what_is_always_zero_has_a_range_that_files_can_hold() -> None:
    weights = folded(as_trained())
    weights["score"] = [np.zeros_like(kernel) for kernel in weights["score"]]
    low, high = measured(weights, 1)["score_range"]
    assert low == 0.0
    assert high == pytest.approx(NARROWEST)


def test_measured_ranges_hold_zero() -> None:
    assert all(low <= 0 <= high for low, high in measured(folded(as_trained()), 1).values())
