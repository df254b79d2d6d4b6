"""Synthetic pairs: a scene twice, with nuisances on both and changes on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from convert.data import changes, nuisances, textures
from convert.data.chance import chance
from convert.data.relief import relit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from convert.recipe import DataRecipe
    from edge.types import Pixels

MARGIN_PX = 8
"""Painted around a pair and cut off, so that moved pictures have no borders."""

MOST_CHANGES = 4
MISALIGNED_SHARE = 0.8
HARSH_SHARE = 0.8
RELIT_SHARE = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class SynthPair:
    """Two pictures of one scene and what differs between them.

    Attributes:
        reference: RGB, uint8 ``(H, W, 3)``.
        current: The same size.
        mask: uint8 ``(H, W)``: 255 where something physically changed, else 0.
        paints: How, one entry a change.
    """

    reference: Pixels
    current: Pixels
    mask: NDArray[np.uint8]
    paints: tuple[changes.Paint, ...]


def pair(rng: np.random.Generator, backgrounds: Backgrounds, data: DataRecipe) -> SynthPair:
    """Paint a pair.

    Args:
        rng: Decides everything: the same state gives the same pair.
        backgrounds: What lies under it.
        data: Sizes and shares.
    """
    side = data.size_px + 2 * MARGIN_PX
    scanned = chance(rng, data.scanned_share)
    reference = textures.printed(rng, side, side) if scanned else backgrounds.draw(rng, side, side)
    current, mask = reference, np.zeros((side, side), np.bool_)
    paints: list[changes.Paint] = []
    if chance(rng, data.changed_share):
        for _ in range(rng.integers(1, MOST_CHANGES + 1)):
            painted = changes.paint(rng, current, backgrounds, (data.min_change_px, data.max_change_px))
            if painted is not None:
                current, where, how = painted
                mask |= where
                paints.append(how)
    if scanned:
        ink = nuisances.tones(reference)
        mask &= nuisances.apart_in_black_and_white(reference, current, ink)
        reference = nuisances.binarised(rng, _shaken(rng, reference), ink)
        current = nuisances.binarised(rng, current, ink)
    else:
        if chance(rng, RELIT_SHARE):
            reference, current = relit(rng, reference, current)
        reference = _shaken(rng, reference)
        harsh = chance(rng, HARSH_SHARE)
        reference = nuisances.exposed(rng, reference, harsh=harsh)
        current = nuisances.exposed(rng, current, harsh=harsh)
    if chance(rng, 0.5):
        # What came and what went are alike; so is on which side registration errs.
        reference, current = current, reference
    inner = slice(MARGIN_PX, -MARGIN_PX)
    return SynthPair(
        np.ascontiguousarray(reference[inner, inner]),
        np.ascontiguousarray(current[inner, inner]),
        cast("NDArray[np.uint8]", np.ascontiguousarray(mask[inner, inner]).astype(np.uint8) * np.uint8(255)),
        tuple(paints),
    )


def _shaken(rng: np.random.Generator, image: Pixels) -> Pixels:
    return nuisances.misaligned(rng, image) if chance(rng, MISALIGNED_SHARE) else image
