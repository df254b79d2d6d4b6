from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convert.data.forms import FORMS
from convert.data.parts import Placed, arranged, footprint, part
from convert.data.surface import Surface
from tests.convert.data.painting import SIDE, rng_of, scene

MATERIAL = scene(3, side=40)
GROUND = Surface(np.full((SIDE, SIDE, 3), 90, np.uint8), np.zeros((SIDE, SIDE), np.float32))
MANY = [part(rng_of(seed), 20.0, MATERIAL) for seed in range(120)]


def test_parts_fit_together() -> None:
    for thing in MANY:
        side = thing.inside.shape[0]
        assert thing.inside.shape == thing.height.shape == (side, side)
        assert thing.colour.shape == (side, side, 3)
        assert thing.colour.dtype == np.uint8
        assert 0 <= thing.inside.min() <= thing.inside.max() <= 1
        assert 0 <= thing.gloss <= 1


def test_parts_rise_above_the_ground_and_never_dig() -> None:
    assert all(np.isfinite(thing.height).all() and thing.height.min() >= 0 for thing in MANY)


@pytest.mark.parametrize("side_px", [6.0, 20.0, 50.0])
def test_parts_are_about_as_large_as_wanted(side_px: float) -> None:
    areas = [(part(rng_of(seed), side_px, MATERIAL).inside > 0.5).sum() for seed in range(80)]
    assert 0.2 * side_px**2 < np.median(areas) < 1.2 * side_px**2


def test_there_are_many_forms() -> None:
    assert len({thing.inside.tobytes() for thing in MANY}) > 5 * len(FORMS)


def test_a_part_changes_nothing_beside_its_footprint() -> None:
    for thing in MANY[:40]:
        placed = (Placed(thing, 48, 48),)
        shown = arranged(GROUND, placed)
        beside = ~footprint(placed, GROUND.size)
        apart = np.abs(shown.colour.astype(int) - GROUND.colour).max(2)
        # The rim is mixed, so less than a third of a part may show there.
        assert apart[beside].max() <= 0.35 * 255
        assert (apart[beside] > 0).mean() < 0.15


def test_a_bump_has_the_colour_of_the_ground_and_its_unevenness() -> None:
    uneven = np.asarray(rng_of(1).normal(0, 1, (SIDE, SIDE)), np.float32)
    ground = Surface(GROUND.colour, uneven)
    for thing in MANY[:20]:
        shown = arranged(ground, (Placed(replace(thing, grown=True), 48, 48),))
        assert np.array_equal(shown.colour, ground.colour)
        assert shown.height is not None
        risen = shown.height - uneven
        assert risen.max() > 0.5 * thing.height.max()
        assert risen.min() >= -1e-5


def test_a_part_beyond_the_border_is_cut_off() -> None:
    for row, column in ((0, 0), (-500, 10), (SIDE, SIDE), (10, 500)):
        shown = arranged(GROUND, (Placed(MANY[0], row, column),))
        assert shown.size == GROUND.size


def test_the_ground_is_left_as_it_is() -> None:
    kept = GROUND.colour.copy()
    arranged(GROUND, tuple(Placed(thing, 40, 40) for thing in MANY[:5]))
    assert np.array_equal(GROUND.colour, kept)
    assert GROUND.height is not None
    assert not GROUND.height.any()
