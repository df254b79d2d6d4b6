"""What was found, drawn for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.core.polygons import Polygon
    from edge.types import Box, Pixels, ScoreMap

RECTANGLE = (255, 220, 0)
MARGIN_PX = 4
"""Pixels between a place and the rectangle around it."""


def heat(current: Pixels, score: ScoreMap) -> Pixels:
    """Lay a score over the grey picture: the hotter, the more it covers.

    Args:
        current: uint8 ``(H, W, 3)``.
        score: Float32 ``(H, W)``; what is no number is cold.
    """
    grey = cv2.cvtColor(cv2.cvtColor(current, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    level = np.clip(np.nan_to_num(score), 0.0, 1.0)
    colour = cv2.cvtColor(
        cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB
    )
    share = (level * 0.8)[..., np.newaxis]
    blended: Pixels = (grey * (1 - share) + colour * share).astype(np.uint8)
    return blended


def outlined(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """Return the picture, uint8 ``(H, W, 3)``, with a rectangle around each box."""
    drawn = pixels.copy()
    for box in boxes:
        corner = (box.left - MARGIN_PX, box.top - MARGIN_PX)
        opposite = (box.right - 1 + MARGIN_PX, box.bottom - 1 + MARGIN_PX)
        cv2.rectangle(drawn, corner, opposite, RECTANGLE, thickness=2)
    return drawn


def marked(pixels: Pixels, polygons: Iterable[Polygon]) -> Pixels:
    """Return the picture, uint8 ``(H, W, 3)``, with a line around each polygon."""
    drawn = pixels.copy()
    height, width = pixels.shape[:2]
    size = np.array((width - 1, height - 1))
    outlines = [np.rint(np.array(polygon) * size).astype(np.int32) for polygon in polygons]
    cv2.polylines(drawn, outlines, isClosed=True, color=RECTANGLE, thickness=2)
    return drawn
