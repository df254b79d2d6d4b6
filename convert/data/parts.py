"""Things with height that lie about, and how they lie on one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance, log_uniform
from convert.data.forms import FORMS, SLIM
from convert.data.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.types import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One thing.

    Attributes:
        inside: How far each pixel belongs to it, float32 ``(h, w)``, in ``[0, 1]``.
        height: Of its top above what it stands on, in pixels, float32 ``(h, w)``.
        colour: RGB, uint8 ``(h, w, 3)``.
        gloss: In ``[0, 1]``.
        grown: Whether it is of one piece with what it stands on: a bump, a blister, a
            drop of the same paint. Then it shows the ground's own colour.
    """

    inside: NDArray[np.float32]
    height: NDArray[np.float32]
    colour: Pixels
    gloss: float
    grown: bool = False


def part(rng: np.random.Generator, side_px: float, material: Pixels) -> Part:
    """Make a part.

    Args:
        rng: Decides what it is.
        side_px: How large, about.
        material: Something to make it of, RGB, uint8, at least one pixel; it is cut from.
    """
    form = FORMS[int(rng.integers(len(FORMS)))]
    reach = max(3, int(np.ceil(side_px * 0.75)) + 1)
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    turn, radius = rng.uniform(0, 2 * np.pi), np.float32(side_px / 2)
    x = (across * np.cos(turn) + down * np.sin(turn)).astype(np.float32) / radius
    y = (down * np.cos(turn) - across * np.sin(turn)).astype(np.float32) / radius
    y = y / np.float32(rng.uniform(0.3, 1) if form in SLIM else 1.0)
    depth, top = form(rng, x, y)
    inside = np.clip(depth * radius + 0.5, 0, 1).astype(np.float32)
    tall = np.float32(side_px * log_uniform(rng, (0.05, 0.5)))
    return Part(inside, np.asarray(top * tall, np.float32), _coloured(rng, inside, material), _glossy(rng))


def _coloured(rng: np.random.Generator, inside: NDArray[np.float32], material: Pixels) -> Pixels:
    side = inside.shape[0]
    if chance(rng, 0.4):
        piece = cv2.resize(material, (side, side), interpolation=cv2.INTER_AREA)
        return cast("Pixels", piece)
    grey = chance(rng, 0.5)
    colour = np.full(3, rng.integers(10, 250)) if grey else rng.integers(0, 256, 3)
    grain = rng.normal(0, rng.uniform(0, 8), (side, side, 1))
    return cast("Pixels", np.clip(colour + grain, 0, 255).astype(np.uint8))


def _glossy(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.1, 0.9)) if chance(rng, 0.4) else 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A part at its place.

    Attributes:
        part: What.
        row: Of its centre.
        column: Of its centre.
    """

    part: Part
    row: int
    column: int


def arranged(ground: Surface, things: Sequence[Placed]) -> Surface:
    """Put things onto a ground, one after the other; what lies higher hides what lies lower.

    Args:
        ground: Left as it is.
        things: What reaches beyond the ground is cut off.
    """
    rows, columns = ground.size
    colour = ground.colour.astype(np.float32)
    height = np.zeros((rows, columns), np.float32) if ground.height is None else ground.height.copy()
    gloss = np.zeros((rows, columns), np.float32) if ground.gloss is None else ground.gloss.copy()
    for thing in things:
        spots = _spots(thing, rows, columns)
        if spots is None:
            continue
        here, there = spots
        inside = thing.part.inside[there]
        if thing.part.grown:
            height[here] += inside * thing.part.height[there]
            continue
        foot = float(height[here][inside > 0].mean()) if (inside > 0).any() else 0.0
        level = foot + thing.part.height[there]
        seen = inside * (level >= height[here] - 1)
        height[here] += seen * (level - height[here])
        gloss[here] += seen * (np.float32(thing.part.gloss) - gloss[here])
        colour[here] += seen[..., None] * (thing.part.colour[there] - colour[here])
    return Surface(np.clip(colour, 0, 255).astype(np.uint8), height, gloss)


def _spots(thing: Placed, rows: int, columns: int) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Return where a thing lies on the ground, and which part of it that is; ``None`` for nowhere."""
    side = thing.part.inside.shape[0]
    top, left = thing.row - side // 2, thing.column - side // 2
    first, last = (max(0, top), max(0, left)), (min(rows, top + side), min(columns, left + side))
    if first[0] >= last[0] or first[1] >= last[1]:
        return None
    here = (slice(first[0], last[0]), slice(first[1], last[1]))
    there = (slice(first[0] - top, last[0] - top), slice(first[1] - left, last[1] - left))
    return here, there


def footprint(things: Sequence[Placed], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels that things cover, bool ``(H, W)``."""
    covered = np.zeros(size, np.bool_)
    for thing in things:
        spots = _spots(thing, *size)
        if spots is not None:
            covered[spots[0]] |= thing.part.inside[spots[1]] > 0.3  # noqa: PLR2004 - the rim is mixed
    return covered
