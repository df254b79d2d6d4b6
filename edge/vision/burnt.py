"""Burnt out: where a sensor had no more to give, nobody can say what it would have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.vision.light import SATURATED

if TYPE_CHECKING:
    from edge.types import Mask, Pixels

BURNT = SATURATED - 5
"""Grey level, of the weakest colour, from which a pixel may have clipped, but for noise."""

NEARLY = SATURATED / 1.25
"""Grey level from which a lamp that is a quarter brighter burns a pixel out."""

MOST = 0.5
"""Share of a place that may be burnt out."""


def burnt_out(mask: Mask, one: Pixels, other: Pixels) -> bool:
    """Whether one of two pictures is burnt out at a place, and the other nearly so.

    A white cup whose gloss drowns when the lamp is turned up has not changed.
    Something darker than ``NEARLY``, in any colour, can still be told from white.

    Args:
        mask: The place.
        one: RGB, uint8 ``(H, W, 3)``.
        other: The same size, aligned.
    """
    box = mask.box
    place = slice(box.top, box.bottom), slice(box.left, box.right)
    first, second = (image[place][mask.bits].min(axis=1) for image in (one, other))
    lost = (np.maximum(first, second) >= BURNT) & (np.minimum(first, second) >= NEARLY)
    return float(lost.mean()) > MOST
