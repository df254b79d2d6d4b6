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
from edge.vision.regions import JOIN, MOST_REGIONS, Found, regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = (60, 80)


def scored(*boxes: Box, peak: float = 0.9, of: tuple[int, int] = SHAPE) -> NDArray[np.float32]:
    """Return a score map that is hot in some rectangles."""
    score = np.full(of, 0.1, np.float32)
    for box in boxes:
        score[box.top : box.bottom, box.left : box.right] = peak
    return score


def plainly(score: NDArray[np.float32], *, least_area_px: float = 1.0) -> list[Found]:
    """Return what is found where only what is over one half belongs to a place."""
    return regions(score, threshold=0.5, reach=0.5, least_area_px=least_area_px)


def boxes(score: NDArray[np.float32], *, least_area_px: float = 1.0) -> list[Box]:
    """Return the boxes of what is found at one half."""
    return [found.mask.box for found in plainly(score, least_area_px=least_area_px)]


def test_a_quiet_picture_has_no_regions() -> None:
    assert boxes(scored()) == []


def test_a_region_is_as_large_as_what_is_hot() -> None:
    box = Box(20, 10, 32, 25)
    (found,) = plainly(scored(box))
    assert (found.mask.box, found.mask.area_px) == (box, 12 * 15)
    assert found.peak == pytest.approx(0.9)


def test_a_pixel_on_the_threshold_counts() -> None:
    assert len(boxes(scored(Box(20, 10, 32, 25), peak=0.5))) == 1


def test_the_score_of_a_region_is_its_highest() -> None:
    score = scored(Box(20, 10, 32, 25), peak=0.6)
    score[15, 25] = 0.95
    score[50, 70] = 0.99
    first, _ = plainly(score)
    assert first.peak == pytest.approx(0.95)


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
    ring, middle = (found.mask for found in plainly(score))
    assert middle.area_px == 64
    assert ring.area_px == pytest.approx(40 * 40 - 32 * 32, abs=16)


def test_of_too_many_the_largest_are_kept() -> None:
    score = np.zeros((200, 300), np.float32)
    score[2:198:10, 2:298:10] = 1.0
    score[50:58, 50:58] = 1.0
    found = plainly(score)
    assert len(found) == MOST_REGIONS == 200
    assert found[0].mask.area_px >= 64


@given(
    hnp.arrays(np.bool_, (20, 24), elements=st.integers(0, 9).map(lambda dice: dice == 0)),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_where_in_the_picture_a_thing_lies_does_not_change_it(
    speckled: NDArray[np.bool_], place: tuple[int, int]
) -> None:
    field = np.zeros((60, 64), np.bool_)
    field[place[0] : place[0] + 20, place[1] : place[1] + 24] = speckled
    found = plainly(field.astype(np.float32))
    closed = cv2.morphologyEx(field.astype(np.uint8), cv2.MORPH_CLOSE, JOIN)
    _, labels = cv2.connectedComponents(closed, connectivity=8)
    # Joining may fill a pixel amid specks that touches none of them.
    with_a_core = (closed > 0) & np.isin(labels, labels[field])
    assert np.array_equal(painted((each.mask for each in found), field.shape), with_a_core)


@given(hnp.arrays(np.float32, (20, 24), elements=st.sampled_from((0.0, 0.2, 0.5, 0.75))))
def test_every_hot_pixel_lies_in_exactly_one_region(score: NDArray[np.float32]) -> None:
    found = plainly(score)
    together = painted((each.mask for each in found), (20, 24))
    assert together[score >= 0.5].all()
    assert together.sum() == sum(each.mask.area_px for each in found)


# ---- how far a place reaches ----


def faded(core: Box, around: Box) -> NDArray[np.float32]:
    """Return a score map with a hot core, and a fainter surrounding."""
    score = scored(around, peak=0.3)
    score[core.top : core.bottom, core.left : core.right] = 0.9
    return score


@pytest.mark.parametrize(
    ("reach", "area_px"),
    [
        pytest.param(0.25, 144, id="as-far-as-it-nearly-counts"),
        pytest.param(0.3, 144, id="a-pixel-on-the-bound-belongs"),
        pytest.param(0.35, 16, id="no-farther"),
    ],
)
def test_a_place_reaches_from_its_core_to_what_nearly_counts(reach: float, area_px: int) -> None:
    score = faded(Box(20, 20, 24, 24), Box(20, 20, 32, 32))
    (found,) = regions(score, threshold=0.5, reach=reach, least_area_px=1.0)
    assert (found.mask.area_px, found.core.area_px) == (area_px, 16)


def test_what_nearly_counts_is_nothing_without_a_core() -> None:
    score = scored(Box(20, 20, 32, 32), peak=0.45)
    assert regions(score, threshold=0.5, reach=0.2, least_area_px=1.0) == []


@pytest.mark.parametrize(
    ("least_area_px", "least_core_px", "count"),
    [
        pytest.param(144.0, 16.0, 1, id="both-large-enough"),
        pytest.param(144.5, 16.0, 0, id="the-whole-too-small"),
        pytest.param(144.0, 16.5, 0, id="the-core-too-small"),
    ],
)
def test_a_place_has_an_area_and_a_core(least_area_px: float, least_core_px: float, count: int) -> None:
    score = faded(Box(20, 20, 24, 24), Box(20, 20, 32, 32))
    found = regions(
        score, threshold=0.5, reach=0.25, least_area_px=least_area_px, least_core_px=least_core_px
    )
    assert len(found) == count


def test_where_more_is_asked_for_a_core_must_have_more() -> None:
    field = np.full(SHAPE, 0.5, np.float32)
    field[:, :40] = 0.95
    score = np.maximum(
        faded(Box(20, 20, 24, 24), Box(20, 20, 32, 32)), faded(Box(52, 20, 56, 24), Box(52, 20, 64, 32))
    )
    (found,) = regions(score, threshold=field, reach=0.25, least_area_px=1.0)
    assert found.mask.box == Box(52, 20, 64, 32)
