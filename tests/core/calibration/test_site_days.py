"""Twenty days at two frames a second, in which nothing changes."""

from __future__ import annotations

import numpy as np
import pytest

from edge.core.calibration.budget import poisson_interval, raise_for
from edge.core.calibration.record import BLOCKS as KEPT
from tests.core.calibration.sites import BLOCKS, CELLS, LOOKS, Site, needed, told

LEARNING_DAYS, DAYS = 1, 20
BUDGET = 1.0


@pytest.mark.slow
def test_in_twenty_days_the_budget_is_held_and_without_calibration_it_is_missed() -> None:
    site = Site(np.random.default_rng(1))
    maxima: list[np.ndarray[tuple[int], np.dtype[np.uint8]]] = []
    nats = np.zeros(CELLS)
    events, without, looks = 0, 0, 0
    for number in range((LEARNING_DAYS + DAYS) * BLOCKS):
        levels = site.block(number)
        acting = levels.any(axis=0)
        reached = np.zeros_like(levels)
        reached[:, acting] = needed(levels[:, acting])
        if number >= LEARNING_DAYS * BLOCKS:
            events += told(reached, nats)
            without += told(reached, np.zeros(CELLS))
            looks += LOOKS
        maxima = [*maxima, reached.max(axis=0)][-KEPT:]
        if number % 6 == 5:  # once an hour
            nats = raise_for(np.array(maxima), BUDGET).cells
    assert looks == 3_456_000
    assert poisson_interval(without, DAYS)[0] > 100 * BUDGET
    assert poisson_interval(events, DAYS)[0] <= BUDGET
    assert np.isinf(nats).sum() <= 2
    assert np.median(nats) < 1.3, "and the view is not deaf"
