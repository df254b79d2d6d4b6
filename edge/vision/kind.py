"""What happened to the thing that changed: evidence at the edge of its mask.

A thing that is there has an outline. If the outline lies in the reference only,
the thing went away; if it lies in the current picture only, it came; if both
have one there, something was exchanged or altered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Mask

RING = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
FAINT = 6.0
"""Mean gradient along the outline, grey levels a pixel, below which there is none."""

CLEARLY = 1.6
"""One outline must be this many times stronger than the other to decide."""


def kind_of(reference: NDArray[np.uint8], current: NDArray[np.uint8], mask: Mask) -> Kind:
    """Judge one region.

    Args:
        reference: Brightness of the reference in today's light, uint8 ``(H, W)``.
        current: Brightness now, aligned, same shape.
        mask: The region.

    Returns:
        The kind, ``UNKNOWN`` where neither picture shows an outline.
    """
    margin = 6
    height, width = reference.shape
    top, left = max(0, mask.box.top - margin), max(0, mask.box.left - margin)
    area = np.s_[top : min(height, mask.box.bottom + margin), left : min(width, mask.box.right + margin)]
    inside = np.zeros(reference[area].shape, np.uint8)
    row, column = mask.box.top - top, mask.box.left - left
    inside[row : row + mask.box.height, column : column + mask.box.width] = mask.bits
    ring = cv2.subtract(cv2.dilate(inside, RING), cv2.erode(inside, RING)) > 0
    before, after = _outline(reference[area], ring), _outline(current[area], ring)
    if max(before, after) < FAINT:
        return Kind.UNKNOWN
    if before > CLEARLY * after:
        return Kind.DISAPPEARED
    return Kind.APPEARED if after > CLEARLY * before else Kind.ALTERED


def _outline(image: NDArray[np.uint8], ring: NDArray[np.bool_]) -> float:
    """Mean gradient magnitude on the ring, in grey levels a pixel."""
    soft = cv2.GaussianBlur(image, (3, 3), 0.8)
    across = cv2.Scharr(soft, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(soft, cv2.CV_32F, 0, 1, scale=1 / 32)
    return float(np.hypot(across, down)[ring].mean()) if ring.any() else 0.0
