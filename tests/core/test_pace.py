from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.pace import BURST, LOOK_EVERY_S, PICTURE_EVERY_S, REFILL_S, Pace
from edge.types import Instant

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

DAY_S = 86_400


def at(second: float) -> Instant:
    nanoseconds = round(second * 1e9)
    return Instant(nanoseconds, nanoseconds)


def kept(seconds: float, news: Callable[[float], Hashable], *, fps: float = 2.0) -> int:
    """Return how many looks are kept of a while."""
    pace = Pace()
    return sum(pace.keeps(at(k / fps), news(k / fps)) for k in range(round(seconds * fps)))


def test_a_quiet_view_is_kept_now_and_then() -> None:
    assert kept(100, lambda _: "quiet") == 100 / LOOK_EVERY_S


def test_what_is_new_is_kept_at_once_and_once() -> None:
    pace = Pace()
    news = ["quiet", "quiet", "a thing", "a thing", "quiet"]
    assert [pace.keeps(at(k / 2), each) for k, each in enumerate(news)] == [True, False, True, False, True]


def test_a_view_that_is_always_new_is_kept_at_a_bounded_rate() -> None:
    most = DAY_S / LOOK_EVERY_S + DAY_S / REFILL_S + BURST
    assert DAY_S / LOOK_EVERY_S < kept(DAY_S, lambda second: second, fps=1.0) <= most


def test_after_a_quiet_hour_a_burst_is_kept_whole() -> None:
    pace = Pace()
    pace.keeps(at(0), "quiet")
    assert all(pace.keeps(at(3600 + k / 30), k) for k in range(BURST))


def test_a_picture_is_kept_seldom_and_with_an_event() -> None:
    pace = Pace()
    told = {100: True, 105: True}
    taken = [s for s in range(0, 700, 5) if pace.pictures(at(s), told=told.get(s, False))]
    assert taken == [0, 100, 100 + PICTURE_EVERY_S]
