from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.sim.optics import in_infrared
from edge.sim.scene import tabletop
from edge.vision.lights import Apart, apart, light_of, name_of

SCENE = tabletop(480, 270)
DAY = light_of(SCENE)


def lit(gain: float, *, warmth: float = 0.0, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """Return the scene under another lamp."""
    tint = gain * np.array([1.0 + warmth, 1.0, 1.0 - warmth])
    grain = np.random.default_rng(seed).normal(0.0, noise, SCENE.shape)
    return np.clip(np.rint(SCENE * tint + grain), 0, 255).astype(np.uint8)


@given(st.floats(0.6, 1.25), st.floats(-0.1, 0.1), st.floats(0.0, 8.0), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_lamp_that_is_turned_up_or_down_makes_no_other_light_state(
    gain: float, warmth: float, noise: float, seed: int
) -> None:
    assert apart(DAY, light_of(lit(gain, warmth=warmth, noise=noise, seed=seed))).most < 1.0


@given(st.integers(-12, 12), st.integers(-12, 12))
@settings(max_examples=20, deadline=None)
def test_a_small_shift_makes_none_either(across: int, down: int) -> None:
    assert apart(DAY, light_of(np.roll(SCENE, (down, across), axis=(0, 1)))).most < 1.0


def test_nor_does_somebody_who_covers_a_third_of_the_view() -> None:
    there = SCENE.copy()
    there[60:, 100:260] = (30, 40, 90)
    assert apart(DAY, light_of(there)).most < 1.0


def test_nor_does_a_large_thing_with_colours_of_its_own() -> None:
    there = SCENE.copy()
    there[60:200, 100:400] = (200, 40, 30)
    assert apart(DAY, light_of(there)).most < 1.0


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.25])
def test_infrared_does_in_both_directions(gain: float) -> None:
    infrared = light_of(in_infrared(SCENE))
    there, back = apart(light_of(lit(gain)), infrared), apart(infrared, light_of(lit(gain)))
    assert (there.most > 1.0, name_of(there)) == (True, "ir")
    assert (back.most > 1.0, name_of(back)) == (True, "day")


def test_a_lamp_that_comes_on_from_the_other_side_does() -> None:
    side = np.linspace(0.2, 3.0, SCENE.shape[1])[None, :, None]
    other = np.clip(SCENE * 0.5 * side, 0, 255).astype(np.uint8)
    assert apart(DAY, light_of(other)).uneven > 1.0


@pytest.mark.parametrize(
    ("difference", "name"),
    [
        pytest.param(Apart(1.5, 0.3, 0.2), "ir", id="the-colours-are-gone"),
        pytest.param(Apart(1.5, 0.3, 0.2, colourful=True), "day", id="colours-are-there"),
        pytest.param(Apart(0.1, -1.4, 0.2), "dim", id="much-darker"),
        pytest.param(Apart(0.1, 1.4, 0.2), "bright", id="much-brighter"),
        pytest.param(Apart(0.1, 0.3, 1.2), "lamp", id="from-another-side"),
    ],
)
def test_name_of(difference: Apart, name: str) -> None:
    assert name_of(difference) == name


def test_a_scene_without_colours_has_none_to_lose() -> None:
    grey = np.repeat(SCENE[..., :1], 3, axis=2)
    assert apart(light_of(grey), light_of(grey)).most == 0.0
