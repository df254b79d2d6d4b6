"""From single looks to block maxima: what would have been told, and how strong it was."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from edge.core.calibration.budget import BLOCK_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.core.calibration.record import Record
    from edge.core.limits import Limits
    from edge.types import Instant

LONGEST_STEP_S = 5.0
"""Time between two looks that is counted at most: nobody looked in a longer gap."""


class Recorder:
    """Follows the cells of one view.

    Something counts once it is over, by the highest level that ``m`` of ``n`` looks
    reached together. What stood there for as long as a persistent change is no noise:
    it must not teach its place to be silent.
    """

    def __init__(self, limits: Limits, record: Record) -> None:
        """Go on with a record; the block that had begun is lost."""
        self._least, window = limits.confirm
        self._clear_s, self._stands_s = limits.clear_s, limits.persist_after_s
        self.record = record
        self._quiet = np.zeros(record.maxima.shape[1], np.uint8)
        self._window = deque([self._quiet] * window, maxlen=window)
        self._peak = self._quiet.copy()
        self._since = np.zeros(len(self._quiet))
        self._last = np.zeros(len(self._quiet))
        self._watched: Instant | None = None
        self._now_s = 0.0
        self._begin()

    def look(self, levels: NDArray[np.uint8], now: Instant, *, told: int = 0) -> bool:
        """Take one look into account.

        Args:
            levels: Over the model's own threshold, uint8 ``(rows, columns)``; 0 where
                nothing stood still.
            now: Its moment.
            told: Changes that were told since the last look.

        Returns:
            Whether it ended a block, so that the record is longer now.
        """
        step_s = 0.0 if self._watched is None else min(now.seconds_since(self._watched), LONGEST_STEP_S)
        self._watched = now
        self._now_s += step_s
        self._told += told
        self._window.append(levels.reshape(-1))
        self._follow()
        if self._now_s - self._began_s < BLOCK_S:
            return False
        self.record = self.record.with_block(self._maxima, self._told)
        self._begin()
        return True

    def blind(self) -> None:
        """Nothing could be judged: what was not over is not known."""
        self._watched = None
        self._window.extend([self._quiet] * len(self._window))
        self._peak[:] = 0

    def forget(self, cells: NDArray[np.bool_]) -> None:
        """Take back what has not been recorded yet: somebody says that it was a change.

        Args:
            cells: bool ``(rows, columns)``.
        """
        where = cells.reshape(-1)
        kept = [np.where(where, np.uint8(0), one) for one in self._window]
        self._window.extend(kept)
        self._peak[where] = 0
        self._maxima[where] = 0

    def _follow(self) -> None:
        """Record what is over, and follow what is not."""
        if not self._peak.any() and not any(one.any() for one in self._window):
            return
        reached = np.partition(np.stack(list(self._window)), -self._least, axis=0)[-self._least]
        there, before = reached > 0, self._peak > 0
        self._since[there & ~before] = self._now_s
        self._last[there] = self._now_s
        self._peak = np.maximum(self._peak, reached)
        over = before & (self._now_s - self._last >= self._clear_s)
        passed = over & (self._last - self._since < self._stands_s)
        self._maxima[passed] = np.maximum(self._maxima, self._peak)[passed]
        self._peak[over] = 0

    def _begin(self) -> None:
        self._maxima = self._quiet.copy()
        self._told = 0
        self._began_s = self._now_s
