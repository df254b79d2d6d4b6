"""Small physical changes of a surface, painted with their exact outlines."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data import fillings, shapes
from convert.data.chance import chance, log_uniform
from convert.data.fillings import Place
from convert.data.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds

FAINTEST = 8.0
"""Mean grey levels, over the shape, below which a change of colour is not worth being seen."""

REACH_PX = 5
"""How far beyond its outline a change may be felt."""


class Paint(str, Enum):
    """How something changed."""

    PASTED = "pasted"
    FILLED = "filled"
    MOVED = "moved"
    RECOLOURED = "recoloured"
    REMOVED = "removed"
    SCRATCHED = "scratched"
    INKED = "inked"
    CRACKED = "cracked"
    BANDED = "banded"
    WRITTEN = "written"
    GLOWING = "glowing"
    RETEXTURED = "retextured"
    RAISED = "raised"
    PART_GONE = "part gone"
    PART_MOVED = "part moved"
    PART_SWAPPED = "part swapped"


KINDS = (
    Paint.PASTED,
    Paint.PASTED,
    Paint.PASTED,
    Paint.FILLED,
    Paint.MOVED,
    Paint.RECOLOURED,
    Paint.REMOVED,
    Paint.SCRATCHED,
    Paint.INKED,
    Paint.CRACKED,
    Paint.BANDED,
    Paint.WRITTEN,
    Paint.GLOWING,
    Paint.RETEXTURED,
    Paint.RAISED,
    Paint.RAISED,
)
"""What is painted onto a surface, each as often as it stands here."""

OUTLINES = {
    Paint.SCRATCHED: shapes.line,
    Paint.CRACKED: shapes.crack,
    Paint.BANDED: shapes.band,
    Paint.WRITTEN: shapes.writing,
}
"""Others are compact."""

FILLINGS = {
    Paint.PASTED: fillings.foreign,
    Paint.MOVED: fillings.from_beside,
    Paint.RECOLOURED: fillings.recoloured,
    Paint.REMOVED: fillings.removed,
    Paint.INKED: fillings.borrowed,
    Paint.WRITTEN: fillings.borrowed,
    Paint.CRACKED: fillings.crack,
    Paint.BANDED: fillings.filler,
    Paint.RETEXTURED: fillings.retextured,
    Paint.GLOWING: fillings.glow,
}
"""Others are filled with one colour."""


def paint(
    rng: np.random.Generator, scene: Surface, backgrounds: Backgrounds, sizes_px: tuple[float, float]
) -> tuple[Surface, NDArray[np.bool_], Paint] | None:
    """Change one place of a surface.

    Args:
        rng: Decides what, where and how.
        scene: Left as it is.
        backgrounds: Where foreign matter comes from.
        sizes_px: Smallest and largest side of a compact change; those in between
            are spread evenly by ratio.

    Returns:
        The changed surface, bool ``(H, W)`` of where it was changed, and how;
        ``None`` when the change would be too faint to see.
    """
    kind = KINDS[int(rng.integers(len(KINDS)))]
    if kind is Paint.RAISED and scene.height is None:
        kind = Paint.PASTED
    outline, filling = OUTLINES.get(kind), FILLINGS.get(kind, fillings.one_colour)
    shape = shapes.compact(rng, scene.size, sizes_px) if outline is None else outline(rng, scene.size)
    if not shape.any():
        return None
    box = _around(shape)
    alpha = shape[box].astype(np.float32) / np.float32(255)
    if chance(rng, 0.6):
        alpha = cast("NDArray[np.float32]", cv2.GaussianBlur(alpha, (3, 3), 0))
    inside = shape[box] > 0
    colour = scene.colour
    if kind is not Paint.RAISED or chance(rng, 0.5):
        before = scene.colour[box]
        source = filling(rng, Place(scene.colour, shape, box, backgrounds))
        after = before * (1 - alpha[..., None]) + source * alpha[..., None]
        apart = np.maximum.reduce(cv2.split(np.abs(after - before)))
        if kind is not Paint.RAISED and float(apart[inside].mean()) < FAINTEST:
            return None
        colour = scene.colour.copy()
        colour[box] = np.clip(after, 0, 255).astype(np.uint8)
    height = scene.height
    if height is not None and (kind is Paint.RAISED or chance(rng, 0.4)):
        height = height.copy()
        height[box] = _raised(rng, height[box], shape[box])
    where = np.zeros(scene.size, np.bool_)
    where[box] = inside
    return Surface(colour, height, scene.gloss), where, kind


def _around(shape: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the box that a change can reach, so that the rest need not be calculated."""
    left, top, width, height = cv2.boundingRect(shape)
    return (
        slice(max(0, top - REACH_PX), top + height + REACH_PX),
        slice(max(0, left - REACH_PX), left + width + REACH_PX),
    )


def _raised(
    rng: np.random.Generator, height: NDArray[np.float32], shape: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return the height of a place where something was put on, broken off, smoothed or pressed in."""
    deep = cv2.distanceTransform((shape > 0).astype(np.uint8), cv2.DIST_L2, 3)
    most = float(deep.max()) + 1e-6
    bulge = np.sqrt(np.clip(deep / most, 0, 1)) if chance(rng, 0.5) else np.clip(deep / 2, 0, 1)
    tall = np.float32(max(1.0, most) * log_uniform(rng, (0.2, 1.5)))
    if chance(rng, 0.3):
        smooth = np.asarray(cv2.blur(height, (9, 9)), np.float32)
        return np.where(shape > 0, smooth, height).astype(np.float32)
    sign = 1 if chance(rng, 0.6) else -1
    return (height + sign * tall * bulge).astype(np.float32)
