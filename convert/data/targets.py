"""What a network should answer, made of masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Target:
    """What a network is shown, and what it should answer.

    Attributes:
        answer: From masks, uint8 ``(N, H, W)``, to float32 of the shape of its logits.
        side_px: Side of the pictures it takes; ``None`` for any.
    """

    answer: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    side_px: int | None = None


def halved(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return masks at half size: 1 where any of four pixels changed.

    Args:
        mask: uint8 ``(N, H, W)``, 255 where something changed; H and W even.

    Returns:
        float32 ``(N, H / 2, W / 2, 1)``.
    """
    count, height, width = mask.shape
    blocks = mask.reshape(count, height // 2, 2, width // 2, 2)
    changed: NDArray[np.float32] = (blocks.max((2, 4)) > 0).astype(np.float32)[..., None]
    return changed


def anywhere(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return 1 for each mask that is not empty.

    Args:
        mask: uint8 ``(N, H, W)``, 255 where something changed.

    Returns:
        float32 ``(N, 1)``.
    """
    return np.asarray(mask.any((1, 2)), np.float32)[:, None]


PIXELS = Target(halved)
"""Of a network that says, for every second pixel, whether it changed."""
