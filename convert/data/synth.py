"""Synthetic pairs: a scene twice, with nuisances on both and changes on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data import changes, nuisances, relief, scenery, textures
from convert.data.chance import chance
from convert.data.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from convert.data.relief import Lamp
    from convert.recipe import DataRecipe
    from edge.types import Pixels

MARGIN_PX = 8
"""Painted around a pair and cut off, so that moved pictures have no borders."""

MOST_CHANGES = 4
MISALIGNED_SHARE = 0.8
HARSH_SHARE = 0.8
RELIEF_SHARE = 0.55
"""Scenes with height; the others are flat."""

RELIT_SHARE = 0.6
"""Pairs in which the lamp moved."""

DISTURBED_SHARE = 0.5
"""Pairs in which a thing was disturbed; of those, in which another was too, and so on."""

NEAR_SHARE = 0.4
"""Scenes seen from nearer than they are painted."""

NEAREST = 3.0
"""How much larger they are seen at most: what lenses, sensors and compression leave of a
view is as soft as that."""

STRETCHED_PX = (0.2, 2.5)
"""Least and largest standard deviation of a print's bending."""

VISIBLE = 7.0
"""Grey levels from which a pixel of a change can be told from the scene."""

MOSTLY = 0.5
"""A changed place of which so much can be told from the scene is marked as a whole."""

CLOSING = np.ones((5, 5), np.uint8)
GROWING = np.ones((3, 3), np.uint8)


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
    mask = _marked(spots, _visible(before, after, (first, second), (reference, current)))
    reference = _shaken(rng, reference, before.height)
    harsh = chance(rng, HARSH_SHARE)
    reference = nuisances.exposed(rng, reference, harsh=harsh)
    current = nuisances.exposed(rng, current, harsh=harsh)
    return reference, current, mask


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
    zoom = float(NEAREST ** rng.uniform(0, 1)) if chance(rng, NEAR_SHARE) else 1.0
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


def _shaken(rng: np.random.Generator, image: Pixels, height: NDArray[np.float32] | None) -> Pixels:
    return nuisances.misaligned(rng, image, height) if chance(rng, MISALIGNED_SHARE) else image
