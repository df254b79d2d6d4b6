from __future__ import annotations

import numpy as np

from convert.data import scenery
from convert.data.changes import Paint
from tests.convert.data.painting import SIDE, backgrounds, rng_of

BACKGROUNDS = backgrounds()
SCENES = [scenery.scene(rng_of(seed), BACKGROUNDS, SIDE) for seed in range(40)]
FURNISHED = [scene for scene in SCENES if scene.things]


def test_some_scenes_hold_things_and_some_do_not() -> None:
    assert 0.2 < len(FURNISHED) / len(SCENES) < 0.8


def test_a_scene_has_height_everywhere() -> None:
    for scene in SCENES:
        surface = scene.surface()
        assert surface.height is not None
        assert surface.height.shape == surface.size == (SIDE, SIDE)
        assert np.isfinite(surface.height).all()


def test_one_thing_is_disturbed_and_the_others_stay() -> None:
    for seed, before in enumerate(FURNISHED):
        after, _, kind = scenery.disturbed(rng_of(seed), before, BACKGROUNDS)
        kept = set(map(id, before.things)) & set(map(id, after.things))
        assert len(kept) == len(before.things) - 1
        assert len(after.things) == len(before.things) - (kind is Paint.PART_GONE)


def test_what_differs_lies_where_it_is_said() -> None:
    for seed, before in enumerate(FURNISHED):
        after, spots, _ = scenery.disturbed(rng_of(seed), before, BACKGROUNDS)
        where = np.logical_or.reduce(spots)
        apart = np.abs(before.surface().colour.astype(int) - after.surface().colour).max(2)
        # Rims are mixed.
        assert (apart[~where] > 8).mean() < 0.01


def test_some_things_are_bumps_of_the_ground_and_others_lie_on_it() -> None:
    grown = [placed.part.grown for before in FURNISHED for placed in before.things]
    assert 0.2 < np.mean(grown) < 0.5


def test_every_way_of_disturbing_comes_up() -> None:
    kinds = {scenery.disturbed(rng_of(seed), FURNISHED[0], BACKGROUNDS)[2] for seed in range(60)}
    assert kinds == {Paint.PART_GONE, Paint.PART_MOVED, Paint.PART_SWAPPED}
