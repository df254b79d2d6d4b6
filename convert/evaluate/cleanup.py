"""From scores to what is reported: threshold, then without specks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ScoreMap

LEAST_AREA_PX = 10
"""A reported region has at least so many pixels."""


def reported(score: ScoreMap, threshold: float, *, least_area_px: int = LEAST_AREA_PX) -> NDArray[np.bool_]:
    """Return where a change is reported.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        threshold: Score from which a pixel counts.
        least_area_px: Smaller 8-connected regions are left out.

    Returns:
        bool ``(H, W)``.
    """
    labels, areas = labelled(score >= np.float32(threshold))
    large = areas >= least_area_px
    large[0] = False
    return large[labels]


def labelled(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the label of each pixel's 8-connected region (0: none) and each label's area."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    areas = np.bincount(labels.ravel(), minlength=count).astype(np.int64)
    return labels.astype(np.int32, copy=False), areas
