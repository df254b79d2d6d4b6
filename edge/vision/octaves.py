"""One view, looked at in several sizes: what one size cannot tell, another can.

A network knows patterns of a certain fineness. Seen at half the size, a large thing
fits into what it sees at once, and noise, grain and what registration leaves
shrink to nothing; a small thing is seen in full size only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edge.types import Pixels

WEIGHTS = ((1.0,), (0.6, 0.4), (0.5, 0.3, 0.2))
"""How much each size counts, the full one first, by the number of sizes."""

FLOORS = (-2.0, -4.0, -4.0)
"""A size that shows nothing speaks against a change no louder than this logit, the full one
first: what is small cannot be seen in the smaller ones, and of what is large the full one
sees parts only. None of them outvotes the others."""


def halved(pixels: Pixels) -> Pixels:
    """Return a picture in half its size, uint8 ``(H // 2, W // 2, 3)``, at least one pixel."""
    size = (max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2))
    return cast("Pixels", cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def in_sizes(before: Pixels, after: Pixels, octaves: int) -> Iterator[tuple[Pixels, Pixels]]:
    """Yield two pictures of one size as they are, then in half that size, and so on.

    Args:
        before: uint8 ``(H, W, 3)``.
        after: The same size.
        octaves: How many sizes, at least 1.
    """
    yield before, after
    for _ in range(1, octaves):
        before, after = halved(before), halved(after)
        yield before, after


def joined(logits: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Join what a network says of a view in full size, half size and so on.

    Args:
        logits: Float32 ``(H, W)`` of the full size, and of each that is half as large as
            the one before; as many as there are ``WEIGHTS``. The first may be ``-inf``.

    Returns:
        Float32, the size of the first; ``-inf`` where that is.
    """
    full, *smaller = logits
    if not smaller:
        return full
    height, width = full.shape
    weight, *weights = WEIGHTS[len(smaller)]
    total = np.maximum(full, np.float32(FLOORS[0])) * np.float32(weight)
    for size, weight, floor in zip(smaller, weights, FLOORS[1 : len(logits)], strict=True):
        heard = np.maximum(size, np.float32(floor))
        total += cv2.resize(heard, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(weight)
    total[np.isneginf(full)] = -np.inf
    return total
