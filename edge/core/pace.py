"""Which looks are kept: one now and then, and those that show something new, at a bounded rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from edge.types import Instant

LOOK_EVERY_S = 10.0
PICTURE_EVERY_S = 300.0
PICTURE_GAP_S = 20.0
"""Least time between two pictures, whatever is new."""

BURST = 60
REFILL_S = 10.0
"""So many looks with news may be kept at once; one more for each so many seconds."""


class Pace:
    """One camera's pace.

    Attributes:
        looks: How many looks to keep it asked for.
    """

    def __init__(self) -> None:
        self._news: Hashable = None
        self._kept: Instant | None = None
        self._pictured: Instant | None = None
        self._purse = float(BURST)
        self._filled: Instant | None = None

    def keeps(self, now: Instant, news: Hashable) -> bool:
        """Return whether to keep this look.

        Args:
            now: When it was taken.
            news: What would be worth keeping once more when it is different.
        """
        if self._filled is not None:
            earned = now.seconds_since(self._filled) / REFILL_S
            self._purse = min(float(BURST), self._purse + max(0.0, earned))
        self._filled = now
        due = self._kept is None or now.seconds_since(self._kept) >= LOOK_EVERY_S
        if not due and (news == self._news or self._purse < 1.0):
            return False
        if not due:
            self._purse -= 1.0
        self._news, self._kept = news, now
        return True

    def pictures(self, now: Instant, *, told: bool) -> bool:
        """Return whether to keep a small picture of this frame.

        Args:
            now: When it was taken.
            told: Whether an event is told at this moment.
        """
        passed_s = None if self._pictured is None else now.seconds_since(self._pictured)
        wanted = passed_s is None or passed_s >= (PICTURE_GAP_S if told else PICTURE_EVERY_S)
        if wanted:
            self._pictured = now
        return wanted
