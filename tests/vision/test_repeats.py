from __future__ import annotations

import numpy as np
import pytest

from edge.vision.repeats import Repeats
from tests.vision.pictures import in_colour, instant, textured

PICTURE = in_colour(textured())


def frozen_at(count: int, *, period_s: float, after_s: float = 20.0) -> float | None:
    """Show the same bytes again and again; return when that was called frozen."""
    repeats = Repeats()
    for number in range(count):
        if repeats.frozen(PICTURE.copy(), instant(number * period_s), after_s=after_s):
            return number * period_s
    return None


@pytest.mark.parametrize(
    ("period_s", "at_s"),
    [
        pytest.param(0.2, 20.0, id="after-the-time"),
        pytest.param(10.0, 40.0, id="a-slow-camera-gets-four-chances"),
    ],
)
def test_the_same_bytes_for_long_enough_are_frozen(period_s: float, at_s: float) -> None:
    assert frozen_at(200, period_s=period_s) == pytest.approx(at_s)


def test_one_bit_anywhere_is_life() -> None:
    repeats, other = Repeats(), PICTURE.copy()
    other[50, 41, 2] ^= 1
    shown = [PICTURE if number % 50 else other for number in range(1, 200)]
    assert not any(repeats.frozen(p, instant(n * 0.2), after_s=20.0) for n, p in enumerate(shown))


def test_in_the_dark_nothing_is_frozen() -> None:
    repeats, black = Repeats(), np.zeros_like(PICTURE)
    assert not any(repeats.frozen(black, instant(n * 1.0), after_s=20.0) for n in range(60))
