"""Synthetic pairs: a scene twice, with nuisances on both and changes on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data import changes, nuisances, scenery, textures
from convert.data.chance import chance, log_uniform
from convert.data.filming import filmed_twice
from convert.data.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from convert.recipe import DataRecipe
    from edge.types import Pixels

MARGIN_PX = 8
"""Painted around a pair and cut off, so that moved pictures have no borders."""

MOST_CHANGES = 4
RELIEF_SHARE = 0.55
"""Scenes with height; the others are flat."""

DISTURBED_SHARE = 0.5
"""Pairs in which a thing was disturbed; of those, in which another was too, and so on."""

NEAR_SHARE = 0.3
"""Scenes seen from nearer than they are painted."""

NEAREST = 2.5
"""How much larger they are seen at most: what lenses, sensors and compression leave of a
view is as soft as that."""

STRETCHED_PX = (0.2, 2.5)
"""Least and largest standard deviation of a print's bending."""


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
    changed = chance(rng, data.changed_share)
    if chance(rng, data.scanned_share):
        painted = _scanned(rng, backgrounds, data, side, changed=changed)
    else:
        painted = _filmed(rng, backgrounds, data, side, changed=changed)
    reference, current = painted.reference, painted.current
    if chance(rng, 0.5):
        # What came and what went are alike; so is on which side registration errs.
        reference, current = current, reference
    inner = slice(MARGIN_PX, -MARGIN_PX)
    return SynthPair(
        np.ascontiguousarray(reference[inner, inner]),
        np.ascontiguousarray(current[inner, inner]),
        np.ascontiguousarray(painted.mask[inner, inner]),
        painted.paints,
    )


def _scanned(
    rng: np.random.Generator, backgrounds: Backgrounds, data: DataRecipe, side: int, *, changed: bool
) -> SynthPair:
    """A print, scanned twice in black and white."""
    before = Surface(textures.printed(rng, side, side))
    sizes_px = (data.min_change_px, data.max_change_px)
    after, spots, paints = _changed(rng, before, backgrounds, sizes_px) if changed else (before, [], [])
    where = np.logical_or.reduce([np.zeros(before.size, np.bool_), *spots])
    ink = nuisances.tones(before.colour)
    mask = where & nuisances.apart_in_black_and_white(before.colour, after.colour, ink)
    # Paper stretches, and scanners pull it unevenly: in a view that does not move, nothing mends that.
    shaken = nuisances.misaligned(rng, before.colour, bending_px=STRETCHED_PX)
    reference = nuisances.binarised(rng, shaken, ink)
    current = nuisances.binarised(rng, after.colour, ink)
    return SynthPair(reference, current, _as_mask(mask), tuple(paints))


def _filmed(
    rng: np.random.Generator, backgrounds: Backgrounds, data: DataRecipe, side: int, *, changed: bool
) -> SynthPair:
    """A scene under lamps, flat or with height, seen by a camera."""
    zoom = log_uniform(rng, (1.0, NEAREST)) if chance(rng, NEAR_SHARE) else 1.0
    far = int(np.ceil(side / zoom))
    paints: list[changes.Paint] = []
    spots: list[NDArray[np.bool_]] = []
    if chance(rng, RELIEF_SHARE):
        scene = scenery.scene(rng, backgrounds, far)
        before = after = scene.surface()
        while changed and scene.things and chance(rng, DISTURBED_SHARE):
            scene, covered, how = scenery.disturbed(rng, scene, backgrounds)
            spots += covered
            paints.append(how)
        if paints:
            after = scene.surface()
    else:
        before = after = Surface(backgrounds.draw(rng, far, far))
    if changed and (not paints or chance(rng, 0.5)):
        sizes_px = (data.min_change_px, max(data.max_change_px / zoom, 2.0 * data.min_change_px))
        after, others, more = _changed(rng, after, backgrounds, sizes_px)
        spots += others
        paints += more
    spots = [_nearer(spot, side) for spot in spots]
    reference, current, mask = filmed_twice(rng, before.nearer(side), after.nearer(side), spots)
    return SynthPair(reference, current, _as_mask(mask), tuple(paints))


def _changed(
    rng: np.random.Generator, scene: Surface, backgrounds: Backgrounds, sizes_px: tuple[float, float]
) -> tuple[Surface, list[NDArray[np.bool_]], list[changes.Paint]]:
    spots, paints = [], []
    for _ in range(rng.integers(1, MOST_CHANGES + 1)):
        painted = changes.paint(rng, scene, backgrounds, sizes_px)
        if painted is not None:
            scene, spot, how = painted
            spots.append(spot)
            paints.append(how)
    return scene, spots, paints


def _nearer(spot: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    return cv2.resize(spot.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST) > 0


def _as_mask(where: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return where.astype(np.uint8) * np.uint8(255)
