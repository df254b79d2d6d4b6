"""What one motion of the whole view leaves: a smooth bending, by dense optical flow.

Depth, a lens and a hand-held camera move different parts of a view differently.
The rest of the motion is measured at every pixel, believed where there is
structure, and smoothed far beyond the size of a change: what is small and moved
is a change, not a bending.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.vision.align import Registration, even, warp

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORKING_WIDTH = 960
"""Wider pictures are measured smaller."""

GRID_PX = 8
"""Reference pixels from one node of the field to the next."""

SMOOTH_PX = 16.0
"""Standard deviation of the smoothing, in reference pixels."""

LARGEST_PX = 6.0
"""A larger bending is not believed: something moved, or nothing was measured."""

LEAST_STRUCTURE = 4.0
"""Mean gradient, in evened grey levels a pixel, at which half of a measurement is believed."""


def bent(reference: NDArray[np.uint8], current: NDArray[np.uint8], motion: Registration) -> Registration:
    """Refine a motion of the whole view by a smooth field.

    Args:
        reference: Brightness of the reference, uint8 ``(H, W)``.
        current: Brightness now, same shape.
        motion: Of the whole view, from ``edge.vision.align.register``.

    Returns:
        The motion with its field; as it was where the view stands still.

    Source:
        Kroeger et al. 2016, "Fast optical flow using dense inverse search"; the
        smoothing is the normalised convolution of Knutsson and Westin 1993.
    """
    if motion.still:
        return motion
    height, width = reference.shape
    scale = min(1.0, WORKING_WIDTH / width)
    shown, _ = warp(current, motion)
    before, after = even(reference, scale), even(shown, scale)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(before, after, np.empty(0))
    nodes = (max(2, width // GRID_PX), max(2, height // GRID_PX))
    weight = _structure(before)
    sigma = SMOOTH_PX / GRID_PX

    def smooth(values: NDArray[np.float32]) -> NDArray[np.float32]:
        small = cv2.resize(values, nodes, interpolation=cv2.INTER_AREA)
        return cast("NDArray[np.float32]", cv2.GaussianBlur(small, (0, 0), sigma))

    share = smooth(weight)[..., None] + np.float32(1e-3)
    field = smooth(flow * weight[..., None]) / share / np.float32(scale)
    length = np.linalg.norm(field, axis=2, keepdims=True)
    field *= np.minimum(1.0, LARGEST_PX / np.maximum(length, 1e-6))
    return replace(motion, field=field.astype(np.float32))


def _structure(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far a measurement at each pixel is to be believed, in ``[0, 1]``."""
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1, scale=1 / 8)
    strength = cv2.blur(cv2.magnitude(across, down), (9, 9))
    return cast("NDArray[np.float32]", strength / (strength + np.float32(LEAST_STRUCTURE)))
