"""What lies under a painted change: photographs, a user's footage, procedural surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data import textures
from convert.data.chance import chance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Pixels

FOOTAGE_SHARE = 0.6
PHOTOGRAPH_SHARE = 0.5
SCALES = (0.5, 1.6)
"""How much smaller or larger than life a photograph is shown."""


class Backgrounds:
    """Draws backgrounds of any size."""

    def __init__(self, photographs: Sequence[Pixels], *, footage: Sequence[Pixels] = ()) -> None:
        """Choose what to draw from.

        Args:
            photographs: RGB, uint8 ``(H, W, 3)``, any sizes.
            footage: A user's own pictures, which then are what most pairs show.
        """
        self._photographs = photographs
        self._footage = footage

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Pixels:
        """Return a background, uint8 ``(height, width, 3)``, the caller's own."""
        if chance(rng, 0.12):
            return textures.circuit(rng, height, width)
        if chance(rng, 0.06):
            return textures.page(rng, height, width)
        surface = self.surface(rng, height, width)
        if chance(rng, 0.4):
            textures.drawing(rng, surface, int(rng.integers(1, 25)))
        return surface

    def surface(self, rng: np.random.Generator, height: int, width: int) -> Pixels:
        """Return a plain piece of photograph or procedural surface, the caller's own."""
        if self._footage and chance(rng, FOOTAGE_SHARE):
            return _cut(rng, self._footage, height, width)
        if chance(rng, PHOTOGRAPH_SHARE):
            return _cut(rng, self._photographs, height, width)
        return (
            textures.patches(rng, height, width) if chance(rng, 0.6) else textures.noise(rng, height, width)
        )


def _cut(rng: np.random.Generator, photographs: Sequence[Pixels], height: int, width: int) -> Pixels:
    photograph = photographs[int(rng.integers(len(photographs)))]
    scale = float(rng.uniform(*SCALES))
    rows, columns = int(height / scale) + 1, int(width / scale) + 1
    shown = photograph
    if photograph.shape[0] > rows and photograph.shape[1] > columns:
        top = int(rng.integers(0, photograph.shape[0] - rows))
        left = int(rng.integers(0, photograph.shape[1] - columns))
        shown = photograph[top : top + rows, left : left + columns]
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    piece = np.asarray(cv2.resize(shown, (width, height), interpolation=smooth))
    if chance(rng, 0.5):
        piece = piece[:, ::-1]
    if chance(rng, 0.3):
        piece = piece[..., rng.permutation(3)]
    return cast("Pixels", np.array(piece, np.uint8, order="C"))
