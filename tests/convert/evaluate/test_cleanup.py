from __future__ import annotations

import numpy as np
import pytest

from convert.evaluate.cleanup import reported


@pytest.mark.parametrize(
    ("rows", "columns", "kept"),
    [
        pytest.param(2, 5, True, id="ten-pixels-are-a-change"),
        pytest.param(3, 3, False, id="nine-pixels-are-a-speck"),
    ],
)
def test_specks_are_left_out(rows: int, columns: int, *, kept: bool) -> None:
    score = np.zeros((20, 20), np.float32)
    score[4 : 4 + rows, 6 : 6 + columns] = 0.9
    assert bool(reported(score, 0.5).any()) is kept


def test_pixels_that_touch_at_a_corner_are_one_region() -> None:
    score = np.diag(np.full(10, 0.9, np.float32))
    assert np.array_equal(reported(score, 0.5), np.eye(10, dtype=np.bool_))


def test_a_pixel_on_the_threshold_counts() -> None:
    assert reported(np.full((5, 5), 0.7, np.float32), 0.7).all()
