from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.polygons import crosses

if TYPE_CHECKING:
    from edge.core.polygons import Polygon


@pytest.mark.parametrize(
    ("polygon", "crossing"),
    [
        pytest.param(((0, 0), (1, 0), (1, 1), (0, 1)), False, id="the-whole-picture"),
        pytest.param(((0, 0), (1, 0), (0, 1), (1, 1)), True, id="corners-in-reading-order"),
        pytest.param(((0, 0), (1, 0), (0.5, 1)), False, id="a-triangle"),
        pytest.param(((0, 0), (1, 0), (0.5, 0.2), (0.5, 1)), False, id="with-a-dent"),
        pytest.param(((0, 0), (1, 0), (1, 0), (1, 1)), False, id="a-corner-twice"),
        pytest.param(((0, 0), (1, 0), (0.5, 0)), False, id="all-on-one-line"),
    ],
)
def test_sides_that_cross_are_found(polygon: Polygon, *, crossing: bool) -> None:
    assert crosses(polygon) is crossing


@given(st.lists(st.integers(0, 999), min_size=3, max_size=12, unique=True), st.permutations(range(12)))
def test_corners_around_a_circle_cross_unless_they_are_in_order(turns: list[int], order: list[int]) -> None:
    around = sorted(turns)
    polygon = tuple(
        (0.5 + math.cos(a * math.tau / 1000) / 2, 0.5 + math.sin(a * math.tau / 1000) / 2) for a in around
    )
    shuffled = tuple(polygon[place] for place in order if place < len(polygon))
    neighbours = {frozenset((i, (i + 1) % len(polygon))) for i in range(len(polygon))}
    places = [place for place in order if place < len(polygon)]
    joined = {frozenset((one, other)) for one, other in zip(places, [*places[1:], places[0]], strict=True)}
    assert crosses(shuffled) is (joined != neighbours)
