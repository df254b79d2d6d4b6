from __future__ import annotations

import numpy as np

from edge.types import Box
from edge.vision.drawing import MARGIN_PX, RECTANGLE, heat, outlined

GREY = np.full((60, 80, 3), 90, np.uint8)


def test_where_nothing_is_found_the_heat_is_the_grey_picture() -> None:
    assert np.array_equal(heat(GREY, np.zeros((60, 80), np.float32)), GREY)


def test_a_hot_place_glows_and_what_is_no_number_does_not() -> None:
    score = np.zeros((60, 80), np.float32)
    score[10, 20], score[30, 40] = 1.0, np.nan
    drawn = heat(GREY, score)
    assert drawn[10, 20].max() > 200
    assert np.array_equal(drawn[30, 40], GREY[30, 40])


def test_a_rectangle_goes_around_a_place_and_leaves_it_clear() -> None:
    box = Box(30, 20, 50, 40)
    drawn = outlined(GREY, [box])
    assert tuple(drawn[20 - MARGIN_PX, 40]) == RECTANGLE
    assert np.array_equal(drawn[20:40, 30:50], GREY[20:40, 30:50])
    assert (GREY == 90).all()


def test_a_place_at_the_border_is_outlined_as_far_as_can_be_seen() -> None:
    drawn = outlined(GREY, [Box(0, 0, 10, 10)])
    assert tuple(drawn[13, 5]) == RECTANGLE
