"""Where in a view a patch may be laid: where nothing ever moves, and far from the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.types import Pixels

APART_PX = 48
"""Least gap between two patches: the light at one is judged by nothing of the other."""

BORDER_PX = 4
"""Pixels around a patch that must stand still too."""

LEAST_SIGMA = 2.0
"""Grey levels of noise that any camera may have."""

SIGMAS = 8.0
"""Standard deviations of the usual pixel by which one that stands still may leave its mean."""


def still(frames: Sequence[Pixels]) -> NDArray[np.bool_]:
    """Find the pixels before which nobody ever walks.

    Args:
        frames: RGB, uint8 ``(H, W, 3)``, of one view, at least one.

    Returns:
        bool ``(H, W)``: pixels of low variance that no single frame contradicts. In a
        recording everybody walks behind a patch that was inserted later; so there
        must be nobody where it lies.
    """
    total, squares, low, high, count = _sums(frames)
    mean = total / count
    sigma = np.sqrt(np.maximum(squares / count - mean * mean, 0.0))
    usual = max(LEAST_SIGMA, float(np.median(sigma)))
    furthest = cv2.max(high - mean, mean - low)
    found: NDArray[np.bool_] = (sigma <= 2.0 * usual) & (furthest <= SIGMAS * usual)
    return found


def room(usable: NDArray[np.bool_], side_px: int) -> NDArray[np.bool_]:
    """Find the middles of squares that lie wholly, with a border, on usable pixels.

    Args:
        usable: bool ``(H, W)``.
        side_px: Side of the squares.

    Returns:
        bool ``(H, W)``: the pixel right and below of the middle.
    """
    whole = side_px + 2 * BORDER_PX + 1  # one more: a patch may begin between two pixels
    kernel = np.ones((whole, whole), np.uint8)
    inside = cv2.erode(usable.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(inside > 0)


def spread(
    free: NDArray[np.bool_], *, side_px: int, most: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Choose places that are far enough from one another not to meet.

    Args:
        free: bool ``(H, W)``: where a middle may lie.
        side_px: Side of what will lie there, at most.
        most: How many places are wanted.
        rng: Chooses.

    Returns:
        Columns and rows of middles, as many as were found.
    """
    left = free.copy()
    reach = side_px + 1 + APART_PX
    places: list[tuple[int, int]] = []
    while len(places) < most and (indices := np.flatnonzero(left)).size:
        row, column = divmod(int(indices[rng.integers(indices.size)]), left.shape[1])
        places.append((column, row))
        left[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = False
    return places


def _sums(
    frames: Sequence[Pixels],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8], int]:
    """Return each pixel's sum, sum of squares, lowest and highest brightness, and the number of frames."""
    low, high = grey(frames[0]), grey(frames[0])
    total, squares = np.zeros(low.shape, np.float32), np.zeros(low.shape, np.float32)
    for pixels in frames:
        one = grey(pixels)
        cv2.accumulate(one, total)
        cv2.accumulateSquare(one, squares)
        np.minimum(low, one, out=low)
        np.maximum(high, one, out=high)
    return total, squares, low, high, len(frames)
