from __future__ import annotations

import pytest

from edge.core.wear import DAY_S, KNOWN_AFTER_S, Wear


def test_nothing_is_known_at_the_start() -> None:
    wear = Wear()
    assert [wear.a_day(second, 5.0) for second in (0.0, 30.0, KNOWN_AFTER_S - 1)] == [None] * 3


def test_a_steady_rate_is_told_for_a_day() -> None:
    wear = Wear()
    rates = [wear.a_day(second, 100.0 + second) for second in range(0, 7200, 30)]
    assert rates[-1] == pytest.approx(DAY_S)


def test_what_was_written_more_than_a_day_ago_is_forgotten() -> None:
    wear = Wear()
    rates = [wear.a_day(float(second), 1e6 if second else 0.0) for second in range(0, 3 * 86_400, 600)]
    assert rates[2] == pytest.approx(1e6 * DAY_S / 1200)
    assert rates[-1] == 0.0
