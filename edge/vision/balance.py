"""White balance: one factor a colour channel between two pictures of one view.

Another lamp, a cloud or the camera itself turns a whole view warmer or colder; a
change never does. So what all of the view shares is taken back before anything is
compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

SAMPLES = 128
"""Rows and columns that are looked at, about: a median needs no more."""

LEAST_SAMPLES = 200
DARK, BRIGHT = 12, 245
"""A channel outside of this may be cut off, and obeys no factor."""

NOTICEABLE = 0.01
"""Logarithm of a factor below which a picture is left as it is."""


def balanced(reference: Pixels, current: Pixels, judged: NDArray[np.bool_]) -> Pixels:
    """Show a picture in the white balance of its reference, as bright as it was.

    Args:
        reference: RGB, uint8 ``(H, W, 3)``.
        current: Aligned to it, the same size, not changed.
        judged: bool ``(H, W)``: where both show the view.

    Returns:
        uint8 ``(H, W, 3)``: the very same array where there is nothing to do, or too
        little to go by.
    """
    tint = _tint(reference, current, judged)
    if float(np.abs(tint).max()) < NOTICEABLE:
        return current
    levels = np.arange(256, dtype=np.float32)[:, None] * np.exp(-tint)
    table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return cast("Pixels", cv2.LUT(current, np.ascontiguousarray(table)[None]))


def _tint(reference: Pixels, current: Pixels, judged: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return by what factors the current picture is tinted, as logarithms that sum up to 0, ``(3,)``.

    The median over the view: what has changed is less than half of it.
    """
    grid = tuple(slice(None, None, max(1, side // SAMPLES)) for side in judged.shape)
    before, after = reference[grid], current[grid]
    whole = (np.minimum(before, after).min(2) > DARK) & (np.maximum(before, after).max(2) < BRIGHT)
    whole &= judged[grid]
    if np.count_nonzero(whole) < LEAST_SAMPLES:
        return np.zeros(3, np.float32)
    ratio = np.log(after[whole].astype(np.float32) / before[whole].astype(np.float32))
    factors = np.median(ratio, axis=0)
    return np.asarray(factors - factors.mean(), np.float32)
