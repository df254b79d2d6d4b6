"""Augmentation: each time a pair is shown, it looks a little different."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

RESHAPED_SHARE = 0.25
"""Share of the pairs that are turned, scaled and cropped; it blurs a little, so not all."""

RECOLOURED_SHARE = 0.3
LARGEST_TURN_DEG = 25.0
SCALES = (0.8, 1.3)


def augmented(
    rng: np.random.Generator, reference: Pixels, current: Pixels, mask: NDArray[np.uint8]
) -> tuple[Pixels, Pixels, NDArray[np.uint8]]:
    """Flip, turn, scale, crop and recolour a pair, alike on both pictures.

    Args:
        rng: Decides how.
        reference: RGB, uint8 ``(S, S, 3)``.
        current: The same.
        mask: uint8 ``(S, S)``, 255 where something changed.

    Returns:
        The three, of the same sizes and types.
    """
    if chance(rng, RESHAPED_SHARE):
        reference, current, mask = _reshaped(rng, reference, current, mask)
    turns, mirrored = int(rng.integers(4)), chance(rng, 0.5)

    def flipped(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        turned = np.rot90(image, turns)
        return turned[:, ::-1] if mirrored else turned

    if chance(rng, RECOLOURED_SHARE):
        reference, current = _recoloured(rng, reference, current)
    if chance(rng, 0.5):
        reference, current = current, reference
    return flipped(reference), flipped(current), flipped(mask)


def _reshaped(
    rng: np.random.Generator, reference: Pixels, current: Pixels, mask: NDArray[np.uint8]
) -> tuple[Pixels, Pixels, NDArray[np.uint8]]:
    side = mask.shape[0]
    turn = float(rng.uniform(-LARGEST_TURN_DEG, LARGEST_TURN_DEG))
    motion = cv2.getRotationMatrix2D((side / 2, side / 2), turn, float(rng.uniform(*SCALES)))
    motion[:, 2] = motion[:, 2] + rng.uniform(-side / 8, side / 8, 2)

    def moved(image: NDArray[np.uint8], smooth: int) -> NDArray[np.uint8]:
        shown = cv2.warpAffine(image, motion, (side, side), flags=smooth, borderMode=cv2.BORDER_REFLECT_101)
        return cast("NDArray[np.uint8]", shown)

    return (
        moved(reference, cv2.INTER_LINEAR),
        moved(current, cv2.INTER_LINEAR),
        moved(mask, cv2.INTER_NEAREST),
    )


def _recoloured(rng: np.random.Generator, reference: Pixels, current: Pixels) -> tuple[Pixels, Pixels]:
    """Another camera, the same for both pictures: channels, gain and contrast."""
    channels = rng.permutation(3)
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    curve = levels ** np.float32(rng.uniform(0.7, 1.4)) * np.float32(rng.uniform(0.6, 1.0))
    if chance(rng, 0.2):
        curve = 1 - curve
    table = np.clip(curve * 255, 0, 255).astype(np.uint8)
    return table[reference[..., channels]], table[current[..., channels]]
