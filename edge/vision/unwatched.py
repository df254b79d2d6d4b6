"""Places that are never judged by the user's wish."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.polygons import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.core.polygons import Polygon


def left_out(
    polygons: Sequence[Polygon], shape: tuple[int, ...], *, max_shift_px: float
) -> NDArray[np.bool_] | None:
    """Return which pixels of the reference are never judged.

    Polygons lie in the picture, and the reference does not move with it: so a little
    more than the polygons.

    Args:
        polygons: Corners in shares of the picture.
        shape: Rows and columns of the reference come first.
        max_shift_px: Largest shift of the view that is aligned away, in pixels.

    Returns:
        bool ``(H, W)``; ``None`` for no pixel.
    """
    if not polygons:
        return None
    reach = 2 * math.ceil(max_shift_px) + 1
    place = filled(polygons, shape[0], shape[1]).astype(np.uint8)
    return np.asarray(cv2.dilate(place, np.ones((reach, reach), np.uint8)) > 0, np.bool_)
