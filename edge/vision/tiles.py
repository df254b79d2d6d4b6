"""A picture of any size, looked at through a window of one size.

The windows overlap. A pixel takes its score from the window in whose interior it
lies deepest: near its border a network sees only half of what is around.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np

from edge.types import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from edge.types import ScoreMap

MARGIN_PX = 16
"""Pixels at a window's border that another window judges; a quarter of small windows."""

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Tile:
    """One window.

    Attributes:
        seen: What it shows, in pixels of the picture; reaches beyond a picture
            that is smaller than the window.
        judged: The pixels that take their score from it.
    """

    seen: Box
    judged: Box


def tiles(height: int, width: int, size: tuple[int, int]) -> Iterator[Tile]:
    """Yield the windows that cover a picture, row by row.

    Args:
        height: Of the picture, positive.
        width: Of the picture, positive.
        size: Height and width of a window, positive.

    Yields:
        Windows of that size. Their ``judged`` boxes share no pixel and leave none
        out.
    """
    across = list(_spans(width, size[1]))
    for top, first_row, end_row in _spans(height, size[0]):
        for left, first, end in across:
            yield Tile(Box(left, top, left + size[1], top + size[0]), Box(first, first_row, end, end_row))


def cut(picture: NDArray[Number], tile: Tile) -> NDArray[Number]:
    """Return what a window shows; beyond the picture, the picture mirrored at its border.

    Args:
        picture: ``(H, W)`` or ``(H, W, C)``.
        tile: One of its tiles.

    Returns:
        A view where the window lies within the picture.
    """
    height, width = picture.shape[:2]
    seen = tile.seen
    part = picture[seen.top : seen.bottom, seen.left : seen.right]
    below, beside = max(0, seen.bottom - height), max(0, seen.right - width)
    if not below and not beside:
        return part
    mirrored = cv2.copyMakeBorder(
        cast("NDArray[np.uint8]", part), 0, below, 0, beside, cv2.BORDER_REFLECT_101
    )
    return cast("NDArray[Number]", mirrored)


def scored(
    height: int,
    width: int,
    size: tuple[int, int],
    score_of: Callable[[Tile], ScoreMap | None],
    *,
    left_out: float = 0.0,
) -> ScoreMap:
    """Put the scores of all windows together.

    Args:
        height: Of the picture, positive.
        width: Of the picture, positive.
        size: Height and width of a window, positive.
        score_of: Scores one window, float32 of its size; ``None`` to leave it out.
        left_out: What the pixels of such a window score.

    Returns:
        Float32 ``(height, width)``.
    """
    whole = np.full((height, width), left_out, np.float32)
    for tile in tiles(height, width, size):
        score = score_of(tile)
        if score is not None:
            seen, judged = tile.seen, tile.judged
            whole[judged.top : judged.bottom, judged.left : judged.right] = score[
                judged.top - seen.top : judged.bottom - seen.top,
                judged.left - seen.left : judged.right - seen.left,
            ]
    return whole


def _spans(length: int, window: int) -> Iterator[tuple[int, int, int]]:
    """Yield where windows begin along one side, and from where to where each judges."""
    margin = min(MARGIN_PX, window // 4)
    step = window - 2 * margin
    count = max(1, -(-(length - 2 * margin) // step))
    last = max(0, length - window)
    starts = [round(last * place / max(1, count - 1)) for place in range(count)]
    # The middle of an overlap is equally deep in both windows.
    borders = [(start + before + window) // 2 for before, start in pairwise(starts)]
    yield from zip(starts, [0, *borders], [*borders, length], strict=True)
