"""What happens before the cameras, in seconds since the scene was learned."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD_S = 30.0
GONE_S = (5.0, 17.0)
"""In each period, the part is gone from here to there."""

SLACK_S = 4.0
"""A change that is told this long after it was undone was seen before."""


def gone(second: float) -> bool:
    """Return whether the part is gone."""
    start_s, end_s = GONE_S
    return second >= 0 and start_s <= second % PERIOD_S < end_s


def explained(second: float) -> bool:
    """Return whether a change that starts at this second was staged."""
    return gone(second) or gone(second - SLACK_S)


def episodes(seconds: float) -> Iterator[tuple[float, float]]:
    """Yield from when to when the part is gone, as far as it is back in so many seconds."""
    for turn in itertools.count():
        begin_s = turn * PERIOD_S
        start_s, end_s = begin_s + GONE_S[0], begin_s + GONE_S[1]
        if end_s > seconds:
            return
        yield start_s, end_s
