"""Relighting of relief: the same geometry under two lights is no change.

A surface with height casts other shading when the lamp moves. Real surfaces do
so everywhere at once, in patterns as small as the changes we look for: the
hardest false alarm there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels


HEIGHTS, ROUND = (0.35, 1.4), (0.0, 2 * np.pi)
"""Where lamps hang: elevation and azimuth, in radians."""

SHARP = (10.0, 60.0)
"""Exponents of highlights, from satin to lacquer."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A distant lamp.

    Attributes:
        elevation: Above the surface, in radians.
        azimuth: Around it, in radians.
        ambient: Share of the light that comes from everywhere, in ``[0, 1]``.
        gloss: Strength of the highlight, in ``[0, 1]``.
        sharpness: Exponent of the highlight.
    """

    elevation: float
    azimuth: float
    ambient: float
    gloss: float
    sharpness: float


def relit(rng: np.random.Generator, reference: Pixels, current: Pixels) -> tuple[Pixels, Pixels]:
    """Give both pictures the same relief, and each a lamp of its own.

    Args:
        rng: Decides the relief and the lamps.
        reference: RGB, uint8 ``(H, W, 3)``.
        current: The same size.
    """
    height = _height(rng, *reference.shape[:2])
    steepness = float(np.abs(_slope(height, 1, 0)).mean()) + 1e-6
    height *= np.float32(rng.uniform(0.2, 1.3) / steepness * 0.5)
    if chance(rng, 0.5):
        # What is painted on a surface is often also carved into it.
        grey = cv2.cvtColor(reference, cv2.COLOR_RGB2GRAY).astype(np.float32)
        height += cv2.GaussianBlur(grey, (0, 0), 1) / np.float32(255) * np.float32(rng.uniform(-6, 6))
    gloss = float(rng.uniform(0, 0.35)) if chance(rng, 0.4) else 0.0
    ambient = float(rng.uniform(0.15, 0.7))

    def lit(image: Pixels) -> Pixels:
        elevation, azimuth, sharpness = (float(rng.uniform(*span)) for span in (HEIGHTS, ROUND, SHARP))
        lamp = Lamp(elevation, azimuth, ambient, gloss, sharpness)
        shading, highlight = _shade(height, lamp)
        return cast("Pixels", np.clip(image * shading + highlight, 0, 255).astype(np.uint8))

    return lit(reference), lit(current)


def _height(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    total = np.zeros((rows, columns), np.float32)
    for _ in range(rng.integers(2, 6)):
        cell = 2 ** int(rng.integers(1, 6))
        rough = rng.normal(size=(rows // cell + 3, columns // cell + 3)).astype(np.float32)
        total += cv2.resize(rough, (columns, rows), interpolation=cv2.INTER_CUBIC) * np.float32(
            cell * rng.uniform(0.1, 1)
        )
    return cast("NDArray[np.float32]", cv2.GaussianBlur(total, (0, 0), float(rng.uniform(0.6, 2))))


def _slope(height: NDArray[np.float32], across: int, down: int) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", cv2.Sobel(height, cv2.CV_32F, across, down, scale=1 / 8))


def _shade(height: NDArray[np.float32], lamp: Lamp) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the factor ``(H, W, 1)`` of diffuse light, and the highlight to add, in grey levels.

    Source: the model of Blinn 1977, "Models of light reflection for computer
    synthesized pictures".
    """
    across, down = -_slope(height, 1, 0), -_slope(height, 0, 1)
    shortened = 1 / np.sqrt(across**2 + down**2 + 1)
    low, high = np.cos(lamp.elevation), np.sin(lamp.elevation)
    towards = np.array([low * np.cos(lamp.azimuth), low * np.sin(lamp.azimuth), high], np.float32)
    halfway = towards + np.array([0, 0, 1], np.float32)
    halfway /= np.linalg.norm(halfway)

    def facing(direction: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y, z = direction
        return cast("NDArray[np.float32]", np.clip((across * x + down * y + z) * shortened, 0, 1))

    diffuse, highlight = facing(towards), np.zeros_like(height)
    if lamp.gloss > 0:
        highlight = facing(halfway) ** np.float32(lamp.sharpness) * np.float32(255 * lamp.gloss)
    # A flat piece keeps its brightness, so that lamps differ in pattern more than in level.
    factor = lamp.ambient + (1 - lamp.ambient) * diffuse / max(float(high), 0.34)
    return factor[..., None].astype(np.float32), highlight[..., None].astype(np.float32)
