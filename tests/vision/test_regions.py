from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.core.masks import painted
from edge.types import Box
from edge.vision.regions import JOIN, MOST_REGIONS, regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = (60, 80)


def scored(*boxes: Box, peak: float = 0.9, of: tuple[int, int] = SHAPE) -> NDArray[np.float32]:
    """Return a score map that is hot in some rectangles."""
    score = np.full(of, 0.1, np.float32)
    for box in boxes:
        score[box.top : box.bottom, box.left : box.right] = peak
    return score


def boxes(score: NDArray[np.float32], *, least_area_px: float = 1.0) -> list[Box]:
    """Return the boxes of what is found at one half."""
    return [mask.box for mask, _ in regions(score, threshold=0.5, least_area_px=least_area_px)]


def test_a_quiet_picture_has_no_regions() -> None:
    assert boxes(scored()) == []


def test_a_region_is_as_large_as_what_is_hot() -> None:
    box = Box(20, 10, 32, 25)
    ((mask, peak),) = regions(scored(box), threshold=0.5, least_area_px=1.0)
    assert (mask.box, mask.area_px) == (box, 12 * 15)
    assert peak == pytest.approx(0.9)


def test_a_pixel_on_the_threshold_counts() -> None:
    assert len(boxes(scored(Box(20, 10, 32, 25), peak=0.5))) == 1


def test_the_score_of_a_region_is_its_highest() -> None:
    score = scored(Box(20, 10, 32, 25), peak=0.6)
    score[15, 25] = 0.95
    score[50, 70] = 0.99
    ((_, peak), _) = regions(score, threshold=0.5, least_area_px=1.0)
    assert peak == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("gap", "count"),
    [
        pytest.param(4, 1, id="specks-four-pixels-apart-are-one-thing"),
        pytest.param(5, 2, id="farther-apart-they-are-two"),
    ],
)
def test_what_lies_near_to_one_another_is_joined(gap: int, count: int) -> None:
    assert len(boxes(scored(Box(20, 20, 30, 30), Box(30 + gap, 20, 40 + gap, 30)))) == count


def test_what_touches_at_a_corner_is_one_thing() -> None:
    assert len(boxes(scored(Box(20, 20, 30, 30), Box(30, 30, 40, 40)))) == 1


@pytest.mark.parametrize(
    ("least_area_px", "count"),
    [
        pytest.param(100.0, 1, id="of-the-least-area-it-is-kept"),
        pytest.param(100.5, 0, id="smaller-it-is-noise"),
    ],
)
def test_the_least_area(least_area_px: float, count: int) -> None:
    assert len(boxes(scored(Box(20, 20, 30, 30)), least_area_px=least_area_px)) == count


def test_the_largest_comes_first() -> None:
    small, large = Box(5, 5, 15, 15), Box(40, 30, 60, 50)
    assert boxes(scored(small, large)) == [large, small]


def test_a_mask_is_cut_out_without_its_neighbours() -> None:
    """A ring and what lies in its middle have boxes one within the other."""
    score = scored(Box(10, 10, 50, 50))
    score[14:46, 14:46] = 0.1
    score[26:34, 26:34] = 0.9
    (ring, _), (middle, _) = regions(score, threshold=0.5, least_area_px=1.0)
    assert middle.area_px == 64
    assert ring.area_px == pytest.approx(40 * 40 - 32 * 32, abs=16)


def test_of_too_many_the_largest_are_kept() -> None:
    score = np.zeros((200, 300), np.float32)
    score[2:198:10, 2:298:10] = 1.0
    score[50:58, 50:58] = 1.0
    found = regions(score, threshold=0.5, least_area_px=1.0)
    assert len(found) == MOST_REGIONS == 200
    assert found[0][0].area_px >= 64


@given(
    hnp.arrays(np.bool_, (20, 24), elements=st.integers(0, 9).map(lambda dice: dice == 0)),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_where_in_the_picture_a_thing_lies_does_not_change_it(
    speckled: NDArray[np.bool_], place: tuple[int, int]
) -> None:
    field = np.zeros((60, 64), np.bool_)
    field[place[0] : place[0] + 20, place[1] : place[1] + 24] = speckled
    found = regions(field.astype(np.float32), threshold=0.5, least_area_px=1.0)
    closed = cv2.morphologyEx(field.astype(np.uint8), cv2.MORPH_CLOSE, JOIN) > 0
    assert np.array_equal(painted((mask for mask, _ in found), field.shape), closed)


@given(hnp.arrays(np.float32, (20, 24), elements=st.sampled_from((0.0, 0.2, 0.5, 0.75))))
def test_every_hot_pixel_lies_in_exactly_one_region(score: NDArray[np.float32]) -> None:
    found = regions(score, threshold=0.5, least_area_px=1.0)
    together = painted((mask for mask, _ in found), (20, 24))
    assert together[score >= 0.5].all()
    assert together.sum() == sum(mask.area_px for mask, _ in found)
