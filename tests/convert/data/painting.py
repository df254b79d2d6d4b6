"""Backgrounds that need no photographs, and scenes to paint on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convert.data.backgrounds import Backgrounds
from tests.vision.pictures import textured

if TYPE_CHECKING:
    from edge.types import Pixels

SIDE = 96


def rng_of(*seed: int) -> np.random.Generator:
    """Return dice that always fall alike."""
    return np.random.default_rng(list(seed))


def scene(seed: int = 0, *, side: int = SIDE) -> Pixels:
    """Return a coloured picture with texture, uint8 ``(side, side, 3)``."""
    channels = [textured(seed=3 * seed + channel, height=side, width=side) for channel in range(3)]
    return np.stack(channels, 2).astype(np.uint8)


def backgrounds() -> Backgrounds:
    """Return two pictures to cut from."""
    return Backgrounds([scene(11, side=160), scene(12, side=200)])
