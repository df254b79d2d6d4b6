"""A piece of the world that is painted: colour, height and gloss at every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What is looked at from above.

    Attributes:
        colour: As seen in even light, RGB, uint8 ``(H, W, 3)``.
        height: Above the ground, in pixels, float32 ``(H, W)``; ``None`` for flat.
        gloss: Strength of highlights, in ``[0, 1]``, float32 ``(H, W)``; ``None`` for matt.
    """

    colour: Pixels
    height: NDArray[np.float32] | None = None
    gloss: NDArray[np.float32] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        rows, columns = self.colour.shape[:2]
        return rows, columns

    def nearer(self, side: int) -> Surface:
        """Return the same, square, seen from nearer: so many pixels a side, and as much softer."""
        if self.size == (side, side):
            return self
        larger = (side, side)
        colour = cv2.resize(self.colour, larger, interpolation=cv2.INTER_LINEAR)
        height, gloss = self.height, self.gloss
        if height is not None:
            # Slopes stay what they are; smooth ones, for light shows every kink.
            rise = np.float32(side / self.size[0])
            height = np.asarray(cv2.resize(height, larger, interpolation=cv2.INTER_CUBIC), np.float32) * rise
        if gloss is not None:
            gloss = np.asarray(cv2.resize(gloss, larger, interpolation=cv2.INTER_LINEAR), np.float32)
        return Surface(cast("Pixels", colour), height, gloss)
