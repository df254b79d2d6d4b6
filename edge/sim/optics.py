"""What a camera's optics make of a lit scene: infrared, a bump, fog, a hand before the lens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from edge.types import Pixels

INFRARED_SHARES = np.array([[0.85, 0.35, -0.2]], np.float32)
"""What a sensor without its infrared filter makes of red, green and blue dyes: many
of them are bright in infrared, and some that differ in colour look alike."""

INFRARED_GAMMA = 0.8
LAMP_FALLS_BY = 0.45
"""Share of the light that an infrared lamp beside the lens loses towards the corners."""

PALM = np.array([58, 40, 34], np.float32)
"""Colour of a hand that lies on the lens."""


@dataclass(frozen=True, slots=True)
class Bump:
    """How the camera has been moved.

    Attributes:
        across_px: Columns by which the view has moved.
        down_px: Rows.
        degrees: How far it was turned about its axis.
        zoom: How much larger things look.
    """

    across_px: float = 0.0
    down_px: float = 0.0
    degrees: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Fog:
    """What is on the lens.

    Attributes:
        blur_px: Standard deviation of its blur, in pixels.
        veil: Share of the light that it scatters over the whole picture.
    """

    blur_px: float = 0.0
    veil: float = 0.0


def in_infrared(pixels: Pixels) -> Pixels:
    """Show a scene as a night camera does: grey, with other contrasts, lit from beside the lens."""
    height, width = pixels.shape[:2]
    grey = cv2.transform(pixels.astype(np.float32), INFRARED_SHARES)
    level = 255.0 * (np.clip(grey, 0.0, 255.0) / 255.0) ** INFRARED_GAMMA
    rows = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
    columns = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :]
    lamp = 1.0 - LAMP_FALLS_BY * 2.0 * (rows**2 + columns**2)
    seen = np.clip(np.rint(level * lamp), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([seen] * 3), np.uint8)


def bumped(pixels: Pixels, bump: Bump) -> Pixels:
    """Show a scene to a camera that was moved; what it did not look at before is mirrored."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), bump.degrees, bump.zoom)
    matrix[:, 2] += np.array([bump.across_px, bump.down_px])
    moved = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


def fogged(pixels: Pixels, fog: Fog) -> Pixels:
    """Show a scene through something on the lens."""
    soft = cv2.GaussianBlur(pixels, (0, 0), fog.blur_px) if fog.blur_px > 0 else pixels
    veil = np.full_like(soft, np.asarray(soft.reshape(-1, 3).mean(axis=0), np.uint8))
    return np.asarray(cv2.addWeighted(soft, 1.0 - fog.veil, veil, fog.veil, 0.0), np.uint8)


def palm(height: int, width: int) -> Pixels:
    """Return what a hand on the lens looks like: dark, reddish, without any detail."""
    across = np.linspace(0.7, 1.3, width, dtype=np.float32)[None, :, None]
    soft = np.clip(PALM * across * np.ones((height, 1, 1), np.float32), 0, 255)
    return np.ascontiguousarray(np.rint(soft).astype(np.uint8))
