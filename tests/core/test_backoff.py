from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.backoff import in_a_row, pause_s
from edge.drivers.broker_paho.broker import FIRST_PAUSE_S, LONGEST_PAUSE_S


def pause(failures: int, dice: float) -> float:
    """Return what a broker's connection waits."""
    return pause_s(failures, dice, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)


@given(st.integers(0, 10**9), st.floats(0, 1, exclude_max=True))
def test_a_pause_stays_below_its_ceiling(failures: int, dice: float) -> None:
    assert 0 <= pause(failures, dice) < min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 40))


@pytest.mark.parametrize(
    ("failures", "ceiling_s"),
    [
        pytest.param(0, 1.0, id="after-a-good-connection"),
        pytest.param(1, 2.0, id="it-doubles"),
        pytest.param(8, 256.0, id="and-doubles"),
        pytest.param(9, 300.0, id="up-to-five-minutes"),
        pytest.param(10**6, 300.0, id="and-stays-there"),
    ],
)
def test_pauses_are_spread_over_all_of_the_time_up_to_a_ceiling(failures: int, ceiling_s: float) -> None:
    assert [pause(failures, dice) for dice in (0.0, 0.5)] == [0.0, ceiling_s / 2]


@pytest.mark.parametrize(
    ("failures", "worked_s", "after"),
    [
        pytest.param(0, 0.0, 1, id="the-first"),
        pytest.param(4, 0.0, 5, id="one-more"),
        pytest.param(4, 9.9, 5, id="it-worked-for-a-moment"),
        pytest.param(4, 10.0, 1, id="it-worked-for-a-while"),
    ],
)
def test_only_what_worked_for_a_while_begins_anew(failures: int, worked_s: float, after: int) -> None:
    assert in_a_row(failures, worked_s, steady_s=10.0) == after
