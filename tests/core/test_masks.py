from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.masks import common_px, inside, likeness, painted, share_of
from edge.types import Box, Mask

HEIGHT, WIDTH = 12, 16


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    """Draw any mask within the picture, empty ones included."""
    left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    box = Box(left, top, draw(st.integers(left + 1, WIDTH)), draw(st.integers(top + 1, HEIGHT)))
    full = draw(st.sampled_from((0.0, 0.3, 0.7, 1.0)))
    seed = draw(st.integers(0, 999))
    return Mask(box, np.random.default_rng(seed).random((box.height, box.width)) < full)


def block(left: int, top: int, right: int, bottom: int) -> Mask:
    """Return a full rectangle."""
    return Mask(Box(left, top, right, bottom), np.ones((bottom - top, right - left), np.bool_))


def field(*some: Mask) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Paint masks pixel by pixel, the slow and obvious way."""
    canvas = np.zeros((HEIGHT, WIDTH), np.bool_)
    for mask in some:
        for row, column in np.argwhere(mask.bits):
            canvas[mask.box.top + row, mask.box.left + column] = True
    return canvas


@given(masks(), masks())
def test_common_pixels_are_those_that_both_paint(one: Mask, other: Mask) -> None:
    assert common_px(one, other) == np.count_nonzero(field(one) & field(other))


@given(masks(), masks())
def test_likeness_is_symmetric_and_between_zero_and_one(one: Mask, other: Mask) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0


@given(masks(), masks())
def test_likeness_is_the_common_share_of_all_that_is_painted(one: Mask, other: Mask) -> None:
    union = np.count_nonzero(field(one) | field(other))
    common = np.count_nonzero(field(one) & field(other))
    assert likeness(one, other) * union == pytest.approx(common)


@given(masks())
def test_a_mask_is_wholly_like_itself_unless_it_is_empty(mask: Mask) -> None:
    assert likeness(mask, mask) == (1.0 if mask.area_px else 0.0)


@given(masks(), masks())
def test_the_share_of_a_mask_in_a_field_counts_its_own_pixels_only(mask: Mask, other: Mask) -> None:
    hit = np.count_nonzero(field(mask) & field(other))
    assert share_of(mask, field(other)) * mask.area_px == pytest.approx(hit)


@given(st.lists(masks(), max_size=4))
def test_painting_masks_gives_every_pixel_of_each_and_no_other(some: list[Mask]) -> None:
    assert np.array_equal(painted(some, (HEIGHT, WIDTH)), field(*some))


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        pytest.param(block(0, 0, 4, 4), block(4, 0, 8, 4), 0, id="side-by-side-they-share-nothing"),
        pytest.param(block(0, 0, 4, 4), block(0, 4, 4, 8), 0, id="one-above-the-other-they-share-nothing"),
        pytest.param(block(0, 0, 4, 4), block(3, 3, 8, 8), 1, id="a-corner-in-common"),
        pytest.param(block(0, 0, 8, 8), block(2, 3, 4, 5), 4, id="one-within-the-other"),
    ],
)
def test_common_px(one: Mask, other: Mask, common: int) -> None:
    assert (common_px(one, other), common_px(other, one)) == (common, common)


@pytest.mark.parametrize(
    ("box", "fits"),
    [
        pytest.param(Box(0, 0, WIDTH, HEIGHT), True, id="the-whole-picture-lies-within"),
        pytest.param(Box(-1, 0, 4, 4), False, id="left-of-the-picture"),
        pytest.param(Box(0, -1, 4, 4), False, id="above-the-picture"),
        pytest.param(Box(0, 0, WIDTH + 1, 4), False, id="right-of-the-picture"),
        pytest.param(Box(0, 0, 4, HEIGHT + 1), False, id="below-the-picture"),
        pytest.param(Box(4, 0, 4, 4), False, id="without-width"),
        pytest.param(Box(0, 4, 4, 4), False, id="without-height"),
    ],
)
def test_inside(*, box: Box, fits: bool) -> None:
    assert inside(box, (HEIGHT, WIDTH)) is fits
