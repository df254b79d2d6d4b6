from __future__ import annotations

import numpy as np
import pytest

from convert.data.backgrounds import FOOTAGE_SHARE, Backgrounds
from tests.convert.data.painting import backgrounds, rng_of, scene


@pytest.mark.parametrize(("height", "width"), [(16, 16), (96, 64), (300, 420)])
def test_a_background_has_the_size_that_was_asked_for(height: int, width: int) -> None:
    for seed in range(20):
        pixels = backgrounds().draw(rng_of(seed), height, width)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8


def test_the_same_dice_draw_the_same_background() -> None:
    for seed in range(20):
        first, second = (backgrounds().draw(rng_of(seed), 64, 64) for _ in range(2))
        assert np.array_equal(first, second)


def test_what_is_drawn_belongs_to_the_caller() -> None:
    photograph = scene(3, side=160)
    photograph.setflags(write=False)
    kept = photograph.copy()
    for seed in range(30):
        Backgrounds([photograph]).draw(rng_of(seed), 64, 64)[:] = 0
    assert np.array_equal(photograph, kept)


def test_a_user_s_own_pictures_are_what_most_pairs_show() -> None:
    grey = np.full((100, 100, 3), 77, np.uint8)
    drawn = Backgrounds([scene(3)], footage=[grey])
    own = [bool((drawn.surface(rng_of(seed), 32, 32) == 77).all()) for seed in range(300)]
    assert abs(np.mean(own) - FOOTAGE_SHARE) < 0.1


def test_without_footage_photographs_and_surfaces_take_turns() -> None:
    grey = np.full((100, 100, 3), 77, np.uint8)
    drawn = Backgrounds([grey])
    photographs = [bool((drawn.surface(rng_of(seed), 32, 32) == 77).all()) for seed in range(300)]
    assert 0.35 < np.mean(photographs) < 0.65
