"""Whole pictures for people far away: outlined, blackened, small enough to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.drawing import heat, outlined
from edge.vision.encoded import jpeg
from edge.vision.polygons import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.core.polygons import Polygon
    from edge.types import Box, Pixels, ScoreMap

MAX_WIDTH = 1280
QUALITIES = (85, 70, 55, 40, 25)
"""Of the JPEG, in turn, until it fits; then it becomes smaller instead."""


def change_picture(pixels: Pixels, boxes: Iterable[Box], *, most_bytes: int) -> bytes:
    """Return how it looks now as a JPEG file, with a rectangle around each box."""
    return fitted(outlined(pixels, boxes), most_bytes=most_bytes)


def heat_picture(pixels: Pixels, score: ScoreMap, *, most_bytes: int) -> bytes:
    """Return where it differs as a JPEG file.

    Args:
        pixels: How it looks now, uint8 ``(H, W, 3)``.
        score: Float32, perhaps of another size, not empty.
        most_bytes: Of the file.
    """
    height, width = pixels.shape[:2]
    if score.shape != (height, width):
        score = cv2.resize(score, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return fitted(heat(pixels, score), most_bytes=most_bytes)


def reference_picture(pixels: Pixels, private: Sequence[Polygon], *, most_bytes: int) -> bytes:
    """Return a reference as a JPEG file, without what has become private since it was learned."""
    if private:
        pixels = pixels.copy()
        pixels[filled(private, *pixels.shape[:2])] = 0
    return fitted(pixels, most_bytes=most_bytes)


def fitted(pixels: Pixels, *, most_bytes: int) -> bytes:
    """Return a picture as a JPEG file of at most so many bytes: coarser, then smaller, until it fits."""
    width = min(MAX_WIDTH, pixels.shape[1])
    while True:
        small = _scaled(pixels, width)
        for quality in QUALITIES:
            file = jpeg(small, quality=quality)
            if len(file) <= most_bytes:
                return file
        width //= 2


def _scaled(pixels: Pixels, width: int) -> Pixels:
    if pixels.shape[1] == width:
        return pixels
    size = (max(1, width), max(1, round(pixels.shape[0] * width / pixels.shape[1])))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
