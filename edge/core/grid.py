"""A coarse grid over a picture: square cells, at most 96 along the longer side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Box, ScoreMap

LONGER_SIDE = 96
FAINTEST = 0.1
"""Lower scores are kept as 0: they say nothing, and noise takes room."""

_LEVELS = 255


def cell_of(width: int, height: int) -> int:
    """Return the side of a cell, in pixels."""
    return max(1, -(-max(width, height) // LONGER_SIDE))


def shape_of(width: int, height: int, cell_px: int) -> tuple[int, int]:
    """Return rows and columns of the grid over a picture."""
    return -(-height // cell_px), -(-width // cell_px)


def hottest(score: ScoreMap, cell_px: int) -> NDArray[np.uint8]:
    """Return the highest score of each cell, in steps of 1/255.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        cell_px: Side of a cell.
    """
    peak = _reduced(np.maximum, score, cell_px)
    level = np.rint(np.clip(np.nan_to_num(peak), 0.0, 1.0) * _LEVELS).astype(np.uint8)
    return np.where(level < FAINTEST * _LEVELS, np.uint8(0), level)


def counted(field: NDArray[np.bool_], cell_px: int) -> NDArray[np.uint16]:
    """Return how many pixels of each cell are true; a cell of 255 pixels' side can be counted."""
    count: NDArray[np.uint16] = _reduced(np.add, field.view(np.uint8).astype(np.uint16), cell_px)
    return count


def mostly(field: NDArray[np.bool_], cell_px: int) -> NDArray[np.bool_]:
    """Return the cells of which at least one half is true."""
    whole = counted(np.ones_like(field), cell_px)
    half: NDArray[np.bool_] = counted(field, cell_px) * 2.0 >= whole
    return half


def score_at(level: int) -> float:
    """Return the score that a cell of ``hottest`` stands for."""
    return level / _LEVELS


def around(place: tuple[float, float], cell_px: int, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return the cell of a place and its neighbours: a person points with a cell's precision.

    Args:
        place: Column and row, in pixels of the reference.
        cell_px: Side of a cell.
        shape: Rows and columns of the grid.
    """
    column, row = int(place[0] // cell_px), int(place[1] // cell_px)
    return (
        slice(max(0, row - 1), min(shape[0], row + 2)),
        slice(max(0, column - 1), min(shape[1], column + 2)),
    )


def near(place: tuple[float, float], box: Box, cell_px: int) -> bool:
    """Return whether a place lies in a box, or within a cell of it."""
    return (
        box.left - cell_px <= place[0] < box.right + cell_px
        and box.top - cell_px <= place[1] < box.bottom + cell_px
    )


def _reduced(how: np.ufunc, field: NDArray[Any], cell_px: int) -> NDArray[Any]:
    rows, columns = (np.arange(0, side, cell_px) for side in field.shape)
    down = how.reduceat(field, rows, axis=0)
    across: NDArray[Any] = how.reduceat(down, columns, axis=1)
    return across
