from __future__ import annotations

import numpy as np

from convert.data.filming import filmed_twice
from convert.data.surface import Surface
from tests.convert.data.painting import rng_of, scene


def test_a_place_that_is_mostly_seen_is_marked_as_a_whole() -> None:
    flat = np.full((64, 64, 3), 90, np.uint8)
    spots = [np.zeros((64, 64), np.bool_) for _ in range(2)]
    spots[0][10:20, 10:20] = spots[1][40:50, 40:50] = True
    after = flat.copy()
    after[10:18, 10:20] = after[40:42, 40:50] = 220
    _, _, mask = filmed_twice(rng_of(1), Surface(flat), Surface(after), spots)
    assert mask[spots[0]].all()
    # Edges are soft: a pixel or two beyond what differs may be marked.
    assert mask[40:42, 40:50].all()
    assert not mask[46:].any()
    assert not (mask & ~np.logical_or.reduce(spots)).any()


def test_nothing_is_marked_where_nothing_was_changed() -> None:
    place = Surface(scene(1))
    _, _, mask = filmed_twice(rng_of(1), place, place, [])
    assert mask.shape == place.size
    assert not mask.any()
