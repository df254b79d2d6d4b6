from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.vision.polygons import filled

if TYPE_CHECKING:
    from edge.core.polygons import Polygon

WHOLE: Polygon = ((0, 0), (1, 0), (1, 1), (0, 1))
LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
MIDDLE: Polygon = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def test_the_whole_picture_is_every_pixel() -> None:
    assert filled([WHOLE], 48, 64).all()


def test_nothing_drawn_is_no_pixel() -> None:
    assert not filled([], 48, 64).any()


def test_half_the_picture_is_half_the_pixels_and_hardly_more() -> None:
    mask = filled([LEFT], 48, 64)
    assert mask[:, :32].all()
    assert not mask[:, 35:].any()


@pytest.mark.parametrize(("height", "width"), [(40, 80), (80, 40), (1080, 1920)])
def test_a_polygon_keeps_its_share_whatever_the_size(height: int, width: int) -> None:
    assert filled([MIDDLE], height, width).mean() == pytest.approx(0.25, abs=2 / height + 2 / width)


def test_where_polygons_overlap_nothing_is_taken_away() -> None:
    assert filled([WHOLE, MIDDLE], 48, 64).all()


@example(x=0.5, y=1.0, radius=0.5, corners=3, height=8, width=37)
@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.02, 0.6),
    st.integers(3, 9),
    st.integers(8, 90),
    st.integers(8, 90),
)
def test_a_pixel_whose_middle_lies_inside_belongs(
    x: float, y: float, radius: float, corners: int, height: int, width: int
) -> None:
    turns = np.arange(corners) * math.tau / corners
    points = np.clip(np.stack((x + radius * np.cos(turns), y + radius * np.sin(turns)), axis=1), 0, 1)
    mask = filled([tuple((float(a), float(b)) for a, b in points)], height, width)
    rows, columns = np.mgrid[:height, :width]
    middles = np.stack(((columns + 0.5) / width, (rows + 0.5) / height), axis=-1)
    after = np.roll(points, -1, axis=0)
    sides = after - points
    offsets = middles[..., None, :] - points
    turned = sides[:, 0] * offsets[..., 1] - sides[:, 1] * offsets[..., 0]
    # A hundredth of a pixel inside every side: OpenCV rounds corners to 1/256.
    margin = 0.02 * np.abs(sides).max(axis=1) / min(height, width)
    inside = (turned > margin).all(axis=-1)
    assert mask[inside].all()
