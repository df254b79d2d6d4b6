from __future__ import annotations

import numpy as np
import pytest

from edge.types import View
from edge.vision.align import Registration
from edge.vision.view import covered, view_of

LIT = np.full((40, 40), 90, np.uint8)


def moved(largest_px: float, *, found: float = 0.9) -> Registration:
    """Return a registration."""
    return Registration(np.eye(3), (largest_px, 0.0), largest_px, found)


@pytest.mark.parametrize(
    ("motion", "brightness", "view"),
    [
        pytest.param(moved(0.0), 90, View.OK, id="at-rest"),
        pytest.param(moved(12.0), 90, View.OK, id="the-largest-shift-is-aligned-away"),
        pytest.param(moved(12.1), 90, View.MOVED, id="beyond-it-the-view-has-moved"),
        pytest.param(moved(0.0, found=0.15), 90, View.OK, id="a-few-landmarks-are-enough"),
        pytest.param(moved(0.0, found=0.14), 90, View.COVERED, id="fewer-mean-that-it-is-covered"),
        pytest.param(moved(99.0, found=0.1), 90, View.COVERED, id="covered-whatever-moved"),
        pytest.param(moved(0.0), 8, View.OK, id="a-dim-view-is-judged"),
        pytest.param(moved(0.0), 7, View.DARK, id="a-dark-one-is-not"),
        pytest.param(moved(99.0, found=0.0), 0, View.DARK, id="in-the-dark-nothing-else-is-known"),
    ],
)
def test_view_of(motion: Registration, brightness: int, view: View) -> None:
    grey = np.full((40, 40), brightness, np.uint8)
    assert view_of(motion, grey, usual=120.0, max_shift_px=12.0) is view


def test_a_lamp_in_the_dark_is_not_dark() -> None:
    grey = np.zeros((40, 40), np.uint8)
    grey[:20, :20] = 200
    assert view_of(moved(0.0), grey, usual=120.0, max_shift_px=12.0) is View.OK


@pytest.mark.parametrize(
    ("hot_rows", "judged_rows", "is_covered"),
    [
        pytest.param(0, 40, False, id="nothing-differs"),
        pytest.param(20, 40, False, id="half-of-the-view-differs"),
        pytest.param(21, 40, True, id="more-than-half-differs"),
        pytest.param(11, 20, True, id="more-than-half-of-what-is-judged-differs"),
        pytest.param(0, 0, False, id="nothing-is-judged"),
    ],
)
def test_covered(*, hot_rows: int, judged_rows: int, is_covered: bool) -> None:
    hot, judged = np.zeros((40, 40), np.bool_), np.zeros((40, 40), np.bool_)
    hot[:hot_rows] = True
    judged[:judged_rows] = True
    assert covered(hot, judged) is is_covered


def test_a_scene_that_was_learned_in_the_dark_is_judged_in_the_dark() -> None:
    grey = np.full((90, 120), 4, np.uint8)
    assert view_of(moved(0.0), grey, usual=5.0, max_shift_px=12.0) is View.OK
