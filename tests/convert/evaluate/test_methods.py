from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.evaluate.cleanup import reported
from convert.evaluate.methods import METHODS, THRESHOLD
from tests.convert.evaluate.sets import HEIGHT, SQUARE, WIDTH, changed, scene

NAMES = sorted(METHODS)


@pytest.mark.parametrize("name", NAMES)
def test_equal_pictures_are_unchanged(name: str) -> None:
    score = METHODS[name].score(scene(), scene())
    assert not reported(score, THRESHOLD).any()


@pytest.mark.parametrize("name", NAMES)
def test_a_bright_square_is_found_where_it_stands(name: str) -> None:
    before = scene()
    after, mask = changed(before)
    found = reported(METHODS[name].score(before, after), THRESHOLD)
    assert found[SQUARE].mean() > 0.4  # a high-pass sees little inside a flat thing
    assert found[~cv2.dilate(mask, np.ones((9, 9))).astype(np.bool_)].mean() < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_a_share_and_of_the_pictures_size(name: str) -> None:
    score = METHODS[name].score(scene(1), scene(2))
    assert score.dtype == np.float32
    assert score.shape == (HEIGHT, WIDTH)
    assert 0.0 <= score.min() <= score.max() <= 1.0


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"knn"}))  # it throws the C library's dice
def test_the_same_pair_gets_the_same_scores(name: str) -> None:
    first, second = (METHODS[name].score(scene(1), scene(2)) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_too_small_or_too_flat_to_register_is_looked_at_as_it_is(name: str) -> None:
    flat = np.full((20, 24, 3), 90, np.uint8)
    assert METHODS[name].score(flat, flat).shape == (20, 24)


@pytest.mark.parametrize("name", ["band", "ecc"])
@pytest.mark.parametrize(
    ("columns", "rows"), [pytest.param(3, -2, id="right-and-up"), pytest.param(-4, 5, id="left-and-down")]
)
def test_a_shifted_view_is_no_change(name: str, columns: int, rows: int) -> None:
    whole = np.asarray(cv2.resize(scene(), (256, 192)), np.uint8)
    before = whole[20:-20, 20:-20]
    after = whole[20 - rows : 172 - rows, 20 - columns : 236 - columns]
    assert METHODS[name].score(before, after)[12:-12, 12:-12].max() < THRESHOLD


def test_pictures_that_have_nothing_in_common_are_compared_as_they_are() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 256, (64, 64, 3), np.uint8) for _ in range(2))
    assert np.isfinite(METHODS["ecc"].score(one, other)).all()
