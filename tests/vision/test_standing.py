from __future__ import annotations

import numpy as np

from edge.core.calibration.levels import level_of
from edge.types import Box, Mask
from edge.vision.standing import standing

SHAPE = (96, 192)  # cells of two pixels


def square(left: int, top: int, side: int) -> Mask:
    """Return a full square."""
    return Mask(Box(left, top, left + side, top + side), np.ones((side, side), np.bool_))


def test_nothing_stands_where_there_is_no_region() -> None:
    levels = standing([], np.ones(SHAPE, np.float32), threshold=0.5, least_core_px=36)
    assert (levels.shape, levels.max()) == ((48, 96), 0)


def test_a_region_is_as_strong_as_its_smallest_core_would_be() -> None:
    score = np.full(SHAPE, 0.6, np.float32)
    score[10:16, 20:26] = 0.9  # 36 pixels
    score[10, 20] = 1.0
    levels = standing([square(20, 10, 10)], score, threshold=0.5, least_core_px=36)
    assert set(levels[5:10, 10:15].flat) == {level_of(float(np.float32(0.9)), 0.5)}
    assert np.count_nonzero(levels) == 25


def test_of_two_regions_in_a_cell_the_stronger_counts() -> None:
    score = np.full(SHAPE, 0.6, np.float32)
    score[:, 21:] = 0.9
    masks = [square(20, 10, 1), square(21, 10, 1)]
    levels = standing(masks, score, threshold=0.5, least_core_px=1)
    assert levels[5, 10] == level_of(float(np.float32(0.9)), 0.5)
