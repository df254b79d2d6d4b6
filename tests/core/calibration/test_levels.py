from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.calibration.levels import NEVER, level_of, nats_of, raised

inside = st.floats(0.01, 0.99)


@given(inside, inside)
def test_a_threshold_raised_by_a_level_leaves_its_score_under_it(score: float, threshold: float) -> None:
    level = level_of(score, threshold)
    if 0 < level < 255:
        (over,) = raised(threshold, nats_of(np.array([level], np.uint8)))
        assert score <= over + 1e-6


@given(inside)
def test_nothing_raised_is_the_threshold_itself(threshold: float) -> None:
    assert raised(threshold, np.zeros(1))[0] == np.float32(threshold)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        pytest.param(0.49, 0, id="under-the-threshold"),
        pytest.param(0.5, 1, id="at-it"),
        pytest.param(1.0, 255, id="the-highest-score"),
    ],
)
def test_level_of(score: float, level: int) -> None:
    assert level_of(score, 0.5) == level


def test_an_infinite_raise_is_never_reached() -> None:
    assert raised(0.5, np.array([np.inf]))[0] == np.float32(NEVER)
