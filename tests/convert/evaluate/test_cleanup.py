from __future__ import annotations

import numpy as np
import pytest

from convert.evaluate.cleanup import reported, risen


@pytest.mark.parametrize(
    ("rows", "columns", "kept"),
    [
        pytest.param(2, 5, True, id="ten-pixels-are-a-change"),
        pytest.param(3, 3, False, id="nine-pixels-are-a-speck"),
    ],
)
def test_specks_are_left_out(rows: int, columns: int, *, kept: bool) -> None:
    score = np.zeros((20, 20), np.float32)
    score[4 : 4 + rows, 6 : 6 + columns] = 0.9
    assert bool(reported(score, 0.5).any()) is kept


def test_pixels_that_touch_at_a_corner_are_one_region() -> None:
    score = np.diag(np.full(10, 0.9, np.float32))
    assert np.array_equal(reported(score, 0.5), np.eye(10, dtype=np.bool_))


def test_a_pixel_on_the_threshold_counts() -> None:
    assert reported(np.full((5, 5), 0.7, np.float32), 0.7).all()


def faint(core: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return a place of 0.5 that is stronger in one pixel."""
    score = np.zeros((20, 20), np.float32)
    score[5:10, 5:10] = 0.5
    score[7, 7] = core
    return score


def test_a_region_is_told_as_a_whole_where_it_reaches_the_threshold_somewhere() -> None:
    assert int(reported(faint(0.9), 0.8, 0.5).sum()) == 25
    assert not reported(faint(0.7), 0.8, 0.5).any()


def test_a_region_ends_where_it_is_lower_than_it_must_be() -> None:
    assert not reported(faint(0.9), 0.8, 0.7).any()  # what is left is a speck


def test_of_two_regions_each_has_its_own_peak() -> None:
    score = faint(0.9)
    score[15:19, 1:5] = 0.6
    peaks = risen(score, 0.4)
    assert sorted(map(float, np.unique(peaks))) == [0.0, np.float32(0.6), np.float32(0.9)]
    assert np.array_equal(reported(score, 0.8, 0.5), peaks >= np.float32(0.8))


def test_specks_do_not_rise() -> None:
    score = np.zeros((20, 20), np.float32)
    score[4:7, 4:7] = 0.9
    assert not risen(score, 0.4).any()
