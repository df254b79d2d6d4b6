"""A still scene: a picture with small parts on it, each of which can be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.sim.parts import MAKES, paint

if TYPE_CHECKING:
    from edge.sim.parts import Part
    from edge.types import Box, Pixels

LUMA = np.array([0.299, 0.587, 0.114])
MIDDLE_GREY = 120.0  # where a part turns from brighter to darker than what it lies on
TRIES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a simulated camera looks at.

    Attributes:
        bare: The picture without any part, RGB uint8 ``(H, W, 3)``.
        parts: What lies on it; cues name a part by its place here.
    """

    bare: Pixels
    parts: tuple[Part, ...] = ()

    def without(self, missing: frozenset[int]) -> Pixels:
        """Return the scene with some parts gone, RGB uint8 ``(H, W, 3)``."""
        pixels: Pixels = self.bare.copy()
        for number, part in enumerate(self.parts):
            if number not in missing:
                part.lay(pixels)
        return pixels

    def contrast(self, number: int) -> float:
        """Return by how many grey levels a part stands out from what it hides, on average."""
        part = self.parts[number]
        beneath = self.bare[part.box.top : part.box.bottom, part.box.left : part.box.right]
        difference = np.abs((part.colour - beneath) @ LUMA)
        return float((difference * part.cover).sum() / part.area_px)


def arrange(
    bare: Pixels, *, seed: int, count: int = 7, side_px: float = 12.0, least_contrast: float = 40.0
) -> Scene:
    """Lay small parts on a picture, apart from one another and from the border.

    Args:
        bare: RGB uint8 ``(H, W, 3)``.
        seed: Chooses where they lie, and how they are turned.
        count: How many parts.
        side_px: Side of a square as large as each part.
        least_contrast: Grey levels by which each part stands out, at least.

    Raises:
        ValueError: The picture has no room for that many parts.
    """
    rng = np.random.default_rng(seed)
    height, width = bare.shape[:2]
    margin = min(round(4 * side_px), height // 6)
    scene = Scene(bare)
    for _ in range(TRIES):
        if len(scene.parts) == count:
            return scene
        column = int(rng.integers(margin, width - margin))
        row = int(rng.integers(margin, height - margin))
        around = bare[row - margin // 4 : row + margin // 4, column - margin // 4 : column + margin // 4]
        bright = bool((around @ LUMA).mean() < MIDDLE_GREY)
        make = MAKES[len(scene.parts) % len(MAKES)]
        part = paint(make, (column, row), side_px=side_px, bright=bright, turn=float(rng.random()))
        tried = Scene(bare, (*scene.parts, part))
        apart = all(_gap(part.box, other.box) >= 3 * side_px for other in scene.parts)
        if apart and tried.contrast(len(scene.parts)) >= least_contrast:
            scene = tried
    msg = f"no room for {count} parts of {side_px} px in {width} x {height} pixels"
    raise ValueError(msg)


def tabletop(width: int, height: int, *, seed: int = 0) -> Pixels:
    """Paint a board with a plate on it, for when no photograph is wanted.

    Returns:
        RGB uint8 ``(height, width, 3)``.
    """
    rng = np.random.default_rng(seed)
    grain = 6.0 * rng.normal(0.0, 1.0, (height, width // 8 + 1)).repeat(8, axis=1)[:, :width]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    board = 110.0 + 40.0 * columns / width + grain
    from_middle = np.hypot(columns - width / 2, rows - height / 2) / height
    plate = np.clip((0.34 - from_middle) * height / 2, 0.0, 1.0)
    rim = np.clip(1.0 - np.abs(from_middle - 0.27) / 0.01, 0.0, 1.0)
    wood = board[..., None] * np.array([1.0, 0.82, 0.62])
    china = (215.0 - 50.0 * rim)[..., None] * np.array([1.0, 0.98, 0.94])
    mixed = wood * (1.0 - plate[..., None]) + china * plate[..., None]
    pixels: Pixels = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return pixels


def _gap(one: Box, other: Box) -> int:
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return max(across, down)
