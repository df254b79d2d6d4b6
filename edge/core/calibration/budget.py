"""From a budget of false alarms to how far each cell's threshold must rise.

What would have been told, had the threshold been the model's own everywhere, is
recorded for each cell in block maxima. A cell's records say how much it flickers;
each of them is brought to one scale by how rare it is for its own cell. The
largest of each block on that scale are the view's block maxima: their tail says
how rare a thing must be, for its place, to be worth a word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.core.calibration.levels import MOST, STEP, nats_of
from edge.core.calibration.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLOCK_S = 600.0
"""Seconds of watching in one block."""

BLOCKS_A_DAY = 144

HIGHEST = 2.5
"""Nats by which a cell may rise, a factor of 12 in odds; one that needs more cannot be watched."""

RESTLESS = 3
"""A cell with records in fewer blocks is one of many; its own tail is not known."""

NEWCOMERS = 5
"""All cells rise together only when so many blocks had records of cells like that."""

HIGHEST_BASE = 1.0
"""Nats by which all cells rise at most: nothing that few places do may deafen the whole view."""

SURELY = 10
"""A cell is given up only when it has records in so many blocks: somebody may have tried the
device out there."""

CAUTION = 1.64
"""Standard deviations of a count to add: it is exceeded one time in twenty."""

MOST_RESTLESS = 512
"""Cells whose own tails are looked at, the busiest: the watch loop waits meanwhile."""

_ROUNDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Raise:
    """By how much thresholds rise.

    Attributes:
        cells: In nats of odds, float64 ``(cells,)``; infinite where the cell cannot be
            watched within the budget.
        held: Whether what is on record is compatible with the budget now.
    """

    cells: NDArray[np.float64]
    held: bool


def blocks_needed(per_day: float) -> int:
    """Return how many blocks must be watched before a budget can be vouched for.

    Until then a view may have been quiet by luck: in so many blocks one false alarm
    would be within the budget.

    Args:
        per_day: False alarms a day, over 0.
    """
    return math.ceil(BLOCKS_A_DAY / per_day)


def raise_for(maxima: NDArray[np.uint8], per_day: float) -> Raise:
    """Return by how much each cell must rise.

    Args:
        maxima: Highest level of what would have been told, uint8 ``(blocks, cells)``.
        per_day: False alarms that are allowed in a day of watching, over 0.
    """
    blocks, cells = maxima.shape
    needs = np.zeros(cells)
    if blocks == 0:
        return Raise(needs, held=True)
    allowed = per_day / BLOCKS_A_DAY
    counts = np.count_nonzero(maxima, axis=0)
    busiest = np.argsort(-counts, kind="stable")[:MOST_RESTLESS]
    restless = np.sort(busiest[counts[busiest] >= RESTLESS])
    others = counts > 0
    others[restless] = False
    base, used = _base(nats_of(maxima[:, others]), allowed)
    needs += base
    own = {int(cell): _Cell.of(nats_of(maxima[:, cell]), base) for cell in restless}
    for _ in range(_ROUNDS):
        risen = _risen([own[int(cell)] for cell in restless], blocks, allowed - used, base)
        lost = (risen > HIGHEST) & (counts[restless] >= SURELY)
        needs[restless] = np.where(lost, np.inf, np.minimum(risen, HIGHEST))
        if not lost.any():
            break
        restless = restless[~lost]  # without them, the others need less
    return Raise(needs, held=_held(maxima, needs, per_day))


def _held(maxima: NDArray[np.uint8], needs: NDArray[np.float64], per_day: float) -> bool:
    """Whether what is on record would have kept the budget, or could have but for bad luck."""
    levels = np.minimum(needs / STEP, MOST).astype(np.uint8)
    over = int(np.count_nonzero((maxima > levels).any(axis=1)))
    return poisson_interval(over, len(maxima) / BLOCKS_A_DAY)[0] <= per_day


def _base(nats: NDArray[np.float64], allowed: float) -> tuple[float, float]:
    """Return by how much all cells rise, and what is used up of the allowed rate.

    Cells that did something once or twice say nothing of themselves, but together they
    say how often a cell does something that never did before.
    """
    newest = np.where(nats < HIGHEST, nats, 0.0).max(axis=1, initial=0.0)  # no threshold helps against more
    tail = Tail.of(newest)
    count = len(tail.records)
    if count < NEWCOMERS or _cautious(count) <= allowed / 2.0 * tail.blocks:
        return 0.0, min(count / tail.blocks, allowed / 2.0)
    return min(HIGHEST_BASE, tail.level(allowed / 2.0 * tail.count / _cautious(tail.count))), allowed / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """What a restless cell does.

    Attributes:
        tail: Of its block maxima.
        rare: How rare each of them is for it, as the negative logarithm of its rate, ``(blocks,)``.
    """

    tail: Tail
    rare: NDArray[np.float64]

    @classmethod
    def of(cls, nats: NDArray[np.float64], base: float) -> _Cell:
        """Return a cell by its block maxima ``(blocks,)``; nothing under ``base`` counts."""
        tail = Tail.of(nats)
        rate = np.where(nats > base, tail.rate(nats), 1.0)
        return cls(tail, -np.log(np.clip(rate, 1e-12, 1.0)))


def _risen(cells: Sequence[_Cell], blocks: int, allowed: float, base: float) -> NDArray[np.float64]:
    """Return by how much cells that are known to be restless rise.

    Args:
        cells: What they do.
        blocks: How many were watched.
        allowed: Share of the blocks in which the view may have a false alarm.
        base: What they rise by anyway.
    """
    view = Tail.of(np.max([cell.rare for cell in cells], axis=0, initial=0.0) if cells else np.zeros(blocks))
    if _cautious(len(view.records)) <= allowed * blocks:
        return np.full(len(cells), base)
    count = max(1, min(view.count, int(allowed * blocks) + 1))
    enough = math.exp(-view.level(allowed * count / _cautious(count)))
    return np.array([max(base, cell.tail.level(enough)) for cell in cells])


def _cautious(count: int) -> float:
    return count + CAUTION * math.sqrt(count)


def poisson_interval(count: int, days: float) -> tuple[float, float]:
    """Return between which rates a day a count suggests, at 95 %.

    Args:
        count: Events, 0 or more.
        days: Days of watching, over 0.

    Source:
        Byar's approximation; Breslow & Day 1987, "Statistical Methods in Cancer
        Research", volume II, formula 2.13.
    """
    above = count + 1
    high = above * (1.0 - 1.0 / (9.0 * above) + 1.96 / (3.0 * math.sqrt(above))) ** 3
    low = 0.0 if count == 0 else count * (1.0 - 1.0 / (9.0 * count) - 1.96 / (3.0 * math.sqrt(count))) ** 3
    return max(0.0, low) / days, high / days
