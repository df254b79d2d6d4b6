"""Small pictures with texture, seen by a noisy camera in any light."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import Box, Instant, Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

HEIGHT, WIDTH = 180, 240
NOISE = 2.0
"""Standard deviation of the brightness of a pixel, in grey levels."""


@lru_cache(maxsize=8)
def textured(*, seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.float32]:
    """Paint soft blotches, fine grain and hard-edged boards, float32 grey levels 30 to 200."""
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 6)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.5)
    scene = 110 + 22 * soft / soft.std() + 9 * fine / fine.std()
    for _ in range(14):
        left, top = int(rng.integers(0, width - 20)), int(rng.integers(0, height - 20))
        across, down = rng.integers(10, 50, 2)
        scene[top : top + down, left : left + across] += rng.uniform(-35, 35)
    picture: NDArray[np.float32] = np.clip(scene, 30, 200).astype(np.float32)
    picture.setflags(write=False)
    return picture


def shot(
    scene: NDArray[np.float32], *, seed: int = 0, noise: float = NOISE, gain: float = 1.0, offset: float = 0.0
) -> NDArray[np.uint8]:
    """Expose a scene once: light first, then noise, then what a camera can show."""
    rng = np.random.default_rng(seed)
    seen = scene * gain + offset + rng.normal(0.0, noise, scene.shape)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def in_colour(
    scene: NDArray[np.float32], *, seed: int = 0, noise: float = NOISE, gain: float = 1.0
) -> Pixels:
    """Expose a scene in RGB, each channel with its own noise and a tint of its own.

    ``noise`` is that of the brightness; a single channel has more.
    """
    rng = np.random.default_rng(seed)
    tinted = scene[..., None] * np.array([1.05, 1.0, 0.9], np.float32) * gain
    weights = np.array([0.299, 0.587, 0.114])
    per_channel = noise / float(np.linalg.norm(weights))
    pixels = np.clip(np.rint(tinted + rng.normal(0.0, per_channel, tinted.shape)), 0, 255).astype(np.uint8)
    pixels.setflags(write=False)
    return pixels


def with_square(
    scene: NDArray[np.float32], left: int, top: int, side: int, contrast: float
) -> NDArray[np.float32]:
    """Return the scene with a square brighter (or darker) by ``contrast`` grey levels."""
    changed = scene.copy()
    changed[top : top + side, left : left + side] += np.float32(contrast)
    return changed


def square(left: int, top: int, side: int) -> Mask:
    """Return a full square."""
    return Mask(Box(left, top, left + side, top + side), np.ones((side, side), np.bool_))


def flat_noise(sigma: float = NOISE) -> NDArray[np.float32]:
    """Return a noise map that is the same everywhere."""
    return np.full((HEIGHT, WIDTH), sigma, np.float32)


def instant(second: float) -> Instant:
    """Return a moment."""
    return Instant(mono_ns=round(second * 1e9), wall_ns=1_700_000_000_000_000_000 + round(second * 1e9))
