from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import grid
from edge.types import Box

SIDES = st.integers(1, 400)


@pytest.mark.parametrize(
    ("size", "cell", "shape"),
    [
        pytest.param((1920, 1080), 20, (54, 96), id="full-hd"),
        pytest.param((640, 480), 7, (69, 92), id="vga"),
        pytest.param((1080, 1920), 20, (96, 54), id="upright"),
        pytest.param((3, 2), 1, (2, 3), id="tiny"),
    ],
)
def test_cells_are_square_and_at_most_96_lie_along_a_side(
    size: tuple[int, int], cell: int, shape: tuple[int, int]
) -> None:
    assert grid.cell_of(*size) == cell
    assert grid.shape_of(*size, cell) == shape


@given(SIDES, SIDES, st.integers(0, 10**6))
def test_the_hottest_pixel_is_in_its_cell(width: int, height: int, at: int) -> None:
    row, column = divmod(at % (width * height), width)
    score = np.zeros((height, width), np.float32)
    score[row, column] = 0.6
    cell = grid.cell_of(width, height)
    cells = grid.hottest(score, cell)
    assert cells.shape == grid.shape_of(width, height, cell)
    assert grid.score_at(int(cells[row // cell, column // cell])) == pytest.approx(0.6, abs=0.002)
    assert np.count_nonzero(cells) == 1


@given(SIDES, SIDES, st.integers(0, 99))
def test_no_pixel_is_counted_twice_or_left_out(width: int, height: int, seed: int) -> None:
    field = np.random.default_rng(seed).random((height, width)) < 0.3
    assert grid.counted(field, grid.cell_of(width, height)).sum() == np.count_nonzero(field)


def test_scores_that_say_nothing_take_no_room() -> None:
    assert not grid.hottest(np.full((40, 40), 0.09, np.float32), 10).any()


def test_what_is_no_number_counts_as_nothing() -> None:
    assert not grid.hottest(np.full((40, 40), np.nan, np.float32), 10).any()


def test_a_cell_is_mostly_true_from_one_half_on() -> None:
    field = np.zeros((10, 30), np.bool_)
    field[:, :15] = True
    assert grid.mostly(field, 10).tolist() == [[True, True, False]]


def test_around_a_place_lie_its_neighbours_inside_the_grid() -> None:
    cells = np.arange(12).reshape(3, 4)
    assert cells[grid.around((15, 15), 10, (3, 4))].tolist() == [[0, 1, 2], [4, 5, 6], [8, 9, 10]]
    assert cells[grid.around((0, 0), 10, (3, 4))].tolist() == [[0, 1], [4, 5]]
    assert cells[grid.around((500, 500), 10, (3, 4))].size == 0


@pytest.mark.parametrize(("column", "close"), [(89, False), (90, True), (119, True), (120, False)])
def test_near_means_within_a_cell(column: float, *, close: bool) -> None:
    assert grid.near((column, 55), Box(100, 50, 110, 60), 10) is close
