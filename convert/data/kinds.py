"""Pairs of which it is known what happened to a thing: it came, it went, or it was altered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data import shapes
from convert.data.chance import chance, log_uniform
from convert.data.changes import FAINTEST
from convert.data.filming import filmed_twice
from convert.data.parts import Part, Placed, arranged, footprint, part
from convert.data.scenery import scene
from convert.data.surface import Surface
from convert.data.synth import MARGIN_PX, RELIEF_SHARE
from edge.types import Box, Kind, Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from edge.types import Pixels

KINDS = (Kind.APPEARED, Kind.DISAPPEARED, Kind.ALTERED)
OTHER_WAY = {Kind.APPEARED: Kind.DISAPPEARED, Kind.DISAPPEARED: Kind.APPEARED, Kind.ALTERED: Kind.ALTERED}
"""What happened if the second picture was the first."""

SIDE_PX = 160
SIZES_PX = (7.0, 56.0)
OFF_CENTRE_PX = 12
PART_SHARE = 0.5
"""Things with height; the others lie flat."""

LEAST_AREA_PX = 40
SPILL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
"""Masks of a network reach 2 px over the edges of what changed."""


@dataclass(frozen=True, slots=True, eq=False)
class KindCase:
    """Two pictures of one scene, and what happened to a thing in it.

    Attributes:
        reference: RGB, uint8 ``(H, W, 3)``.
        current: The same size.
        mask: Where it happened, as a network would mark it.
        kind: What happened; never ``UNKNOWN``.
    """

    reference: Pixels
    current: Pixels
    mask: Mask
    kind: Kind


def kind_case(rng: np.random.Generator, backgrounds: Backgrounds) -> KindCase:
    """Paint a case; one kind is as frequent as another.

    Args:
        rng: Decides everything: the same state gives the same case.
        backgrounds: What scenes and things are made of.
    """
    kind = KINDS[int(rng.integers(len(KINDS)))]
    case = None
    while case is None:
        case = _tried(rng, backgrounds, kind)
    return case


def _tried(rng: np.random.Generator, backgrounds: Backgrounds, kind: Kind) -> KindCase | None:
    """Paint a case, or nothing where the thing would be too faint or too small to see."""
    bare = _ground(rng, backgrounds)
    things = [_thing(rng, backgrounds)]
    if kind is Kind.ALTERED:
        things = _altered(rng, things[0], backgrounds)
    covered = [arranged(bare, [thing]) for thing in things]
    where = footprint(things, bare.size)
    if not where.any() or any(_contrast(bare, surface, where) < FAINTEST for surface in covered):
        return None
    before, after = [bare, *covered][-2:]
    if kind is Kind.DISAPPEARED:
        before, after = after, before
    reference, current, visible = filmed_twice(rng, before, after, [where])
    if chance(rng, 0.5):
        # Registration errs on either side.
        reference, current, kind = current, reference, OTHER_WAY[kind]
    inner = slice(MARGIN_PX, -MARGIN_PX)
    mask = _marked(visible[inner, inner])
    if mask is None:
        return None
    reference, current = (np.ascontiguousarray(picture[inner, inner]) for picture in (reference, current))
    return KindCase(reference, current, mask, kind)


def _contrast(one: Surface, other: Surface, where: NDArray[np.bool_]) -> float:
    """Return by how many grey levels two surfaces differ in a place, on the average, in even light."""
    apart = np.maximum.reduce(cv2.split(cv2.absdiff(one.colour, other.colour)))
    return float(apart[where].mean())


def _ground(rng: np.random.Generator, backgrounds: Backgrounds) -> Surface:
    if chance(rng, RELIEF_SHARE):
        return scene(rng, backgrounds, SIDE_PX).surface()
    return Surface(backgrounds.draw(rng, SIDE_PX, SIDE_PX))


def _thing(rng: np.random.Generator, backgrounds: Backgrounds) -> Placed:
    size_px = log_uniform(rng, SIZES_PX)
    nearest, farthest = SIDE_PX // 2 - OFF_CENTRE_PX, SIDE_PX // 2 + OFF_CENTRE_PX
    row, column = (int(at) for at in rng.integers(nearest, farthest, 2))
    return Placed(_made(rng, size_px, backgrounds), row, column)


def _made(rng: np.random.Generator, size_px: float, backgrounds: Backgrounds) -> Part:
    """Return a part, or something flat of any outline."""
    reach = max(8, int(size_px))
    material = backgrounds.surface(rng, reach, reach)
    if chance(rng, PART_SHARE):
        return part(rng, size_px, material)
    side = 2 * int(size_px * 0.75) + 3
    shape = np.zeros((side, side), np.uint8)
    while np.count_nonzero(shape) < LEAST_AREA_PX / 2:
        shape = shapes.compact(rng, (side, side), (size_px, size_px))
    inside = shape.astype(np.float32) / np.float32(255)
    if chance(rng, 0.6):
        inside = cast("NDArray[np.float32]", cv2.GaussianBlur(inside, (3, 3), 0))
    colour = cv2.resize(material, (side, side), interpolation=cv2.INTER_AREA)
    if chance(rng, 0.5):
        colour = np.broadcast_to(rng.integers(0, 256, 3).astype(np.uint8), colour.shape)
    return Part(inside, np.zeros((side, side), np.float32), cast("Pixels", colour), 0.0)


def _altered(rng: np.random.Generator, thing: Placed, backgrounds: Backgrounds) -> list[Placed]:
    """Return a thing, and another in its place, or the same recoloured, retextured or rewritten."""
    old = thing.part
    side = old.inside.shape[0]
    match int(rng.integers(4)):
        case 0:
            new = _made(rng, side / 1.5 * float(rng.uniform(0.8, 1.25)), backgrounds)
        case 1:
            factor = rng.uniform(0.3, 0.75) if chance(rng, 0.5) else rng.uniform(1.3, 2.0)
            colour = np.clip(old.colour * factor + rng.uniform(-40, 40, 3), 0, 255)
            new = replace(old, colour=colour.astype(np.uint8))
        case 2:
            new = replace(old, colour=backgrounds.surface(rng, side, side))
        case _:
            ink = [int(level) for level in rng.integers(0, 256, 3)]
            old, new = (replace(old, colour=_written(rng, old.colour, ink)) for _ in range(2))
    return [replace(thing, part=old), replace(thing, part=new)]


def _written(rng: np.random.Generator, colour: Pixels, ink: list[int]) -> Pixels:
    return shapes.word_in_the_middle(rng, np.array(colour, order="C"), ink, share=0.55)


def _marked(visible: NDArray[np.bool_]) -> Mask | None:
    """Return the largest piece of what can be seen with its spill, or nothing where it is too small."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(visible.astype(np.uint8))
    areas_px = stats[1:, cv2.CC_STAT_AREA]
    if areas_px.max(initial=0) < LEAST_AREA_PX:
        return None
    spilled = cv2.dilate((pieces == 1 + int(areas_px.argmax())).astype(np.uint8), SPILL)
    left, top, wide, tall = cv2.boundingRect(spilled)
    box = Box(left, top, left + wide, top + tall)
    return Mask(box, spilled[box.top : box.bottom, box.left : box.right] > 0)
