"""Relief under lamps: shading, cast shadows and highlights of a surface with height.

A surface with height looks different when the lamp moves, in patterns as small
as the changes we look for: the hardest false alarm there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance, log_uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.surface import Surface
    from edge.types import Pixels

HEIGHTS, ROUND = (0.3, 1.4), (0.0, 2 * np.pi)
"""Where lamps hang: elevation and azimuth, in radians."""

SHARP = (6.0, 60.0)
"""Exponents of highlights, from satin to lacquer."""

SHADOW_PX = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 31, 39, 48, 60)
"""How far from a pixel something is looked for that stands in its light."""

LEAST_FACING = 0.34
"""A flat piece is not lit brighter than this lets it, however low the lamp."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A distant lamp, and the light from everywhere else.

    Attributes:
        elevation: Above the surface, in radians.
        azimuth: Around it, in radians.
        ambient: Share of the light that comes from everywhere, in ``[0, 1]``.
        sharpness: Exponent of its highlights.
        softness: Pixels of height over which its shadows fade.
    """

    elevation: float
    azimuth: float
    ambient: float
    sharpness: float
    softness: float


def lamp(rng: np.random.Generator) -> Lamp:
    """Hang a lamp somewhere; now and then the light comes from nearly everywhere."""
    ambient = rng.uniform(0.7, 0.97) if chance(rng, 0.2) else rng.uniform(0.1, 0.7)
    elevation, azimuth, sharpness = (float(rng.uniform(*span)) for span in (HEIGHTS, ROUND, SHARP))
    return Lamp(elevation, azimuth, float(ambient), sharpness, float(rng.uniform(0.3, 3.0)))


def rough(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    """Return an uneven ground: plaster, bark, cloth or stone, float32 ``(rows, columns)``, in pixels."""
    total = np.zeros((rows, columns), np.float32)
    for _ in range(rng.integers(1, 6)):
        cell = 2 ** int(rng.integers(1, 6))
        noise = rng.normal(size=(rows // cell + 3, columns // cell + 3)).astype(np.float32)
        if chance(rng, 0.25):
            # Strokes of a brush, planks, threads.
            size = (columns // cell // 6 + 2, rows // cell + 3)
            noise = np.asarray(cv2.resize(noise, size, interpolation=cv2.INTER_AREA), np.float32)
        total += cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_CUBIC) * np.float32(
            cell * rng.uniform(0.1, 1)
        )
    total = np.asarray(cv2.GaussianBlur(total, (0, 0), float(rng.uniform(0.6, 2))), np.float32)
    if chance(rng, 0.3):
        # Pits and scales: what is worn away stops at a layer.
        total = np.maximum(total, np.float32(np.quantile(total, rng.uniform(0.2, 0.7))))
    steepness = float(np.abs(_slope(total, 1, 0)).mean()) + 1e-6
    return np.asarray(total * np.float32(log_uniform(rng, (0.08, 0.7)) / steepness), np.float32)


def lit(surface: Surface, by: Lamp) -> Pixels:
    """Return how a surface looks under a lamp, RGB, uint8 ``(H, W, 3)``; flat ones as they are.

    Source: the model of Blinn 1977, "Models of light reflection for computer
    synthesized pictures".
    """
    if surface.height is None:
        return surface.colour
    height = surface.height
    across, down = -_slope(height, 1, 0), -_slope(height, 0, 1)
    shortened = 1 / np.sqrt(across**2 + down**2 + 1)
    low, high = np.cos(by.elevation), np.sin(by.elevation)
    towards = np.array([low * np.cos(by.azimuth), low * np.sin(by.azimuth), high], np.float32)

    def facing(direction: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y, z = direction
        return cast("NDArray[np.float32]", np.clip((across * x + down * y + z) * shortened, 0, 1))

    reached = 1 - _shadow(height, by)
    diffuse = facing(towards) * reached
    # A flat piece keeps its brightness, so that lamps differ in pattern more than in level.
    factor = by.ambient + (1 - by.ambient) * diffuse / max(float(high), LEAST_FACING)
    image = np.asarray(surface.colour * factor[..., None].astype(np.float32), np.float32)
    if surface.gloss is not None:
        halfway = towards + np.array([0, 0, 1], np.float32)
        halfway /= np.linalg.norm(halfway)
        shine = facing(halfway) ** np.float32(by.sharpness) * reached * surface.gloss
        image = image + np.float32(255 * (1 - by.ambient)) * shine[..., None].astype(np.float32)
    return cast("Pixels", np.clip(image, 0, 255).astype(np.uint8))


def _shadow(height: NDArray[np.float32], by: Lamp) -> NDArray[np.float32]:
    """Return how far each pixel lies in the shadow of others, in ``[0, 1]``."""
    rows, columns = height.shape
    across, down, rise = np.cos(by.azimuth), np.sin(by.azimuth), np.tan(by.elevation)
    highest = float(height.max() - height.min())
    above = np.full_like(height, -np.inf)
    for far in SHADOW_PX:
        if far * rise > highest:
            break
        x, y = round(far * across), round(far * down)
        if abs(x) >= columns or abs(y) >= rows:
            break
        there = np.s_[max(0, y) : rows + min(0, y), max(0, x) : columns + min(0, x)]
        here = np.s_[max(0, -y) : rows + min(0, -y), max(0, -x) : columns + min(0, -x)]
        np.maximum(above[here], height[there] - np.float32(far * rise), out=above[here])
    dark = np.clip((above - height) / np.float32(by.softness), 0, 1)
    return cast("NDArray[np.float32]", cv2.GaussianBlur(dark, (3, 3), 0))


def _slope(height: NDArray[np.float32], across: int, down: int) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", cv2.Sobel(height, cv2.CV_32F, across, down, scale=1 / 8))
