"""From a score map to places: connected regions over the threshold."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A connected place.

    Attributes:
        mask: As far as it reaches.
        core: The part of it that is over the threshold.
        peak: The highest score inside.
    """

    mask: Mask
    core: Mask
    peak: float


def regions(
    score: ScoreMap,
    *,
    threshold: float | NDArray[np.float32],
    reach: float,
    least_area_px: float,
    least_core_px: float = 1.0,
) -> list[Found]:
    """Find the connected places that are over a threshold in part, and nearly so in whole.

    A small thing of little contrast passes the threshold here and there only; how far
    it reaches is told by what lies between and around.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        threshold: Score from which a pixel belongs to a core, or that of each,
            float32 ``(H, W)``.
        reach: Score, no higher than any threshold, down to which a place reaches.
        least_area_px: Smaller places are noise.
        least_core_px: So are those with a smaller core.

    Returns:
        Places in ``score``'s coordinates, the largest first, at most ``MOST_REGIONS``.

    Source:
        J. Canny 1986, "A computational approach to edge detection": thresholding with
        hysteresis.
    """
    hot = (score >= threshold).astype(np.uint8)
    if not hot.any():
        return []
    near = (score >= np.float32(reach)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(near)
    # Most of most pictures is quiet; a margin keeps the joining what it was.
    top, left = max(0, top - MARGIN), max(0, left - MARGIN)
    around = np.s_[top : top + height + 2 * MARGIN, left : left + width + 2 * MARGIN]
    joined = cv2.morphologyEx(near[around], cv2.MORPH_CLOSE, JOIN)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    whole = labels.astype(np.int32, copy=False)
    core = hot[around] > 0
    cores = np.bincount(whole[core], minlength=count)
    enough = (areas >= least_area_px) & (cores >= max(1.0, least_core_px))
    large = [int(i) for i in np.argsort(-areas) if i != 0 and enough[i]]
    cuts = (_cut(score[around], core, whole, stats[i], i) for i in large[:MOST_REGIONS])
    return [_moved(found, left, top) for found in cuts]


def _cut(
    score: ScoreMap,
    core: NDArray[np.bool_],
    labels: NDArray[np.int32],
    stat: NDArray[np.int32],
    label: int,
) -> Found:
    left, top, width, height = (int(v) for v in stat[:4])
    box = Box(left, top, left + width, top + height)
    where = np.s_[top : box.bottom, left : box.right]
    bits = labels[where] == label
    return Found(Mask(box, bits), Mask(box, bits & core[where]), float(score[where][bits].max()))


def _moved(found: Found, left: int, top: int) -> Found:
    box = found.mask.box
    there = Box(box.left + left, box.top + top, box.right + left, box.bottom + top)
    return Found(Mask(there, found.mask.bits), Mask(there, found.core.bits), found.peak)
