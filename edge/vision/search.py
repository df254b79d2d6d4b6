"""Where a view went that has moved too far for its landmarks to be followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.align import even, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.vision.align import Landmarks, Registration

SEARCH_WIDTH = 320
"""The search is done at about this width."""

FEWEST_SHARE = 0.15
"""Share of the landmarks that must be found where the search says they are."""


def search(known: Landmarks, grey: NDArray[np.uint8]) -> Registration | None:
    """Find a motion of up to half the picture.

    Args:
        known: From ``align.landmarks``.
        grey: Current brightness, uint8, the size of the reference.

    Returns:
        The motion; ``None`` where the view of the reference is not found.

    Source:
        Phase correlation: Kuglin and Hines 1975; then ``align.register``.
    """
    picture = even(grey, known.scale)
    factor = SEARCH_WIDTH / max(SEARCH_WIDTH, picture.shape[1])
    was, is_now = (
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32) - 128.0
        for image in (known.picture, picture)
    )
    window = cv2.createHanningWindow((was.shape[1], was.shape[0]), cv2.CV_32F)
    (across, down), _ = cv2.phaseCorrelate(was, is_now, window)
    shift = np.eye(3)
    shift[:2, 2] = np.rint(np.array([across, down]) / factor / known.scale)
    back = cv2.warpAffine(grey, np.linalg.inv(shift)[:2], (grey.shape[1], grey.shape[0]))
    rest = register(known, np.asarray(back, np.uint8))
    if rest.found < FEWEST_SHARE:
        return None
    corners = np.array([[0, 0], [known.size[0], 0], [0, known.size[1]], known.size], np.float64)
    matrix = shift @ rest.matrix
    moved = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), matrix).reshape(-1, 2) - corners
    return replace(
        rest,
        matrix=matrix,
        shift_px=(rest.shift_px[0] + float(shift[0, 2]), rest.shift_px[1] + float(shift[1, 2])),
        largest_px=float(np.linalg.norm(moved, axis=1).max()),
    )
