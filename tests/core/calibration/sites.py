"""A site as the calibration sees it: levels of cells, look by look, for days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FPS = 2
LOOKS = 600 * FPS
"""In a block of ten minutes."""

BLOCKS = 144
"""In a day."""

LEAST, WINDOW = 3, 5
CLEAR = 10 * FPS
"""Looks after which what was told has ended."""

HEAVY, FLICKER, DRIFT, SELDOM = 12, 6, 8, 60
"""Cells of each kind, in this order."""

CELLS = HEAVY + FLICKER + DRIFT + SELDOM


@dataclass
class Site:
    """A view in which nothing changes, and much is going on.

    Attributes:
        rng: Throws its dice.
        busy: How often things happen, as a factor.
    """

    rng: np.random.Generator
    busy: float = 1.0

    def block(self, number: int) -> NDArray[np.uint8]:
        """Return ten minutes, uint8 ``(LOOKS, CELLS)``: levels over the model's own threshold."""
        levels = np.zeros((LOOKS, CELLS))
        for cell, count in enumerate(self.rng.poisson(self._a_day(number) * self.busy / BLOCKS)):
            for _ in range(count):
                self._act(levels[:, cell], self._nats(cell, number))
        specks = self.rng.poisson(CELLS * 20 / BLOCKS)  # of a single look: never told
        levels[self.rng.integers(0, LOOKS, specks), self.rng.integers(0, CELLS, specks)] += 2.0
        return np.clip(np.ceil(levels * 32), 0, 255).astype(np.uint8)

    def _a_day(self, number: int) -> NDArray[np.float64]:
        """Return how often each cell acts, in a day."""
        hour = number % BLOCKS / 6
        by_day = 60.0 if 7 <= hour < 19 else 6.0
        return np.repeat([15.0, by_day, 12.0, 0.03], [HEAVY, FLICKER, DRIFT, SELDOM])

    def _nats(self, cell: int, number: int) -> float:
        """Return how strongly a cell acts."""
        if cell < HEAVY:
            return float(self.rng.lognormal(np.log(0.15), 0.7))
        if cell < HEAVY + FLICKER:
            return float(abs(self.rng.normal(0.4, 0.2)))
        if cell < HEAVY + FLICKER + DRIFT:
            slow = 0.4 + 0.3 * np.sin(2 * np.pi * number / (5 * BLOCKS) + cell)
            return float(slow + self.rng.exponential(0.1))
        return float(self.rng.exponential(0.5))

    def _act(self, cell: NDArray[np.float64], nats: float) -> None:
        begin = int(self.rng.integers(0, LOOKS))
        shown = cell[begin : begin + 3 + self.rng.geometric(0.1)]
        shown += nats * self.rng.uniform(0.7, 1.0, len(shown)) * (self.rng.random(len(shown)) < 0.85)


def needed(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return, look by look, the level that ``LEAST`` of the last ``WINDOW`` reach."""
    padded = np.concatenate([np.zeros((WINDOW - 1, levels.shape[1]), np.uint8), levels])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0)
    reached: NDArray[np.uint8] = np.partition(windows, WINDOW - LEAST, axis=2)[..., WINDOW - LEAST]
    return reached


def told(reached: NDArray[np.uint8], nats: NDArray[np.float64]) -> int:
    """Return how many events a block brings.

    Args:
        reached: From ``needed``.
        nats: By how much each cell's threshold is raised.
    """
    events = 0
    over = reached / 32.0 > nats
    for cell in np.flatnonzero(over.any(axis=0)):
        looks = np.flatnonzero(over[:, cell])
        events += 1 + int(np.count_nonzero(np.diff(looks) > CLEAR))
    return events
