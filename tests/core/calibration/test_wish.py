from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.calibration import threshold_of

wishes = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("sensitivity", "threshold"),
    [
        pytest.param(0.0, 2 / 3, id="the-dullest-doubles-how-far-a-pixel-must-stand-out"),
        pytest.param(0.5, 0.5, id="the-middle-is-one-half"),
        pytest.param(1.0, 1 / 3, id="the-keenest-halves-it"),
    ],
)
def test_threshold_of(sensitivity: float, threshold: float) -> None:
    assert threshold_of(sensitivity) == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("sensitivity", "threshold"),
    [
        pytest.param(0.0, 1 / 3, id="the-dullest-doubles-the-odds"),
        pytest.param(0.5, 0.2, id="the-middle-is-the-models-own"),
        pytest.param(1.0, 1 / 9, id="the-keenest-halves-the-odds"),
    ],
)
def test_a_models_own_threshold_is_what_counts_in_the_middle(sensitivity: float, threshold: float) -> None:
    assert threshold_of(sensitivity, at=0.2) == pytest.approx(threshold)


@given(wishes, st.floats(1e-6, 1 - 1e-6))
def test_a_threshold_can_be_passed_and_missed(sensitivity: float, at: float) -> None:
    assert 0.0 < threshold_of(sensitivity, at=at) < 1.0


@given(wishes, wishes)
def test_a_keener_device_never_asks_for_more(one: float, other: float) -> None:
    rounding = 1e-15
    assert threshold_of(max(one, other)) <= threshold_of(min(one, other)) + rounding
