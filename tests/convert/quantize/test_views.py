from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs the convert extra: pip install '.[convert]'")

from convert.data import stored
from convert.quantize.views import mosaics, whole
from edge.types import Preprocess

if TYPE_CHECKING:
    from pathlib import Path

    from convert.data.stored import StoredPairs

SIDE = 16
PLAIN = Preprocess()


@pytest.fixture
def pairs(tmp_path: Path) -> StoredPairs:
    """Six pairs; all of pair ``n`` is ``n``, its mask too."""
    stored.make(tmp_path, 6, SIDE)
    found = stored.read(tmp_path, writable=True)
    for number in range(6):
        found.reference[number] = found.current[number] = found.mask[number] = number
    return found


def test_pairs_lie_side_by_side(pairs: StoredPairs) -> None:
    (view,) = mosaics(pairs, PLAIN, 2 * SIDE, most_pairs=4)
    corners = view.reference[:: 2 * SIDE - 1, :: 2 * SIDE - 1, 0]
    assert corners.tolist() == [[0, 1], [2, 3]]
    assert np.array_equal(view.mask, view.current[..., 0])


@pytest.mark.parametrize(
    ("side_px", "most_pairs", "count"),
    [
        pytest.param(SIDE, 100, 6, id="every-pair-fills-one"),
        pytest.param(SIDE, 4, 4, id="no-more-than-wanted"),
        pytest.param(8, 3, 3, id="a-smaller-picture-shows-a-part"),
        pytest.param(2 * SIDE, 6, 1, id="what-is-left-over-is-left-out"),
        pytest.param(3 * SIDE, 6, 1, id="too-few-pairs-are-shown-again"),
        pytest.param(24, 6, 1, id="sizes-that-do-not-divide-are-cut-off"),
    ],
)
def test_views_fill_the_size(pairs: StoredPairs, side_px: int, most_pairs: int, count: int) -> None:
    found = mosaics(pairs, PLAIN, side_px, most_pairs=most_pairs)
    assert len(found) == count
    assert {view.reference.shape for view in found} == {(side_px, side_px, 3)}
    assert {view.mask.shape for view in found} == {(side_px, side_px)}


def test_whole_pairs_are_made_to_fit(pairs: StoredPairs) -> None:
    found = whole(pairs, PLAIN, 24, most_pairs=3)
    assert [int(view.current[5, 5, 0]) for view in found] == [0, 1, 2]
    assert {view.reference.shape for view in found} == {(24, 24, 3)}
