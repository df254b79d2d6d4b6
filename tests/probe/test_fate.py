from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.probe.fate import Fate, Miss
from edge.probe.patches import Patch
from edge.probe.plan import Insert
from edge.types import Box, Look, Mask, ModelTag, Region, View
from tests.vision.pictures import HEIGHT, WIDTH, instant, square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Mask as Place

PATCH = Patch(100.0, 80.0, 12, 60)
LEAST_LOOKS = 3


def fate() -> Fate:
    return Fate(Insert(PATCH, 12, 60))


def look(
    *, hot: bool = False, view: View = View.OK, regions: Sequence[Region] = (), score: float = 0.0
) -> Look:
    """Return a look that shows the patch to be hot, or not."""
    field = np.zeros((HEIGHT, WIDTH), np.bool_)
    field[84:88, 104:108] = hot
    scores = np.where(field, np.float32(score), np.float32(0.0)).astype(np.float32)
    model = ModelTag("m", "1", "cpu")
    return Look(instant(0), view, tuple(regions), field, scores, (0.0, 0.0), model, 1.0)


def region(moving: float | None) -> Region:
    return Region(square(100, 80, 12), 0.9, moving=moving)


MISSES = [
    pytest.param([look(view=View.COVERED)] * 9, Miss.UNJUDGED, id="the-view-could-not-be-judged"),
    pytest.param([look()] * 9, Miss.FAINT, id="never-hot"),
    pytest.param([look(hot=True)] * 2 + [look()] * 7, Miss.FAINT, id="hot-too-rarely"),
    pytest.param([look(hot=True)] * 9, Miss.SMALL, id="hot-but-never-a-region"),
    pytest.param([look(hot=True, regions=[region(0.9)])] * 9, Miss.MOVING, id="a-region-that-moves"),
    pytest.param(
        [look(hot=True, regions=[region(None)])] * 9, Miss.MOVING, id="nobody-knows-whether-it-moves"
    ),
    pytest.param([look(hot=True, regions=[region(0.0)])] * 9, Miss.UNSTEADY, id="still-and-yet-not-told"),
]


@pytest.mark.parametrize(("looks", "why"), MISSES)
def test_a_miss_is_explained(looks: Sequence[Look], why: Miss) -> None:
    missed = fate()
    for one in looks:
        missed.follow(one)
    assert missed.why(LEAST_LOOKS) is why


@pytest.mark.parametrize(
    ("place", "mine"),
    [
        pytest.param(square(100, 80, 12), True, id="the-patch-itself"),
        pytest.param(square(96, 76, 20), True, id="with-its-surroundings"),
        pytest.param(square(113, 80, 6), True, id="two-pixels-beside-it"),
        pytest.param(square(116, 80, 6), False, id="further-beside-it"),
        pytest.param(square(80, 60, 60), False, id="something-much-larger"),
        pytest.param(Mask(Box(100, 80, 112, 92), np.zeros((12, 12), np.bool_)), False, id="an-empty-mask"),
    ],
)
def test_a_report_is_of_the_patch_where_it_lies_at_it(place: Place, *, mine: bool) -> None:
    assert fate().told("shelf-1", place, 1.0) is mine


def test_what_was_told_first_counts() -> None:
    found = fate()
    assert all(
        found.told(name, square(100, 80, 12), after_s) for name, after_s in (("a-1", 1.0), ("a-2", 3.0))
    )
    assert (found.change_id, found.seconds, found.why(LEAST_LOOKS)) == ("a-1", 1.0, None)


def test_the_highest_score_is_remembered() -> None:
    seen = fate()
    for score in (0.3, 0.6, 0.4):
        seen.follow(look(hot=True, score=score))
    assert seen.peak == pytest.approx(0.6)
