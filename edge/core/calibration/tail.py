"""How often block maxima will exceed a level that they have seldom, or never, exceeded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 10
"""With so many records or fewer, the tail is all of them."""

SHARE = 0.2
"""Of more records, the tail is this share, and ``FEW`` at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """The upper tail of block maxima, taken to be exponential.

    That is the tail of a Gumbel distribution, which the maxima of most things tend to.
    How far it reaches is estimated from the largest records, and the estimate's own
    uncertainty is counted in: few records make a heavy tail.

    Attributes:
        blocks: How many blocks were watched, 1 or more.
        records: Maxima over zero, float64 ``(k,)``, largest first.
        count: How many of them are the tail.
        start: Where it begins.
        sum: Of how far its records lie over that.

    Source:
        Weissman 1978, JASA 73:812, for the extrapolation from the largest values;
        the exponential's predictive distribution as in Lawless 2003, "Statistical
        Models and Methods for Lifetime Data", 4.1; block maxima and excesses as in
        Coles 2001, "An Introduction to Statistical Modeling of Extreme Values", 3 and 4.
    """

    blocks: int
    records: NDArray[np.float64]
    count: int
    start: float
    sum: float

    @classmethod
    def of(cls, maxima: NDArray[np.float64]) -> Tail:
        """Estimate the tail.

        Args:
            maxima: One for each block, 0 for a quiet one, ``(blocks,)``.
        """
        records = np.sort(maxima[maxima > 0.0])[::-1]
        count = len(records)
        if count > FEW:
            count = max(FEW, round(SHARE * count))
        start = float(records[count]) if count < len(records) else 0.0
        return cls(max(1, len(maxima)), records, count, start, float((records[:count] - start).sum()))

    def rate(self, level: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return in which share of the blocks to come a level will be exceeded.

        Args:
            level: 0 or more, any shape.
        """
        over = len(self.records) - np.searchsorted(self.records[::-1], level, side="right")
        if self.sum == 0.0:
            seen: NDArray[np.float64] = over / self.blocks
            return seen
        beyond = np.maximum(level - self.start, 0.0)
        tail = self.count / self.blocks * (self.sum / (self.sum + beyond)) ** self.count
        rate: NDArray[np.float64] = np.where(level < self.start, over / self.blocks, tail)
        return rate

    def level(self, rate: float) -> float:
        """Return the lowest level that is exceeded in at most a share of the blocks.

        Args:
            rate: Over 0.
        """
        over = rate * self.blocks
        if over >= len(self.records):
            return 0.0
        if over >= self.count:
            return float(self.records[int(over)])
        reach: float = (self.count / over) ** (1.0 / self.count) - 1.0
        return self.start + self.sum * reach
