from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.training.schedule import FINAL_SHARE, warmed_cosine
from tests.convert.contexts import KERAS

pytestmark = KERAS


def rates(*, warmup_steps: int, steps: int) -> list[float]:
    schedule = warmed_cosine(highest=0.5, warmup_steps=warmup_steps, steps=steps)
    return [float(schedule(step)) for step in range(steps + 1)]


def test_it_rises_then_falls() -> None:
    found = rates(warmup_steps=10, steps=200)
    assert np.argmax(found) == 10
    assert found[:11] == sorted(found[:11])
    assert found[10:] == sorted(found[10:], reverse=True)


def test_it_reaches_what_was_asked_for_and_ends_low() -> None:
    found = rates(warmup_steps=10, steps=200)
    assert max(found) == pytest.approx(0.5)
    assert found[-1] == pytest.approx(0.5 * FINAL_SHARE, rel=1e-4)


def test_a_short_training_warms_up_for_a_tenth_at_most() -> None:
    assert np.argmax(rates(warmup_steps=500, steps=40)) == 4


def test_without_warm_up_it_begins_at_the_top() -> None:
    assert rates(warmup_steps=0, steps=40)[0] == pytest.approx(0.5)
