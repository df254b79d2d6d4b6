from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.probe.places import APART_PX, BORDER_PX, room, spread, still
from tests.vision.pictures import in_colour, textured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Pixels

SCENE = textured()


def test_a_quiet_scene_stands_still_everywhere() -> None:
    assert still([in_colour(SCENE, seed=n) for n in range(30)]).mean() > 0.99


def filmed(numbers: Sequence[int], *, where: tuple[slice, slice], by: float) -> list[Pixels]:
    """Film 120 frames; in some of them a part is brighter."""
    brighter = SCENE.copy()
    brighter[where] += np.float32(by)
    return [in_colour(brighter if n in numbers else SCENE, seed=n) for n in range(120)]


@pytest.mark.parametrize(
    ("numbers", "by"),
    [
        pytest.param([7], 30.0, id="something-passes-in-a-single-frame"),
        pytest.param(range(0, 120, 2), 10.0, id="something-flickers-a-little-all-the-time"),
    ],
)
def test_nothing_stands_still_where(numbers: Sequence[int], by: float) -> None:
    found = still(filmed(numbers, where=(slice(40, 60), slice(100, 120)), by=by))
    assert found[40:60, 100:120].mean() < 0.05
    assert found[80:].mean() > 0.99


def test_a_place_has_room_when_the_square_and_its_border_fit() -> None:
    usable = np.zeros((60, 60), np.bool_)
    whole = 12 + 2 * BORDER_PX + 1
    usable[20 : 20 + whole, 10 : 10 + whole] = True
    rows, columns = np.nonzero(room(usable, 12))
    assert (rows.tolist(), columns.tolist()) == ([20 + whole // 2], [10 + whole // 2])


def test_the_edge_of_the_picture_is_no_place() -> None:
    assert not room(np.ones((60, 60), np.bool_), 12)[:BORDER_PX].any()


@given(st.integers(0, 1000))
def test_places_are_far_apart_and_where_they_may_be(seed: int) -> None:
    free = textured() > 100.0
    places = spread(free, side_px=12, most=20, rng=np.random.default_rng(seed))
    assert places
    assert all(free[row, column] for column, row in places)
    for number, one in enumerate(places):
        for other in places[:number]:
            assert max(abs(one[0] - other[0]), abs(one[1] - other[1])) > APART_PX + 12


def test_the_same_seed_chooses_the_same_places() -> None:
    free = np.ones((180, 240), np.bool_)
    one, other = (spread(free, side_px=12, most=9, rng=np.random.default_rng(4)) for _ in range(2))
    assert one == other
