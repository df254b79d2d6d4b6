"""A camera that shows the same picture again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.vision.view import DARK

if TYPE_CHECKING:
    from edge.types import Instant, Pixels

SPARSE = 37
"""Every so many-th row and column is compared first: two exposures differ there already."""


FEWEST = 4
"""A picture must come again this often, however slowly the camera looks."""


class Repeats:
    """Knows for how long the pictures have been the same, byte by byte."""

    def __init__(self) -> None:
        """Begin with no picture."""
        self._shown: Pixels | None = None
        self._since: Instant | None = None
        self._count = 0

    def frozen(self, pixels: Pixels, taken: Instant, *, after_s: float) -> bool:
        """Take one more picture; say whether it has been the same for ``after_s``.

        Args:
            pixels: RGB, uint8 ``(H, W, 3)``, read-only.
            taken: When it was taken.
            after_s: Seconds for which a working camera may repeat a picture.

        Returns:
            Never true in the dark, where there is nothing to tell pictures apart by.
        """
        if self._shown is None or self._since is None or not _same(self._shown, pixels):
            self._shown, self._since, self._count = pixels, taken, 0
            return False
        self._count += 1
        if self._count < FEWEST or taken.seconds_since(self._since) < after_s:
            return False
        return float(pixels[::8, ::8].mean()) >= DARK


def _same(one: Pixels, other: Pixels) -> bool:
    if one is other:
        return True
    return np.array_equal(one[::SPARSE, ::SPARSE], other[::SPARSE, ::SPARSE]) and np.array_equal(one, other)
