"""Two looks at one place: each in its own light, and what of a change can be seen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data import nuisances, relief
from convert.data.chance import chance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convert.data.relief import Lamp
    from convert.data.surface import Surface
    from edge.types import Pixels

MISALIGNED_SHARE = 0.8
HARSH_SHARE = 0.8
RELIT_SHARE = 0.6
"""Pairs in which the lamp moved."""

VISIBLE = 7.0
"""Grey levels from which a pixel of a change can be told from the scene."""

MOSTLY = 0.75
"""A changed place of which so much can be told from the scene is marked as a whole."""

CLOSING = np.ones((5, 5), np.uint8)
GROWING = np.ones((3, 3), np.uint8)


def filmed_twice(
    rng: np.random.Generator, before: Surface, after: Surface, spots: Sequence[NDArray[np.bool_]]
) -> tuple[Pixels, Pixels, NDArray[np.bool_]]:
    """Film two surfaces from one place, each in its own light.

    Args:
        rng: Decides the lamps, the camera and what registration left.
        before: The first surface.
        after: The second, the same size.
        spots: bool ``(H, W)`` each: places that were changed.

    Returns:
        Both pictures, and where the change can be seen, bool ``(H, W)``.
    """
    first = relief.lamp(rng)
    second = relief.lamp(rng) if chance(rng, RELIT_SHARE) else first
    reference, current = relief.lit(before, first), relief.lit(after, second)
    mask = np.zeros(before.size, np.bool_)
    if spots:
        mask = _marked(spots, _visible(before, after, (first, second), (reference, current)))
    reference = _shaken(rng, reference, before.height)
    harsh = chance(rng, HARSH_SHARE)
    reference = nuisances.exposed(rng, reference, harsh=harsh)
    current = nuisances.exposed(rng, current, harsh=harsh)
    return reference, current, mask


def _visible(
    before: Surface, after: Surface, lamps: tuple[Lamp, Lamp], pictures: tuple[Pixels, Pixels]
) -> NDArray[np.bool_]:
    """Return where two surfaces can be told apart under one lamp or under the other.

    Args:
        before: The first surface.
        after: The second.
        lamps: What each is lit by.
        pictures: What each looks like under its own.
    """
    views = [(relief.lit(before, lamps[1]), pictures[1])]
    if lamps[0] is not lamps[1] and before.height is not None:
        views.append((pictures[0], relief.lit(after, lamps[0])))
    apart = np.maximum.reduce([channel for view in views for channel in cv2.split(cv2.absdiff(*view))])
    near = cv2.dilate((apart > VISIBLE).astype(np.uint8), GROWING)
    return np.asarray(cv2.morphologyEx(near, cv2.MORPH_CLOSE, CLOSING) > 0)


def _marked(spots: Sequence[NDArray[np.bool_]], visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what of changed places is marked: all of those that are mostly seen, of others what is seen."""
    marked = np.zeros_like(visible)
    for spot in spots:
        seen = spot & visible
        marked |= spot if np.count_nonzero(seen) >= MOSTLY * np.count_nonzero(spot) else seen
    return marked


def _shaken(rng: np.random.Generator, image: Pixels, height: NDArray[np.float32] | None) -> Pixels:
    return nuisances.misaligned(rng, image, height) if chance(rng, MISALIGNED_SHARE) else image
