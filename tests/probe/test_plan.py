from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from edge.probe.patches import kept_share
from edge.probe.plan import KEPT_AT_LEAST, kind_of, rounds
from tests.vision.pictures import HEIGHT, WIDTH, in_colour, textured

SCENE = in_colour(textured(), noise=0.0)
EVERYWHERE = np.ones((HEIGHT, WIDTH), np.bool_)


def test_every_size_and_contrast_gets_as_many_as_were_asked_for() -> None:
    plan = rounds(EVERYWHERE, SCENE, positions=7, seed=0)
    counted = Counter(insert.kind for each in plan for insert in each.inserts)
    assert counted == dict.fromkeys(("3@30", "3@60", "6@30", "6@60", "12@30", "12@60"), 7)


def test_half_of_them_are_darker() -> None:
    plan = rounds(EVERYWHERE, SCENE, positions=8, seed=0)
    signs = Counter(insert.contrast > 0 for each in plan for insert in each.inserts)
    assert signs == {True: 24, False: 24}


def test_the_same_seed_plans_the_same_and_another_one_does_not() -> None:
    one, same, other = (rounds(EVERYWHERE, SCENE, positions=5, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_every_second_round_is_in_steady_light() -> None:
    gains = [each.gain for each in rounds(EVERYWHERE, SCENE, positions=20, seed=0)]
    assert set(gains[::2]) == {1.0}
    assert 1.0 not in gains[1::2]


def test_the_contrast_is_that_of_the_frame_as_it_is_lit() -> None:
    for each in rounds(EVERYWHERE, SCENE, positions=20, seed=0):
        for insert in each.inserts:
            assert insert.patch.contrast * each.gain == pytest.approx(insert.contrast)


def test_no_patch_is_laid_where_it_would_be_clipped_away() -> None:
    bright = np.full_like(SCENE, 248)
    plan = rounds(EVERYWHERE, bright, positions=6, seed=0)
    inserts = [(insert, each.gain) for each in plan for insert in each.inserts]
    assert inserts
    assert all(kept_share(bright, insert.patch, gain) >= KEPT_AT_LEAST for insert, gain in inserts)
    assert not any(insert.contrast > 0 and gain >= 1.0 for insert, gain in inserts)


@pytest.mark.parametrize(("grain", "texture"), [(0, 0.0), (10, 10.0)])
def test_it_is_known_how_restless_the_place_of_a_patch_looks(grain: int, texture: float) -> None:
    rows, columns = np.indices((HEIGHT, WIDTH))
    checks = (100 + grain * (1 - 2 * ((rows + columns) % 2))).astype(np.uint8)
    scene = np.repeat(checks[..., None], 3, axis=2)
    plan = rounds(EVERYWHERE, scene, positions=2, seed=0)
    assert {round(insert.texture, 1) for each in plan for insert in each.inserts} == {texture}


def test_without_a_place_there_is_no_round() -> None:
    assert rounds(~EVERYWHERE, SCENE, positions=5, seed=0) == ()


@pytest.mark.parametrize(("contrast", "name"), [(60, "12@60"), (-60, "12@60"), (30, "12@30")])
def test_a_kind_is_named_by_size_and_contrast(contrast: int, name: str) -> None:
    assert kind_of(12, contrast) == name
