from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.clock import SystemClock
from edge.sim.clock import SimClock

if TYPE_CHECKING:
    from edge.ports import Clock


@pytest.fixture(params=[SystemClock, SimClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_time_does_not_run_backwards(clock: Clock) -> None:
    before, after = clock.now(), clock.now()
    assert after.mono_ns >= before.mono_ns


def test_who_sleeps_wakes_up_no_earlier_than_asked(clock: Clock) -> None:
    alarm_ns = clock.now().mono_ns + 2_000_000
    clock.sleep_until(alarm_ns)
    assert clock.now().mono_ns >= alarm_ns


def test_a_moment_that_has_passed_is_not_waited_for(clock: Clock) -> None:
    now = clock.now()
    clock.sleep_until(now.mono_ns - 3_600_000_000_000)
    assert clock.now().mono_ns >= now.mono_ns


def test_the_wall_clock_shows_this_century(clock: Clock) -> None:
    assert clock.now().wall_ns > 946_684_800_000_000_000


@given(st.lists(st.floats(0, 1e6), max_size=5))
def test_simulated_time_passes_alike_on_both_clocks(steps: list[float]) -> None:
    clock = SimClock(mono_ns=7, wall_ns=11)
    for seconds in steps:
        clock.advance(seconds)
    assert clock.now().wall_ns - clock.now().mono_ns == 4


def test_simulated_sleep_takes_no_time_and_ends_on_the_point() -> None:
    clock = SimClock()
    clock.sleep_until(86_400_000_000_000)
    assert clock.now().mono_ns == 86_400_000_000_000


def test_a_time_server_moves_the_wall_clock_alone() -> None:
    clock = SimClock(mono_ns=5)
    clock.set_wall(3)
    assert (clock.now().mono_ns, clock.now().wall_ns) == (5, 3)


def test_simulated_time_cannot_be_turned_back() -> None:
    with pytest.raises(ValueError, match="set_wall"):
        SimClock().advance(-1)
