from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.probe.tally import Share, spans


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        pytest.param(0, 0, 0.0, 1.0, id="nothing-tried-nothing-known"),
        pytest.param(0, 10, 0.0, 0.2775, id="none-of-ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all-of-ten"),
        pytest.param(5, 10, 0.2366, 0.7634, id="half-of-ten"),
        pytest.param(190, 200, 0.9104, 0.9726, id="most-of-two-hundred"),
    ],
)
def test_wilsons_interval(found: int, of: int, low: float, high: float) -> None:
    assert Share(found, of).interval == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_share_lies_within_its_interval(found: int, more: int) -> None:
    share = Share(found, found + more)
    low, high = share.interval
    assert 0.0 <= low <= (share.share or 0.0) + 1e-12
    assert (share.share or 0.0) <= high <= 1.0


def test_shares_are_counted_together() -> None:
    assert Share(1, 4) + Share(2, 3) == Share(3, 7)


def test_a_share_of_nothing_is_unknown() -> None:
    told = {"found": 0, "of": 0, "share": None, "low": 0.0, "high": 1.0}
    assert Share(0, 0).as_dict() == told


@pytest.mark.parametrize(
    ("seconds", "median", "latest"),
    [
        pytest.param([], None, None, id="of-nothing"),
        pytest.param([1.2], 1.2, 1.2, id="of-one"),
        pytest.param([1.0, 3.0, 1.2], 1.2, 3.0, id="of-three"),
    ],
)
def test_durations_in_short(seconds: list[float], median: float | None, latest: float | None) -> None:
    told = spans(seconds)
    assert (told["median"], told["max"]) == (median, latest)
