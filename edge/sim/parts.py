"""Small things that lie in a scene, drawn with soft edges: screws, LEDs, labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from edge.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

    Plane = NDArray[np.float64]

FINE = 8  # sub-pixels along a side
SHADOW = 0.35  # how much light the thin shadow beside a part takes


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A small thing lying in the scene.

    Attributes:
        make: What it is: ``screw``, ``led`` or ``label``.
        box: Where it lies, soft edge and shadow included.
        colour: float64 ``(h, w, 3)``, grey levels.
        cover: float64 ``(h, w)`` in ``[0, 1]``, how much of a pixel it hides.
    """

    make: str
    box: Box
    colour: NDArray[np.float64]
    cover: NDArray[np.float64]

    @property
    def area_px(self) -> float:
        """Pixels hidden, counting a half-hidden one as a half."""
        return float(self.cover.sum())

    def lay(self, pixels: Pixels) -> None:
        """Draw it on an image, in place."""
        beneath = pixels[self.box.top : self.box.bottom, self.box.left : self.box.right]
        cover = self.cover[..., None]
        shadow = 1.0 - SHADOW * np.roll(self.cover, (1, 1), axis=(0, 1))[..., None]
        mixed = self.colour * cover + beneath * shadow * (1.0 - cover)
        beneath[...] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def paint(make: str, at: tuple[int, int], *, side_px: float, bright: bool, turn: float) -> Part:
    """Return a part around a place.

    Args:
        make: One of ``MAKES``.
        at: Column and row of its centre.
        side_px: Side of a square as large as the part.
        bright: Whether it is brighter than what it lies on.
        turn: How it is turned or tinted, 0 to 1.
    """
    column, row = at
    half = math.ceil(side_px * 0.6) + 3
    fine = ((np.arange(2 * half * FINE) + 0.5) / FINE - half) / side_px
    cover, colour = PAINTERS[make](*np.meshgrid(fine, fine), bright=bright, turn=turn)
    coarse = _coarse(cover)
    ink = _coarse(colour * cover[..., None]) / np.maximum(coarse, 1.0 / FINE**2)[..., None]
    return Part(make, Box(column - half, row - half, column + half, row + half), ink, coarse)


class Painter(Protocol):
    """Draws one make of part around the origin, as large as a unit square."""

    def __call__(self, across: Plane, down: Plane, *, bright: bool, turn: float) -> tuple[Plane, Plane]:
        """Return what it hides, 0 or 1, and its colour, at each point of a plane.

        Args:
            across: Horizontal place of each point.
            down: Vertical place of each point.
            bright: Whether it is brighter than what it lies on.
            turn: How it is turned or tinted, 0 to 1.
        """
        ...


def _screw(across: Plane, down: Plane, *, bright: bool, turn: float) -> tuple[Plane, Plane]:
    angle = math.pi * turn
    slot = _bar(
        across * math.cos(angle) + down * math.sin(angle),
        down * math.cos(angle) - across * math.sin(angle),
        half_width=0.42,
        half_height=0.07,
    )
    rim = 1.0 - _disk(across, down, size=0.86)
    metal = (205.0 if bright else 62.0) * (1.0 - 0.25 * (across + down)) * (1.0 - 0.15 * rim)
    tone = metal * (1.0 - (0.7 if bright else 0.55) * slot)
    return _disk(across, down), tone[..., None] * np.array([1.0, 0.99, 0.95])


def _led(across: Plane, down: Plane, *, bright: bool, turn: float) -> tuple[Plane, Plane]:
    glint = np.clip(1.0 - np.hypot(across + 0.15, down + 0.15) / 0.25, 0.0, 1.0)
    tint = np.array([0.55 + 0.3 * turn, 1.0, 0.6]) if bright else np.array([0.35, 0.4, 1.0 - 0.3 * turn])
    tone = (235.0 if bright else 70.0) * (1.0 - 0.5 * np.hypot(across, down)) + 60.0 * glint
    return _disk(across, down), np.clip(tone[..., None] * tint, 0.0, 255.0)


def _label(across: Plane, down: Plane, *, bright: bool, turn: float) -> tuple[Plane, Plane]:
    lines = _bar(across, np.abs(down) - 0.2, half_width=0.32, half_height=0.06)
    paper, ink = (232.0, 150.0) if bright else (48.0, 110.0)
    tone = (paper + (ink - paper) * lines) * (1.0 - 0.06 * turn * down)
    return _bar(across, down, half_width=0.5, half_height=0.5), tone[..., None] * np.array([1.0, 0.97, 0.88])


def _disk(across: Plane, down: Plane, *, size: float = 1.0) -> Plane:
    """Cover a disk whose area is ``size**2``."""
    return (np.hypot(across, down) * math.sqrt(math.pi) <= size).astype(np.float64)


def _bar(across: Plane, down: Plane, *, half_width: float, half_height: float) -> Plane:
    return ((np.abs(across) <= half_width) & (np.abs(down) <= half_height)).astype(np.float64)


def _coarse(fine: Plane) -> Plane:
    side = fine.shape[0] // FINE
    mean: Plane = fine.reshape(side, FINE, side, FINE, *fine.shape[2:]).mean(axis=(1, 3))
    return mean


PAINTERS: dict[str, Painter] = {"screw": _screw, "led": _led, "label": _label}
MAKES = tuple(PAINTERS)
