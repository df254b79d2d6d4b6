"""Scenes with height: a ground, things on it, and what may become of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data.chance import chance, log_uniform
from convert.data.changes import Paint
from convert.data.fillings import DISPLACED_PX
from convert.data.parts import Placed, arranged, footprint, part
from convert.data.relief import rough
from convert.data.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds

THINGS = (2, 14)
"""How many things lie about: at least the first, fewer than the second."""

LEAST_PX, LARGEST_SHARE = 4.0, 0.75
"""How large they are: at least so many pixels, at most that share of the view."""

GROWN_SHARE = 0.35
"""Things that are bumps of the ground itself."""

CARVED = 8.0
"""How deep black is carved below white at most, in pixels."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A ground and the things on it.

    Attributes:
        ground: What lies below.
        things: What lies on it.
    """

    ground: Surface
    things: tuple[Placed, ...]

    def surface(self) -> Surface:
        """Return what is seen from above."""
        return arranged(self.ground, self.things) if self.things else self.ground


def scene(rng: np.random.Generator, backgrounds: Backgrounds, side: int) -> Scene:
    """Draw a scene with height.

    Args:
        rng: Decides what it is.
        backgrounds: Colours of the ground and of things.
        side: Height and width, in pixels.
    """
    colour = backgrounds.draw(rng, side, side)
    height = rough(rng, side, side) if chance(rng, 0.85) else np.zeros((side, side), np.float32)
    if chance(rng, 0.4):
        # What is painted on a surface is often also carved into it.
        grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
        height = height + cv2.GaussianBlur(grey, (0, 0), 1) * np.float32(rng.uniform(-CARVED, CARVED))
    gloss = np.full((side, side), rng.uniform(0, 0.4), np.float32) if chance(rng, 0.35) else None
    count = int(rng.integers(*THINGS)) if chance(rng, 0.5) else 0
    things = tuple(_placed(rng, backgrounds, side) for _ in range(count))
    return Scene(Surface(colour, np.asarray(height, np.float32), gloss), things)


def disturbed(
    rng: np.random.Generator, before: Scene, backgrounds: Backgrounds
) -> tuple[Scene, list[NDArray[np.bool_]], Paint]:
    """Take one thing away, move it, or put another in its place.

    Args:
        rng: Decides which and how.
        before: Has at least one thing.
        backgrounds: Colours of a new thing.

    Returns:
        The other scene, bool ``(H, W)`` of each place that a thing covered
        before or covers now, and how.
    """
    which = int(rng.integers(len(before.things)))
    thing = before.things[which]
    kind = (Paint.PART_GONE, Paint.PART_MOVED, Paint.PART_SWAPPED)[int(rng.integers(3))]
    if kind is Paint.PART_GONE:
        new: tuple[Placed, ...] = ()
    elif kind is Paint.PART_MOVED:
        down, right = (int(step) for step in rng.integers(-DISPLACED_PX, DISPLACED_PX + 1, 2))
        new = (Placed(thing.part, thing.row + down, thing.column + right),)
    else:
        other = _placed(rng, backgrounds, before.ground.size[0])
        new = (Placed(other.part, thing.row, thing.column),)
    things = before.things[:which] + new + before.things[which + 1 :]
    spots = [footprint((each,), before.ground.size) for each in (thing, *new)]
    return Scene(before.ground, things), spots, kind


def _placed(rng: np.random.Generator, backgrounds: Backgrounds, side: int) -> Placed:
    large = log_uniform(rng, (LEAST_PX, LARGEST_SHARE * side))
    reach = max(8, int(large))
    material = backgrounds.surface(rng, reach, reach)
    thing = part(rng, large, material)
    if chance(rng, GROWN_SHARE):
        thing = replace(thing, grown=True)
    return Placed(thing, int(rng.integers(side)), int(rng.integers(side)))
