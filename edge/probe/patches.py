"""Squares of known size and contrast, laid into a frame as if they were part of the scene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.types import Box, Mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.types import Pixels

MARGIN_PX = 2
"""A report this near to a patch is a report of it."""

WHITE = 255.0


@dataclass(frozen=True, slots=True)
class Patch:
    """A square that is brighter, or darker, than what it lies on.

    Attributes:
        left: Column of its left edge, in pixels; edges need not fall on whole ones.
        top: Row of its upper edge.
        side: Its side, in pixels.
        contrast: Grey levels it adds to each channel in the light the footage was
            taken in; negative where it is darker.
    """

    left: float
    top: float
    side: float
    contrast: float

    @property
    def box(self) -> Box:
        """All pixels that it covers, if only in part."""
        right, bottom = ceil(self.left + self.side), ceil(self.top + self.side)
        return Box(floor(self.left), floor(self.top), right, bottom)

    def cover(self) -> NDArray[np.float32]:
        """Return the share of each pixel of ``box`` that it covers; their sum is its area."""
        box = self.box
        down = _covered(self.top, self.side, box.top, box.bottom)
        across = _covered(self.left, self.side, box.left, box.right)
        return np.outer(down, across).astype(np.float32)

    def near(self) -> Mask:
        """Return where a report counts as one of it."""
        box = self.box
        left, top = max(0, box.left - MARGIN_PX), max(0, box.top - MARGIN_PX)
        wide = Box(left, top, box.right + MARGIN_PX, box.bottom + MARGIN_PX)
        return Mask(wide, np.ones((wide.height, wide.width), np.bool_))


def exposed(pixels: Pixels, patches: Sequence[Patch], gain: float = 1.0) -> Pixels:
    """Lay patches into a frame, and show it in another light.

    The camera's noise stays where it was, also on the patches; the light falls on
    them as on everything else.

    Args:
        pixels: RGB, uint8 ``(H, W, 3)``.
        patches: Wholly inside the frame.
        gain: Factor of the light; 1 leaves it as it is.

    Returns:
        uint8 ``(H, W, 3)``, read-only; clipped as a camera clips.
    """
    shown = pixels.copy() if gain == 1.0 else cast("Pixels", cv2.LUT(pixels, _curve(gain)))
    for patch in patches:
        where = np.s_[patch.box.top : patch.box.bottom, patch.box.left : patch.box.right]
        shown[where] = _rounded(_seen(pixels[where], patch, gain))
    shown.setflags(write=False)
    return shown


def kept_share(pixels: Pixels, patch: Patch, gain: float = 1.0) -> float:
    """Return which share of a patch's contrast is left after clipping, in ``[0, 1]``.

    Args:
        pixels: What it would lie on, RGB, uint8 ``(H, W, 3)``.
        patch: Wholly inside.
        gain: Factor of the light.
    """
    box = patch.box
    beneath = pixels[box.top : box.bottom, box.left : box.right]
    before = np.clip(beneath.astype(np.float32) * np.float32(gain), 0.0, WHITE)
    after = np.clip(_seen(beneath, patch, gain), 0.0, WHITE)
    wanted = abs(patch.contrast) * gain * patch.side**2 * pixels.shape[2]
    return float(np.abs(after - before).sum(dtype=np.float64) / wanted) if wanted else 0.0


def _seen(beneath: Pixels, patch: Patch, gain: float) -> NDArray[np.float32]:
    added = np.float32(patch.contrast) * patch.cover()[..., None]
    return np.asarray((beneath.astype(np.float32) + added) * np.float32(gain), np.float32)


def _rounded(levels: NDArray[np.float32]) -> Pixels:
    return np.clip(np.rint(levels), 0, WHITE).astype(np.uint8)


@lru_cache(maxsize=32)
def _curve(gain: float) -> NDArray[np.uint8]:
    return _rounded(np.arange(256, dtype=np.float32) * np.float32(gain))


def _covered(begin: float, side: float, first: int, last: int) -> NDArray[np.float64]:
    """Return how much of each unit from ``first`` to ``last`` lies in ``begin`` to ``begin + side``."""
    edges = np.arange(first, last + 1, dtype=np.float64)
    return np.diff(np.clip(edges, begin, begin + side))
