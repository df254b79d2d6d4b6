from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convert.data.targets import anywhere, halved

sides = st.integers(1, 6).map(lambda half: 2 * half)
masks = st.tuples(st.integers(1, 4), sides, sides).flatmap(
    lambda shape: hnp.arrays(np.uint8, shape, elements=st.sampled_from([0, 255]))
)


@given(masks)
def test_a_pixel_at_half_size_changed_if_any_of_its_four_did(mask: np.ndarray) -> None:
    small = halved(mask)
    count, height, width = mask.shape
    assert small.shape == (count, height // 2, width // 2, 1)
    assert small.dtype == np.float32
    for number, row, column in np.ndindex(count, height // 2, width // 2):
        block = mask[number, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        assert small[number, row, column, 0] == float(block.any())


@given(masks)
def test_a_view_changed_if_any_pixel_did(mask: np.ndarray) -> None:
    assert anywhere(mask).tolist() == [[float(one.any())] for one in mask]


@pytest.mark.parametrize("at", [(0, 0), (7, 7), (3, 4)])
def test_one_pixel_is_enough(at: tuple[int, int]) -> None:
    mask = np.zeros((1, 8, 8), np.uint8)
    mask[(0, *at)] = 255
    assert halved(mask).sum() == anywhere(mask).sum() == 1
