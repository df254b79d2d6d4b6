from __future__ import annotations

import threading
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.camera_live import LiveCamera
from edge.drivers.clock import SystemClock
from edge.sim.clock import SimClock
from edge.types import Frame, NoFrame
from tests.filming import NoDice

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.ports import Clock, Shutter

PICTURE = np.zeros((4, 4, 3), np.uint8)


class Scripted:
    """A feed that does what each attempt is told, and then waits to be closed."""

    def __init__(self, *attempts: Callable[[Shutter], str]) -> None:
        self._attempts = iter(attempts)

    def __str__(self) -> str:
        return "scripted:***"

    def until_trouble(self, shutter: Shutter) -> str:
        """Do the next thing."""
        return next(self._attempts, idle)(shutter)


def idle(shutter: Shutter) -> str:
    while not shutter.closed:
        threading.Event().wait(0.01)
    return "closed"


def gives(count: int, why: str = "the cable fell out") -> Callable[[Shutter], str]:
    """Return an attempt that gives so many pictures, then fails."""

    def attempt(shutter: Shutter) -> str:
        for _ in range(count):
            shutter.take(PICTURE)
        return why

    return attempt


def camera(*attempts: Callable[[Shutter], str], fps: float = 5.0, clock: Clock | None = None) -> LiveCamera:
    return LiveCamera("shelf", Scripted(*attempts), fps, clock or SystemClock(), rng=NoDice())


def test_who_comes_late_gets_the_newest_picture() -> None:
    ticks = camera(gives(5), idle).frames()
    newest = next(tick for tick in ticks if isinstance(tick, Frame) and tick.index == 4)
    assert newest.pixels is PICTURE


def test_the_reason_is_told_until_there_are_pictures_again() -> None:
    ticks = camera(gives(0), idle).frames()
    reasons = (tick.reason for tick in ticks if isinstance(tick, NoFrame))
    told = (reason for reason in reasons if reason != "connecting")
    assert list(islice(told, 2)) == ["the cable fell out"] * 2


def test_numbers_go_on_after_a_failure() -> None:
    ticks = camera(gives(3), gives(1), idle).frames()
    numbers = (tick.index for tick in ticks if isinstance(tick, Frame))
    assert 3 in islice(numbers, 4)


def test_each_trouble_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    ticks = camera(*[gives(0, "no power")] * 5, gives(0, "no cable"), idle).frames()
    next(tick for tick in ticks if isinstance(tick, NoFrame) and tick.reason == "no cable")
    told = [record.message for record in caplog.records]
    assert told == [f"camera shelf (scripted:***): {why}; trying again" for why in ("no power", "no cable")]


@pytest.mark.parametrize(
    ("times_s", "wanted"),
    [
        pytest.param([0, 0.2, 0.4, 0.6], [True] * 4, id="just-as-fast-as-wanted"),
        pytest.param([0, 0.19, 0.39, 0.61], [True] * 4, id="a-little-early-and-late"),
        pytest.param([0, 0.1, 0.2, 0.3, 0.4], [True, False] * 2 + [True], id="twice-as-fast"),
        pytest.param([0, 1.0, 1.1, 1.2], [True, True, False, True], id="no-hurry-after-a-pause"),
    ],
)
def test_pictures_are_wanted_at_the_configured_rate(times_s: list[float], wanted: list[bool]) -> None:
    clock = SimClock(mono_ns=10**12)
    asked = []
    live = camera(clock=clock)
    for before, now in zip([0.0, *times_s], times_s, strict=False):
        clock.advance(now - before)
        asked.append(live.due())
    assert asked == wanted
