"""How strongly still things stand out, cell by cell."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from edge.core import grid
from edge.core.calibration.levels import level_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edge.types import Mask, ScoreMap


def standing(
    masks: Iterable[Mask], score: ScoreMap, *, threshold: float, least_core_px: float
) -> NDArray[np.uint8]:
    """Return how far a threshold could rise in each cell before a region's core there were too small.

    Args:
        masks: Regions over the threshold that stand still.
        score: float32 ``(H, W)``.
        threshold: The model's own.
        least_core_px: The smallest core's area.

    Returns:
        Levels of ``calibration.levels``, uint8 ``(rows, columns)`` of the picture's grid.
    """
    height, width = score.shape
    cell = grid.cell_of(width, height)
    levels = np.zeros(grid.shape_of(width, height, cell), np.uint8)
    for mask in masks:
        box = mask.box
        scores = score[box.top : box.bottom, box.left : box.right][mask.bits]
        count = min(len(scores), max(1, ceil(least_core_px)))
        strength = float(np.partition(scores, -count)[-count])
        rows, columns = np.nonzero(mask.bits)
        where = (rows + box.top) // cell, (columns + box.left) // cell
        levels[where] = np.maximum(levels[where], np.uint8(max(1, level_of(strength, threshold))))
    return levels
