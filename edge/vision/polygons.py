"""Places that somebody drew, as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edge.core.polygons import Polygon

_AROUND = np.ones((3, 3), np.uint8)
_MARGIN = 2
"""Pixels outside the picture, where corners may be rounded to."""


def filled(polygons: Iterable[Polygon], height: int, width: int) -> NDArray[np.bool_]:
    """Return which pixels of a picture lie in any of the polygons, or at an edge.

    Rather a pixel too many than one too few: somebody wants these not to be seen.

    Args:
        polygons: Corners in shares of the picture; see ``edge.core.polygons``.
        height: Rows of the picture.
        width: Columns of the picture.

    Returns:
        bool ``(height, width)``.
    """
    canvas = np.zeros((height + 2 * _MARGIN, width + 2 * _MARGIN), np.uint8)
    size = np.array((width, height), np.float64)
    for polygon in polygons:
        # OpenCV counts from the middle of a pixel. One polygon at a time: where two of one
        # call overlap, it takes both away.
        corners = np.array(polygon, np.float64) * size - 0.5 + _MARGIN
        cv2.fillPoly(canvas, [np.rint(corners).astype(np.int32)], 1)
    # What rounding the corners took away comes back.
    whole = cv2.dilate(canvas, _AROUND)[_MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width]
    return whole.astype(np.bool_)
