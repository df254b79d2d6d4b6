from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convert.data import relief
from convert.data.relief import Lamp
from convert.data.surface import Surface
from tests.convert.data.painting import SIDE, rng_of, scene

EAST = Lamp(elevation=0.6, azimuth=0.0, ambient=0.1, sharpness=20.0, softness=0.5)
"""Light that comes from the right."""

GREY = np.full((SIDE, SIDE, 3), 120, np.uint8)


def post(tall_px: float) -> Surface:
    """Return a square post on an even ground."""
    height = np.zeros((SIDE, SIDE), np.float32)
    height[40:50, 40:50] = tall_px
    return Surface(GREY, height)


def test_a_flat_surface_looks_as_it_is() -> None:
    assert np.array_equal(relief.lit(Surface(scene(0)), EAST), scene(0))


def test_even_ground_keeps_its_brightness_under_any_lamp() -> None:
    ground = Surface(GREY, np.zeros((SIDE, SIDE), np.float32))
    for seed in range(30):
        assert np.abs(relief.lit(ground, relief.lamp(rng_of(seed))).astype(int) - 120).max() <= 16


def test_a_post_casts_a_shadow_away_from_the_lamp() -> None:
    shown = relief.lit(post(8.0), EAST).astype(int)[..., 0]
    assert shown[45, 34] < shown[45, 20] - 40
    assert abs(shown[45, 56] - shown[45, 20]) <= 2


def test_a_higher_post_casts_a_longer_shadow() -> None:
    lengths = [int((relief.lit(post(tall), EAST)[45, :39, 0] < 80).sum()) for tall in (3.0, 6.0, 12.0)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[2]


def test_a_higher_lamp_makes_shorter_shadows() -> None:
    low, high = (replace(EAST, elevation=up) for up in (0.5, 1.2))
    dark = [int((relief.lit(post(8.0), lamp)[45, :39, 0] < 80).sum()) for lamp in (low, high)]
    assert dark[1] < dark[0]


def test_light_from_everywhere_shows_no_relief() -> None:
    shown = relief.lit(post(8.0), replace(EAST, ambient=1.0))
    assert np.abs(shown.astype(int) - 120).max() <= 1


def test_gloss_only_adds_light() -> None:
    height = relief.rough(rng_of(3), SIDE, SIDE)
    matt = relief.lit(Surface(GREY, height), EAST).astype(int)
    shiny = relief.lit(Surface(GREY, height, np.full((SIDE, SIDE), 0.5, np.float32)), EAST).astype(int)
    assert (shiny >= matt).all()
    assert (shiny > matt).any()


@pytest.mark.parametrize("seed", range(10))
def test_the_same_dice_make_the_same_ground(seed: int) -> None:
    first, second = (relief.rough(rng_of(seed), 40, 60) for _ in range(2))
    assert first.shape == (40, 60)
    assert first.dtype == np.float32
    assert np.array_equal(first, second)


def test_a_relief_looks_different_when_the_lamp_moves() -> None:
    surface = Surface(scene(0), relief.rough(rng_of(1), SIDE, SIDE))
    west = replace(EAST, azimuth=np.pi)
    assert np.abs(relief.lit(surface, EAST).astype(int) - relief.lit(surface, west)).mean() > 3
