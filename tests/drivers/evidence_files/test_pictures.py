from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.evidence_files.pictures import around, enlargement, small
from edge.types import Box


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Box, int, int]:
    width, height = draw(st.integers(1, 5000)), draw(st.integers(1, 5000))
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (
        Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height))),
        width,
        height,
    )


@given(boxes())
def test_a_cut_out_holds_the_box_and_lies_inside_the_picture(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert 0 <= crop.left <= box.left < box.right <= crop.right <= width
    assert 0 <= crop.top <= box.top < box.bottom <= crop.bottom <= height


@given(boxes())
def test_a_cut_out_is_never_wider_than_a_screen(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert crop.width * enlargement(box, crop) <= 1280 + 1e-6


@given(boxes())
def test_a_box_is_surrounded_by_its_neighbourhood(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert crop.width >= min(width, max(320, 3 * box.width))
    assert crop.height >= min(height, max(180, 3 * box.height))


def test_a_small_picture_keeps_its_proportions() -> None:
    assert small(np.zeros((1080, 1920, 3), np.uint8)).shape == (270, 480, 3)
    assert small(np.zeros((100, 200, 3), np.uint8)).shape == (100, 200, 3)
