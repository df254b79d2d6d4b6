"""From scores to what is reported: regions over a threshold, without specks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ScoreMap

LEAST_AREA_PX = 10
"""A reported region has at least so many pixels."""


def reported(score: ScoreMap, threshold: float, reach: float = 1.0) -> NDArray[np.bool_]:
    """Return where a change is reported.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        threshold: Score that a region reaches somewhere.
        reach: Share of it that a region reaches everywhere, in ``(0, 1]``.

    Returns:
        bool ``(H, W)``.

    Source:
        As ``edge.vision.regions`` on a device, but that specks near to one another are not
        joined, and a core may be one pixel.
    """
    return np.asarray(risen(score, threshold * reach) >= np.float32(threshold))


def risen(score: ScoreMap, level: float) -> ScoreMap:
    """Give each pixel the highest score of its region; 0 outside of regions.

    Args:
        score: float32 ``(H, W)`` in ``[0, 1]``.
        level: Regions are 8-connected and nowhere lower than this; those of fewer
            than ``LEAST_AREA_PX`` pixels are left out.

    Returns:
        float32 ``(H, W)``: up to which threshold each pixel is reported.
    """
    labels, areas = labelled(score >= np.float32(level))
    inside = labels > 0
    peaks = np.zeros(len(areas), np.float32)
    np.maximum.at(peaks, labels[inside], score[inside])
    peaks[areas < LEAST_AREA_PX] = 0.0
    return peaks[labels]


def labelled(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the label of each pixel's 8-connected region (0: none) and each label's area."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    areas = np.bincount(labels.ravel(), minlength=count).astype(np.int64)
    return labels.astype(np.int32, copy=False), areas
