"""Counting, with how sure one can be of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

SURE = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        found: How many were.
        of: How many could have been.
    """

    found: int
    of: int

    @property
    def share(self) -> float | None:
        """Their ratio; ``None`` of nothing."""
        return self.found / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds between which the true share lies, at 95 % confidence.

        Source:
            E. B. Wilson 1927, "Probable inference, the law of succession, and
            statistical inference".
        """
        if not self.of:
            return 0.0, 1.0
        seen, spread = self.found / self.of, SURE * SURE / self.of
        middle = seen + spread / 2
        reach = sqrt(spread * (seen * (1.0 - seen) + spread / 4))
        return max(0.0, (middle - reach) / (1.0 + spread)), min(1.0, (middle + reach) / (1.0 + spread))

    def __add__(self, other: Share) -> Share:
        """Count both."""
        return Share(self.found + other.found, self.of + other.of)

    def as_dict(self) -> dict[str, object]:
        """Return ``found``, ``of``, ``share`` and the interval's ``low`` and ``high``."""
        low, high = self.interval
        share = None if self.share is None else round(self.share, 4)
        return {
            "found": self.found,
            "of": self.of,
            "share": share,
            "low": round(low, 4),
            "high": round(high, 4),
        }


def spans(seconds: list[float]) -> dict[str, float | None]:
    """Return the ``median``, ``p95`` and ``max`` of some durations; ``None`` of none."""
    if not seconds:
        return {"median": None, "p95": None, "max": None}
    median, late, latest = (float(value) for value in np.percentile(seconds, (50, 95, 100)))
    return {"median": round(median, 3), "p95": round(late, 3), "max": round(latest, 3)}
