"""Small physical changes, painted with their exact masks."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.backgrounds import Backgrounds
    from edge.types import Pixels

FAINTEST = 10.0
"""Mean grey levels, over the shape, below which a change is not worth being seen."""

VISIBLE = 8.0
"""Grey levels from which a pixel of a change can be told from the scene."""

CLOSING = np.ones((5, 5), np.uint8)
NEAR = np.ones((3, 3), np.uint8)
INPAINT_MOST_PX = 900
"""Larger places are filled with a blur: inpainting them takes too long."""


class Paint(str, Enum):
    """How something changed."""

    PASTED = "pasted"
    FILLED = "filled"
    MOVED = "moved"
    RECOLOURED = "recoloured"
    REMOVED = "removed"
    SCRATCHED = "scratched"
    INKED = "inked"


KINDS = (
    Paint.PASTED,
    Paint.PASTED,
    Paint.FILLED,
    Paint.MOVED,
    Paint.RECOLOURED,
    Paint.REMOVED,
    Paint.SCRATCHED,
    Paint.INKED,
)


def paint(
    rng: np.random.Generator, scene: Pixels, backgrounds: Backgrounds, sizes_px: tuple[float, float]
) -> tuple[Pixels, NDArray[np.bool_], Paint] | None:
    """Change one place of a scene.

    Args:
        rng: Decides what, where and how.
        scene: RGB, uint8 ``(H, W, 3)``; left as it is.
        backgrounds: Where foreign matter comes from.
        sizes_px: Smallest and largest side of a change; those in between are
            spread evenly by ratio.

    Returns:
        The changed scene, bool ``(H, W)`` of the pixels that visibly changed,
        and how; ``None`` when the change would be too faint to see.
    """
    kind = KINDS[int(rng.integers(len(KINDS)))]
    shape = _line(rng, scene.shape[:2]) if kind is Paint.SCRATCHED else _shape(rng, scene.shape[:2], sizes_px)
    inside = shape > 0
    if not inside.any():
        return None
    box = _around(shape)
    before, inside = scene[box], inside[box]
    source = _source(rng, kind, scene, shape, backgrounds)[box]
    alpha = shape[box].astype(np.float32) / np.float32(255)
    if chance(rng, 0.6):
        alpha = cast("NDArray[np.float32]", cv2.GaussianBlur(alpha, (3, 3), 0))
    after = before * (1 - alpha[..., None]) + source * alpha[..., None]
    apart = cast("NDArray[np.float32]", np.maximum.reduce(cv2.split(np.abs(after - before))))
    if float(apart[inside].mean()) < FAINTEST:
        return None
    visible = cv2.dilate((apart > VISIBLE).astype(np.uint8), NEAR) & inside.astype(np.uint8)
    changed, mask = scene.copy(), np.zeros(scene.shape[:2], np.bool_)
    changed[box] = np.clip(after, 0, 255).astype(np.uint8)
    mask[box] = cv2.morphologyEx(visible, cv2.MORPH_CLOSE, CLOSING) > 0
    return changed, mask, kind


def _around(shape: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the box that a change can reach, so that the rest need not be calculated."""
    left, top, width, height = cv2.boundingRect(shape)
    margin = len(CLOSING)
    return (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )


def _source(  # noqa: PLR0911 - one return a kind
    rng: np.random.Generator, kind: Paint, scene: Pixels, shape: NDArray[np.uint8], backgrounds: Backgrounds
) -> NDArray[np.float32]:
    """Return what the place is filled with, float32 ``(H, W, 3)``."""
    rows, columns = scene.shape[:2]
    match kind:
        case Paint.PASTED:
            return backgrounds.surface(rng, rows, columns).astype(np.float32)
        case Paint.MOVED:
            down, right = (int(step) for step in rng.integers(-20, 21, 2))
            return np.roll(scene, (down, right), (0, 1)).astype(np.float32)
        case Paint.RECOLOURED:
            factor = rng.uniform(0.3, 0.75) if chance(rng, 0.5) else rng.uniform(1.3, 2.0)
            return np.clip(scene * np.float32(factor) + rng.uniform(-40, 40, 3), 0, 255).astype(np.float32)
        case Paint.REMOVED:
            if int(np.count_nonzero(shape)) > INPAINT_MOST_PX:
                return cv2.blur(scene, (15, 15)).astype(np.float32)
            return cv2.inpaint(scene, cv2.dilate(shape, NEAR), 3, cv2.INPAINT_TELEA).astype(np.float32)
        case Paint.INKED:
            # The scene's own colours: what is missing or spilled in a print is made of them.
            row, column = int(rng.integers(rows)), int(rng.integers(columns))
            return np.broadcast_to(scene[row, column].astype(np.float32), scene.shape)
        case _:
            colour = rng.integers(0, 256, 3).astype(np.float32)
            return np.broadcast_to(colour, scene.shape)


def _shape(
    rng: np.random.Generator, size: tuple[int, ...], sizes_px: tuple[float, float]
) -> NDArray[np.uint8]:
    """Return an ellipse, a box or a polygon, 255 inside, uint8 ``(H, W)``."""
    mask = np.zeros(size, np.uint8)
    side = float(np.exp(rng.uniform(*np.log(sizes_px))))
    column, row = int(rng.integers(size[1])), int(rng.integers(size[0]))
    slim, turned = float(rng.uniform(0.25, 1)), float(rng.uniform(0, 180))
    match int(rng.integers(0, 3)):
        case 0:
            axes = (max(1, int(side / 2)), max(1, int(side / 2 * slim)))
            cv2.ellipse(mask, (column, row), axes, turned, 0, 360, 255, -1)
        case 1:
            corners = cv2.boxPoints(((column, row), (max(2.0, side), max(2.0, side * slim)), turned))
            cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255)
        case _:
            angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 9))))
            radius = side / 2 * rng.uniform(0.4, 1, len(angle))
            corners = np.stack([column + radius * np.cos(angle), row + radius * np.sin(angle)], 1)
            cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255)
    return mask


def _line(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return a scratch or crack: a thin line that wanders, 255 inside, uint8 ``(H, W)``."""
    mask = np.zeros(size, np.uint8)
    start = rng.uniform(0, [size[1], size[0]])
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.5, int(rng.integers(2, 10))))
    steps = np.stack([np.cos(heading), np.sin(heading)], 1) * rng.uniform(3, 16)
    points = np.round(np.cumsum(np.concatenate([[start], steps]), 0)).astype(np.int32)
    cv2.polylines(mask, [points], isClosed=False, color=255, thickness=int(rng.integers(1, 4)))
    return mask
