from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.models import floating, widths_of
from convert.models.compact import Widths
from convert.training.cut import BLOCK, LEAST, choose, sliced
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of

pytestmark = KERAS

NAMES = tuple(Widths.regular((8, 8, 8, 8), (8, 8, 8, 8)).channels)
WIDTHS = Widths.regular((8, 12, 12, 16), (12, 12, 12, 12))
widths = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 40))).map(Widths)
shares = st.floats(0, 0.8)
seeds = st.integers(0, 10_000)


def weighed(before: Widths, seed: int) -> dict[str, np.ndarray]:
    """Return some importance of each channel."""
    return {name: np.abs(rng_of(seed).normal(size=width)) for name, width in before.channels.items()}


def left(chosen: dict[str, np.ndarray]) -> dict[str, int]:
    return {name: int(stay.sum()) for name, stay in chosen.items()}


@given(widths, shares, seeds)
def test_no_convolution_falls_below_what_is_left_to_it(before: Widths, share: float, seed: int) -> None:
    for name, count in left(choose(weighed(before, seed), before, share)).items():
        assert count >= min(LEAST, before.channels[name])


@given(widths, shares, seeds)
def test_what_was_cut_is_a_multiple_now(before: Widths, share: float, seed: int) -> None:
    for name, count in left(choose(weighed(before, seed), before, share)).items():
        assert count == before.channels[name] or count % BLOCK == 0


@given(widths, shares, seeds)
def test_the_channels_that_matter_most_stay(before: Widths, share: float, seed: int) -> None:
    importance = weighed(before, seed)
    for name, stay in choose(importance, before, share).items():
        if not stay.all():
            assert importance[name][~stay].max() <= importance[name][stay].min()


@given(widths, shares, seeds)
def test_as_many_go_as_wanted_unless_too_few_would_be_left(before: Widths, share: float, seed: int) -> None:
    wanted = round(share * sum(before.channels.values()))
    chosen = left(choose(weighed(before, seed), before, share))
    gone = sum(before.channels.values()) - sum(chosen.values())
    assert gone <= wanted + BLOCK / 2
    more_could_go = any(count - BLOCK >= LEAST for count in chosen.values())
    if more_could_go:
        assert gone >= wanted - BLOCK / 2


@given(widths, seeds)
def test_a_share_of_zero_leaves_all(before: Widths, seed: int) -> None:
    assert all(stay.all() for stay in choose(weighed(before, seed), before, 0.0).values())


def test_channels_that_cost_most_go_first_though_they_matter_a_little_more() -> None:
    before = Widths.regular((32, 32, 32, 32), (32, 32, 32, 32))
    costly = {"stem", "e2", "f2", "d2"}
    importance = {name: np.full(32, 1.1 if name in costly else 1.0) for name in before.channels}
    chosen = left(choose(importance, before, 0.1))
    assert {name for name, count in chosen.items() if count < 32} <= costly


def answer(model: object, seed: int = 0) -> np.ndarray:
    shown = {
        name: rng_of(seed, place).random((2, 32, 32, 3), np.float32)
        for place, name in enumerate(("reference", "current"))
    }
    return np.asarray(model(shown, training=False))  # type: ignore[operator] # a Keras model


def trained(seed: int = 0) -> object:
    """Return a network whose weights are not those of the start, batch normalisation included."""
    model = floating(WIDTHS)
    rng = rng_of(seed)
    for layer in model.layers:
        if layer.name.endswith("_bn"):
            shape = layer.gamma.shape
            layer.set_weights([rng.uniform(0.3, 2, shape) for _ in range(4)])
    return model


def test_with_all_channels_it_answers_exactly_as_before() -> None:
    model = trained()
    everything = {name: np.ones(width, bool) for name, width in WIDTHS.channels.items()}
    assert np.array_equal(answer(sliced(model, everything)), answer(model))


@settings(max_examples=3, deadline=None)
@given(seeds)
def test_channels_that_always_give_zero_can_go_without_a_trace(seed: int) -> None:
    model = floating(WIDTHS)
    chosen = {name: rng_of(seed).random(width) < 0.6 for name, width in WIDTHS.channels.items()}
    for name, stay in chosen.items():
        stay[0] = True
        normal = model.get_layer(f"{name}_bn")
        gamma, beta, mean, variance = normal.get_weights()
        beta = rng_of(seed).uniform(0, 1, len(beta))
        normal.set_weights([gamma * stay, beta * stay, mean, variance])
    smaller = sliced(model, chosen)
    assert dict(widths_of(smaller).channels) == left(chosen)
    assert np.allclose(answer(smaller), answer(model), atol=1e-5)
