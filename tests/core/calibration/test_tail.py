from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.core.calibration.tail import Tail

maxima = hnp.arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 80).map(lambda level: level / 32))
rates = st.floats(1e-4, 1.0)


def test_an_exponential_is_continued() -> None:
    tail = Tail.of(np.random.default_rng(0).exponential(0.5, 2000))
    assert tail.level(1e-4) == pytest.approx(0.5 * np.log(1e4), rel=0.1)


def test_gumbel_block_maxima_are_continued() -> None:
    tail = Tail.of(np.random.default_rng(0).gumbel(1.0, 0.1, 1000))
    assert tail.level(1e-4) == pytest.approx(1.0 + 0.1 * np.log(1e4), rel=0.1)


def test_few_records_reach_further_than_many_of_the_same_size() -> None:
    few, many = np.zeros(100), np.zeros(1000)
    few[:2], many[:20] = 0.5, np.repeat(0.5, 20)
    many[:20] += np.linspace(-0.1, 0.1, 20)
    assert Tail.of(few).level(1e-3) > Tail.of(many).level(1e-3)


def test_without_records_nothing_is_exceeded() -> None:
    tail = Tail.of(np.zeros(10))
    assert (tail.level(0.01), tail.rate(np.zeros(1)).tolist()) == (0.0, [0.0])


@given(maxima, rates)
def test_a_level_is_exceeded_no_more_often_than_asked(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], rate: float
) -> None:
    level = Tail.of(values).level(rate)
    # A level of less than a number can hold is rounded to none.
    assert np.count_nonzero(values > level) <= rate * len(values) * (1 + 1e-9) + 10 * (level > 0.0)


@given(maxima, rates, rates)
def test_a_rarer_thing_needs_a_higher_level(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], one: float, other: float
) -> None:
    tail = Tail.of(values)
    assert tail.level(min(one, other)) >= tail.level(max(one, other)) - 1e-9
