"""What both pictures go through before a model sees them, at training and on the device.

Cells and filters have a size in pixels, not in shares of the picture: a crop is
treated in training as it is on the device within a whole picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2

from edge.types import Denoise, Enhance
from edge.vision.light import grey, in_light_of

if TYPE_CHECKING:
    from edge.types import Pixels, Preprocess

CELL_PX = 64
"""Side of a cell with a histogram of its own, about: eight by eight in 512 x 512."""

CLIP_LIMIT = 2.0
"""How many times its fair share of pixels a brightness may have, before contrast."""


def prepared(reference: Pixels, current: Pixels, preprocess: Preprocess) -> tuple[Pixels, Pixels]:
    """Prepare a pair.

    Noise is treated before contrast, which would amplify it.

    Args:
        reference: uint8 ``(H, W, 3)``, not changed.
        current: Aligned to it, same shape, not changed.
        preprocess: What to do.

    Returns:
        Both, uint8 ``(H, W, 3)``; the very same arrays where nothing is to be done.
    """
    before, after = (_denoised(pixels, preprocess.denoise) for pixels in (reference, current))
    if preprocess.enhance is Enhance.CLAHE:
        return _equalized(before), _equalized(after)
    if preprocess.enhance is Enhance.RELIT:
        return in_light_of(grey(after), before), after
    return before, after


def _denoised(pixels: Pixels, denoise: Denoise) -> Pixels:
    if denoise is Denoise.GAUSSIAN:
        return cast("Pixels", cv2.GaussianBlur(pixels, (3, 3), 0.8))
    if denoise is Denoise.MEDIAN:
        return cast("Pixels", cv2.medianBlur(pixels, 3))
    return pixels


def _equalized(pixels: Pixels) -> Pixels:
    """Equalize the lightness, cell by cell, and leave the colour.

    Source:
        Zuiderveld 1994, "Contrast limited adaptive histogram equalization".
    """
    height, width = pixels.shape[:2]
    cells = (max(1, round(width / CELL_PX)), max(1, round(height / CELL_PX)))
    lightness, *colour = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB))
    even = cv2.createCLAHE(CLIP_LIMIT, cells).apply(lightness)
    return cast("Pixels", cv2.cvtColor(cv2.merge([even, *colour]), cv2.COLOR_LAB2RGB))
