"""Cut-outs of a change: before, after and heat, enlarged until it is plain to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from edge.types import Box
from edge.vision.drawing import MARGIN_PX, RECTANGLE, heat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels, ScoreMap

CONTEXT = 3.0
LEAST_SIZE = (320, 180)
CLEAR_PX = 48
"""Side on the picture from which a change is plain to see."""

MAX_ENLARGED = 6.0
MAX_WIDTH = 1280
SMALL_WIDTH = 480
SMALL_QUALITY = 70

Number = TypeVar("Number", np.uint8, np.float32)


def cut_outs(box: Box, current: Pixels, reference: Pixels, score: ScoreMap) -> dict[str, NDArray[np.uint8]]:
    """Return pictures of a place by name: ``before``, ``after``, and ``heat`` where there is a score.

    Args:
        box: The place, in pixels of the reference.
        current: How it looks, uint8 ``(H, W, 3)``.
        reference: How it looked, uint8 ``(H, W, 3)``.
        score: float32, perhaps of another size, perhaps empty.
    """
    height, width = reference.shape[:2]
    crop = around(box, width=width, height=height)
    before = _cut(reference, crop)
    after = _cut(_fitted(current, width, height), crop)
    parts = {"before": before, "after": after}
    if score.size:
        parts["heat"] = heat(after, _cut(_fitted(score, width, height), crop))
    margin = MARGIN_PX
    wide = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    return {name: _shown(part, crop, wide, enlargement(box, crop)) for name, part in parts.items()}


def small(pixels: Pixels) -> Pixels:
    """Return a picture at most 480 pixels wide."""
    height, width = pixels.shape[:2]
    if width <= SMALL_WIDTH:
        return pixels
    size = (SMALL_WIDTH, max(1, round(height * SMALL_WIDTH / width)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def around(box: Box, *, width: int, height: int) -> Box:
    """Return what to cut out: three times the box, at least 320 x 180, inside the picture."""
    left, right = _span(box.left, box.right, least=LEAST_SIZE[0], limit=width)
    top, bottom = _span(box.top, box.bottom, least=LEAST_SIZE[1], limit=height)
    return Box(left, top, right, bottom)


def _span(low: int, high: int, *, least: int, limit: int) -> tuple[int, int]:
    """Return a stretch around ``[low, high)`` that is moved, not cut, at the border."""
    length = min(limit, max(least, round((high - low) * CONTEXT)))
    start = min(max(0, (low + high - length) // 2), limit - length)
    return start, start + length


def enlargement(box: Box, crop: Box) -> float:
    """Return how many times to enlarge a cut-out, so that its change is plain to see."""
    wanted = CLEAR_PX / max(1, min(box.width, box.height))
    return min(max(1.0, wanted), MAX_ENLARGED, MAX_WIDTH / crop.width)


def _cut(whole: NDArray[Number], crop: Box) -> NDArray[Number]:
    return whole[crop.top : crop.bottom, crop.left : crop.right]


def _fitted(picture: NDArray[Number], width: int, height: int) -> NDArray[Number]:
    """Return the picture in the reference's size: an engine may score in a coarser one."""
    if picture.shape[:2] == (height, width):
        return picture
    fitted = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return fitted.astype(picture.dtype, copy=False)


def _shown(part: Pixels, crop: Box, box: Box, factor: float) -> Pixels:
    """Return a cut-out, enlarged, with a thin rectangle along the box."""
    smooth = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    large: Pixels = cv2.resize(part, None, fx=factor, fy=factor, interpolation=smooth).astype(
        np.uint8, copy=False
    )
    corner = (round((box.left - crop.left) * factor), round((box.top - crop.top) * factor))
    opposite = (round((box.right - crop.left) * factor) - 1, round((box.bottom - crop.top) * factor) - 1)
    cv2.rectangle(large, corner, opposite, RECTANGLE, thickness=1)
    return large
