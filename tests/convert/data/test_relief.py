from __future__ import annotations

import numpy as np
import pytest

from convert.data.relief import relit
from tests.convert.data.painting import SIDE, rng_of, scene


@pytest.mark.parametrize("seed", range(10))
def test_the_same_dice_light_alike(seed: int) -> None:
    first, second = (relit(rng_of(seed), scene(0), scene(0)) for _ in range(2))
    assert np.array_equal(first, second)


def test_each_picture_has_a_lamp_of_its_own() -> None:
    for seed in range(20):
        reference, current = relit(rng_of(seed), scene(0), scene(0))
        assert not np.array_equal(reference, current)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_black_stays_darker_than_what_is_white_beside_it(seed: int) -> None:
    half = np.zeros((SIDE, SIDE, 3), np.uint8)
    half[:, SIDE // 2 :] = 230
    for lit in relit(rng_of(seed), half, half):
        middle = SIDE // 2
        assert lit[:, middle + 8 :].mean() > lit[:, : middle - 8].mean()


def test_pictures_keep_their_size_and_type() -> None:
    for lit in relit(rng_of(0), scene(0), scene(1)):
        assert lit.shape == (SIDE, SIDE, 3)
        assert lit.dtype == np.uint8


def test_lamps_differ_in_pattern_more_than_in_level() -> None:
    flat = np.full((SIDE, SIDE, 3), 120, np.uint8)
    levels = [[float(lit.mean()) for lit in relit(rng_of(seed), flat, flat)] for seed in range(40)]
    apart = [abs(first - second) / 120 for first, second in levels]
    assert np.median(apart) < 0.35
