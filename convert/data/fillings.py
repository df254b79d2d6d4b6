"""What changed places are filled with: foreign matter, other colours, filler, light.

Each returns the colours of the box around a place, float32 ``(h, w, 3)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from edge.types import Pixels

    Colours = NDArray[np.float32]

DISPLACED_PX = 20
"""How far what is moved comes from at most, down and across."""

NEAR = np.ones((3, 3), np.uint8)
INPAINT_MOST_PX = 900
"""Larger places are filled with a blur: inpainting them takes too long."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something is filled in.

    Attributes:
        scene: RGB, uint8 ``(H, W, 3)``.
        shape: uint8 ``(H, W)``, 255 inside.
        box: Rows and columns around it.
        backgrounds: Where foreign matter comes from.
    """

    scene: Pixels
    shape: NDArray[np.uint8]
    box: tuple[slice, slice]
    backgrounds: Backgrounds

    @property
    def before(self) -> Colours:
        """What is there, float32 ``(h, w, 3)``."""
        return self.scene[self.box].astype(np.float32)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixels of the box are inside, ``(h, w)``."""
        return self.shape[self.box] > 0

    def surface(self, rng: np.random.Generator) -> Colours:
        """Return a piece of something else, as large as the box."""
        rows, columns = self.scene.shape[:2]
        return self.backgrounds.surface(rng, rows, columns)[self.box].astype(np.float32)


def foreign(rng: np.random.Generator, place: Place) -> Colours:
    """Something that was laid there."""
    return place.surface(rng)


def from_beside(rng: np.random.Generator, place: Place) -> Colours:
    """A piece of the scene from nearby."""
    down, right = (int(step) for step in rng.integers(-DISPLACED_PX, DISPLACED_PX + 1, 2))
    return np.roll(place.scene, (down, right), (0, 1))[place.box].astype(np.float32)


def recoloured(rng: np.random.Generator, place: Place) -> Colours:
    """The same, darker or brighter, in another tint."""
    factor = rng.uniform(0.3, 0.75) if chance(rng, 0.5) else rng.uniform(1.3, 2.0)
    return np.clip(place.before * np.float32(factor) + rng.uniform(-40, 40, 3), 0, 255).astype(np.float32)


def removed(_: np.random.Generator, place: Place) -> Colours:
    """What surrounds the place."""
    if int(np.count_nonzero(place.shape)) > INPAINT_MOST_PX:
        return cast("Colours", cv2.blur(place.before, (15, 15)))
    grown = cv2.dilate(place.shape, NEAR)[place.box]
    return cv2.inpaint(place.scene[place.box], grown, 3, cv2.INPAINT_TELEA).astype(np.float32)


def borrowed(rng: np.random.Generator, place: Place) -> Colours:
    """One of the scene's own colours: what is missing or spilled in a print is made of them."""
    rows, columns = place.scene.shape[:2]
    row, column = int(rng.integers(rows)), int(rng.integers(columns))
    return _even(place, place.scene[row, column].astype(np.float32))


def one_colour(rng: np.random.Generator, place: Place) -> Colours:
    """Any colour."""
    return _even(place, rng.integers(0, 256, 3).astype(np.float32))


def crack(rng: np.random.Generator, place: Place) -> Colours:
    """Dark, or filled with something light; strong, or hardly there."""
    darker = chance(rng, 0.75)
    factor = rng.uniform(0.15, 0.85) if darker else rng.uniform(1.15, 1.8)
    return place.before * np.float32(factor)


def glow(rng: np.random.Generator, place: Place) -> Colours:
    """A light that is on."""
    colour = rng.uniform(90, 256, 3).astype(np.float32)
    return np.asarray(np.minimum(place.before * np.float32(0.3) + colour, 255), np.float32)


def filler(rng: np.random.Generator, place: Place) -> Colours:
    """Smeared over: smoother, and a little lighter, darker or greyer."""
    before, inside = place.before, place.inside
    mean = before[inside].mean(0)
    smooth = np.asarray(cv2.blur(before, (9, 9)), np.float32)
    own = smooth + (mean - smooth) * np.float32(rng.uniform(0, 0.8))
    grey = own.mean(2, keepdims=True)
    own = own + (grey - own) * np.float32(rng.uniform(0, 1))
    shade = np.float32(rng.uniform(8, 45) * (1 if chance(rng, 0.5) else -1))
    grain = rng.normal(0, rng.uniform(0, 5), (*inside.shape, 1)).astype(np.float32)
    return np.asarray(np.clip(own + shade + grain, 0, 255), np.float32)


def retextured(rng: np.random.Generator, place: Place) -> Colours:
    """Other matter of the same colour: what a measure of light alone cannot tell apart."""
    other, inside = place.surface(rng), place.inside
    shift = place.before[inside].mean(0) - other[inside].mean(0)
    return np.asarray(np.clip(other + shift * np.float32(rng.uniform(0.6, 1)), 0, 255), np.float32)


def _even(place: Place, colour: Colours) -> Colours:
    return np.broadcast_to(colour, (*place.inside.shape, 3))
