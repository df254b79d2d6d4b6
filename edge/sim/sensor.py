"""A sensor's noise, cheap enough for a 1080p frame every few milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from numpy.typing import NDArray

    from edge.types import Pixels

ROAM = 256  # how far a noise tile may be moved, in pixels
STEP = 32  # stored steps per standard deviation
READ_SHARE = 0.4  # of the variance at mid grey, how much does not depend on the light


class Sensor:
    """Reads a picture with shot and read noise, independent per channel and pixel.

    A grey level is the sum of what the light gave and a draw from a bank of
    normal noise, whose deviation grows with the light:
    ``sigma(v)**2 = noise**2 * (0.4 + 0.6 * v / 128)``.
    """

    def __init__(self, height: int, width: int, *, noise: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        bank = rng.standard_normal((height + ROAM, width + ROAM, 3), dtype=np.float32) * STEP
        steps = np.rint(np.abs(bank)).clip(0, 255).astype(np.uint8)
        self._more: NDArray[np.uint8] = np.where(bank > 0, steps, 0).astype(np.uint8)
        self._less: NDArray[np.uint8] = np.where(bank < 0, steps, 0).astype(np.uint8)
        levels = np.arange(256) / 128.0
        sigma = noise * np.sqrt(READ_SHARE + (1.0 - READ_SHARE) * levels)
        self._sigmas = np.rint(sigma * STEP).clip(0, 255).astype(np.uint8)
        self._size = height, width
        self._seed = seed
        self._key: Hashable = None
        self._still: Pixels = np.zeros((height, width, 3), np.uint8)
        self._spread: NDArray[np.uint8] = self._still
        self._inserts: list[tuple[slice, slice, Pixels]] = []

    def aim(self, key: Hashable, picture: Callable[[], Pixels]) -> None:
        """Set what the light gives; ``picture`` is asked only when ``key`` is new."""
        if key != self._key:
            self._key, self._still = key, picture()
            self._spread = np.asarray(cv2.LUT(self._still, self._sigmas), np.uint8)

    def insert(self, rows: slice, columns: slice, pixels: Pixels) -> None:
        """Put something before the picture, for the next reading only."""
        self._inserts.append((rows, columns, pixels))

    def read(self, index: int) -> Pixels:
        """Return the picture with the noise of reading number ``index``."""
        light, spread = self._still, self._spread
        if self._inserts:
            light, spread = light.copy(), spread.copy()
        for rows, columns, pixels in self._inserts:
            light[rows, columns] = pixels
            spread[rows, columns] = cv2.LUT(pixels, self._sigmas)
        self._inserts.clear()
        height, width = self._size
        top, left = np.random.default_rng([self._seed, 2, index]).integers(0, ROAM, 2)
        tile = slice(top, top + height), slice(left, left + width)
        scale = 1.0 / (STEP * STEP)
        more = cv2.multiply(self._more[tile], spread, scale=scale)
        less = cv2.multiply(self._less[tile], spread, scale=scale)
        return np.asarray(cv2.subtract(cv2.add(light, more), less), np.uint8)
