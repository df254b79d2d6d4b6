"""Light states: by which light a view is seen, told from colour and coarse brightness.

A lamp that is turned up or down leaves the light state as it is: the detector
copes. A night camera that takes its infrared filter out, or a lamp that comes on
from another side, makes another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

GRID = (16, 12)
"""Columns and rows of the coarse picture: neither noise, nor a small thing, nor a
shift of the view shows in it."""

COLOURLESS = 0.05
"""Colour (logarithm of a channel ratio, beside the tint that all share) below which a cell
has none: an infrared camera's picture, but for what compression does to it."""

VIVID = 0.15
"""Colour from which a cell has some for sure."""

FEWEST_VIVID = 4
"""Cells that must have a colour: fewer say nothing about the light."""

OVERLAID = 98.0
"""Percentile of the cells that decides about a colourless picture: a camera may write its
name across it."""

FADES = 2.0
"""How far apart a picture with colours and one without any are."""

LEVEL = float(np.log(2.5))
"""Factor of the brightness within one light state: more than the usual lamp's steps."""

UNEVEN = 0.45
"""Robust spread of the brightness factor over the view within one light state."""

DARK_LEVELS = 6.0
"""Grey levels added to each brightness before it is compared: darkness has no ratio."""

SIGMA_PER_MAD = 1.4826


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """By which light a picture was taken, as far as its own looks tell.

    Attributes:
        level: Logarithm of the brightness of each cell, float32 ``(12, 16)``.
        colour: Logarithms of red and of blue against green in each cell, without
            the tint that all share, float32 ``(12, 16, 2)``.
    """

    level: NDArray[np.float32]
    colour: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Apart:
    """How two lights differ, each in units of what one light state allows.

    Attributes:
        faded: Whether one has colours and the other has none anywhere: not whether
            they are the same, since a thing may come or go with its own.
        level: By how much one is brighter, as a logarithm, with its sign.
        uneven: How differently the parts of the view became brighter or darker.
        colourful: Whether the second has more colour than the first.
    """

    faded: float
    level: float
    uneven: float
    colourful: bool = False

    @property
    def most(self) -> float:
        """The largest of them; above 1 the light states are two."""
        return max(self.faded, abs(self.level), self.uneven)


def light_of(pixels: Pixels) -> Light:
    """Describe the light of a picture, RGB uint8 ``(H, W, 3)``."""
    coarse = cv2.resize(pixels, GRID, interpolation=cv2.INTER_AREA).astype(np.float32)
    red, green, blue = cv2.split(np.log(coarse + np.float32(DARK_LEVELS)))
    colour = np.dstack([red - green, blue - green])
    colour -= np.median(colour.reshape(-1, 2), axis=0).astype(np.float32)
    mean = coarse @ np.array([0.299, 0.587, 0.114], np.float32)
    return Light(np.log(mean + np.float32(DARK_LEVELS)), colour)


def apart(one: Light, other: Light) -> Apart:
    """Compare two lights that fall on the same view.

    Medians decide, so somebody who covers less than half of the view does not.
    """
    step = other.level - one.level
    level = float(np.median(step))
    uneven = SIGMA_PER_MAD * float(np.median(np.abs(step - level)))
    was, is_now = (np.abs(light.colour).max(axis=2) for light in (one, other))
    return Apart(
        faded=FADES if _faded(was, is_now) or _faded(is_now, was) else 0.0,
        level=level / LEVEL,
        uneven=uneven / UNEVEN,
        colourful=float(is_now.mean()) > float(was.mean()),
    )


def _faded(colourful: NDArray[np.float32], colourless: NDArray[np.float32]) -> bool:
    vivid = int(np.count_nonzero(colourful >= VIVID)) >= FEWEST_VIVID
    return vivid and float(np.percentile(colourless, OVERLAID)) < COLOURLESS


def name_of(difference: Apart) -> str:
    """Name the second of two lights after how it differs from the first."""
    if difference.faded >= max(abs(difference.level), difference.uneven):
        return "day" if difference.colourful else "ir"
    if difference.uneven >= abs(difference.level):
        return "lamp"
    return "bright" if difference.level > 0 else "dim"
