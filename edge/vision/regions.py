"""From a score map to places: connected regions over the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import Box, Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ScoreMap

MOST_REGIONS = 200
"""A picture with more is not a picture of small changes; the largest are kept."""

MARGIN = 4
JOIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
"""Specks this near to one another are one thing."""


def regions(
    score: ScoreMap, *, threshold: float | NDArray[np.float32], least_area_px: float
) -> list[tuple[Mask, float]]:
    """Find the connected places over a threshold.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        threshold: Score from which a pixel counts, or that of each, float32 ``(H, W)``.
        least_area_px: Smaller places are noise.

    Returns:
        Masks in ``score``'s coordinates with the highest score inside, largest
        first, at most ``MOST_REGIONS``.
    """
    hot = (score >= threshold).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(hot)
    if width == 0:
        return []
    # Most of most pictures is quiet; a margin keeps the joining what it was.
    top, left = max(0, top - MARGIN), max(0, left - MARGIN)
    around = np.s_[top : top + height + 2 * MARGIN, left : left + width + 2 * MARGIN]
    joined = cv2.morphologyEx(hot[around], cv2.MORPH_CLOSE, JOIN)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    large = [int(i) for i in np.argsort(-areas) if i != 0 and areas[i] >= least_area_px]
    whole = labels.astype(np.int32, copy=False)
    cuts = (_cut(score[around], whole, stats[i], i) for i in large[: min(count, MOST_REGIONS)])
    return [(_moved(mask, left, top), peak) for mask, peak in cuts]


def _cut(
    score: ScoreMap, labels: NDArray[np.int32], stat: NDArray[np.int32], label: int
) -> tuple[Mask, float]:
    left, top, width, height = (int(v) for v in stat[:4])
    box = Box(left, top, left + width, top + height)
    bits = labels[top : box.bottom, left : box.right] == label
    return Mask(box, bits), float(score[top : box.bottom, left : box.right][bits].max())


def _moved(mask: Mask, left: int, top: int) -> Mask:
    box = mask.box
    return Mask(Box(box.left + left, box.top + top, box.right + left, box.bottom + top), mask.bits)
