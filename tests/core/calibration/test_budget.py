from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.core.calibration.budget import (
    BLOCKS_A_DAY,
    HIGHEST,
    HIGHEST_BASE,
    blocks_needed,
    poisson_interval,
    raise_for,
)

DAY = BLOCKS_A_DAY
records = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30))


def quiet(days: float, *, cells: int = 20) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return days on which nothing happened."""
    return np.zeros((round(days * DAY), cells), np.uint8)


def flickering(
    rate: float, *, level: int = 16, days: float = 3
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return days on which one cell, the first, flickers in a share of the blocks."""
    maxima, rng = quiet(days), np.random.default_rng(0)
    busy = rng.random(len(maxima)) < rate
    maxima[busy, 0] = np.clip(rng.normal(level, level / 8, busy.sum()), 1, 255)
    return maxima


def test_nothing_known_raises_nothing() -> None:
    found = raise_for(quiet(0), 1.0)
    assert (found.cells.max(), found.held) == (0.0, True)


def test_a_quiet_view_keeps_the_models_own_threshold() -> None:
    assert raise_for(quiet(3), 0.1).cells.max() == 0.0


def test_a_cell_that_flickers_all_day_is_raised_above_what_it_does_and_alone() -> None:
    maxima = flickering(0.5)
    found = raise_for(maxima, 1.0)
    assert maxima[:, 0].max() / 32 - 0.15 < found.cells[0] < 1.2
    assert found.cells[1:].max() == 0.0


def test_what_stays_within_the_budget_raises_nothing() -> None:
    maxima = flickering(0.5)
    assert raise_for(maxima, 1000.0).cells.max() == 0.0


def test_a_cell_that_would_need_too_much_is_given_up_and_the_others_do_not_pay_for_it() -> None:
    maxima = flickering(0.5)
    maxima[::3, 5] = 250
    found = raise_for(maxima, 1.0)
    assert np.isinf(found.cells[5])
    assert np.isfinite(np.delete(found.cells, 5)).all()
    assert found.cells[0] == pytest.approx(raise_for(flickering(0.5), 1.0).cells[0], abs=0.2)


def test_a_place_where_somebody_tried_the_device_a_few_times_is_still_watched() -> None:
    maxima = quiet(1)
    maxima[[10, 20, 30, 40], 3] = 250
    found = raise_for(maxima, 1.0)
    assert found.cells[3] <= HIGHEST


def test_many_cells_that_do_something_once_raise_the_whole_view_within_bounds() -> None:
    maxima = quiet(3, cells=200)
    rng = np.random.default_rng(0)
    maxima[rng.choice(len(maxima), 100, replace=False), np.arange(100)] = rng.integers(1, 12, 100)
    found = raise_for(maxima, 1.0)
    assert 0.0 < found.cells.min() <= HIGHEST_BASE


def test_strong_things_at_places_that_never_did_a_thing_do_not_deafen_the_view() -> None:
    maxima = quiet(3, cells=200)
    maxima[np.arange(50) * 5, np.arange(50)] = 255
    assert raise_for(maxima, 1.0).cells.max() == 0.0


@given(records, st.floats(0.1, 100.0))
def test_a_cell_is_raised_by_a_bounded_amount_or_given_up(
    maxima: np.ndarray[tuple[int, int], np.dtype[np.uint8]], per_day: float
) -> None:
    cells = raise_for(maxima, per_day).cells
    finite = cells[np.isfinite(cells)]
    assert ((finite >= 0.0) & (finite <= HIGHEST)).all()


@pytest.mark.parametrize(
    ("per_day", "blocks"),
    [
        pytest.param(1.0, 144, id="one-a-day-takes-a-day"),
        pytest.param(0.1, 1440, id="one-in-ten-days-takes-ten"),
        pytest.param(1000.0, 1, id="one-block-at-least"),
    ],
)
def test_blocks_needed(per_day: float, blocks: int) -> None:
    assert blocks_needed(per_day) == blocks


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # Exact limits, from the chi-squared distribution.
        pytest.param(0, 0.0, 3.689, id="none"),
        pytest.param(1, 0.025, 5.572, id="one"),
        pytest.param(20, 12.217, 30.888, id="twenty"),
    ],
)
def test_a_poisson_interval_is_near_the_exact_one(count: int, low: float, high: float) -> None:
    assert poisson_interval(count, 1.0) == pytest.approx((low, high), rel=0.02, abs=0.03)


def test_a_view_that_is_restless_everywhere_is_answered_too() -> None:
    rng = np.random.default_rng(0)
    maxima = rng.integers(0, 60, (200, 1000)).astype(np.uint8)
    found = raise_for(maxima, 1.0)
    assert found.cells.min() > 0.0
    assert not found.held
