"""What differs between two pictures although nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance, log_uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

LARGEST_SHIFT_PX = 2.5
"""How far a whole picture is moved at most, down and across."""

SOFT, DEFOCUSED, SHAKEN = 0.35, 0.07, 0.08
"""Shares of the pictures that are blurred, and how."""

LARGEST_MOTION_PX = 4.0
"""How far any pixel is moved at most, by all that registration may leave."""

WARMEST = 0.12
"""How far red goes up and blue down at most, as a logarithm: what is left after a device has
brought both pictures into one white balance (``edge.vision.balance``)."""

EXPOSED = (0.12, 0.78)
"""Between what a picture is bright on average, from black to white."""

MOST_GAIN = 4.0
"""How many times brighter a camera shows what is too dark."""

BENDING_PX = (0.2, 0.9)
"""How far registration lets a view be bent."""

PARALLAX_PX = 3.0
"""How far the highest place of a scene may move against the lowest."""


def misaligned(
    rng: np.random.Generator,
    image: Pixels,
    height: NDArray[np.float32] | None = None,
    *,
    bending_px: tuple[float, float] = BENDING_PX,
) -> Pixels:
    """Move a picture by what registration leaves: a small motion, a smooth bending, and parallax.

    Args:
        rng: Decides how far.
        image: RGB, uint8 ``(H, W, 3)``.
        height: Of what is seen, in pixels, float32 ``(H, W)``: what is high moves
            farther; ``None`` for flat.
        bending_px: Least and largest standard deviation of the bending.
    """
    rows, columns = image.shape[:2]
    turn = float(np.clip(rng.normal(0, 0.25), -0.7, 0.7))
    motion = cv2.getRotationMatrix2D((columns / 2, rows / 2), turn, float(1 + rng.normal(0, 0.003)))
    motion[:, 2] += np.clip(rng.normal(0, 0.9, 2), -LARGEST_SHIFT_PX, LARGEST_SHIFT_PX)
    across, down = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    place = np.dstack([across, down])
    moves = np.asarray(cv2.transform(place, motion), np.float32) - place
    if chance(rng, 0.4):
        bend = rng.normal(0, rng.uniform(*bending_px), (int(rng.integers(3, 7)), int(rng.integers(3, 7)), 2))
        full = cv2.resize(bend.astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        moves = moves + np.asarray(full, np.float32)
    if height is not None and chance(rng, 0.5):
        level = (height - height.mean()) / np.float32(max(4.0, float(np.ptp(height))))
        moves = moves + level[..., None] * rng.uniform(-PARALLAX_PX, PARALLAX_PX, 2).astype(np.float32)
    source = place + np.clip(moves, -LARGEST_MOTION_PX, LARGEST_MOTION_PX)
    smooth = cv2.INTER_CUBIC if chance(rng, 0.3) else cv2.INTER_LINEAR
    moved = cv2.remap(image, source[..., 0], source[..., 1], smooth, borderMode=cv2.BORDER_REFLECT)
    return cast("Pixels", moved)


def exposed(rng: np.random.Generator, scene: Pixels, *, harsh: bool) -> Pixels:
    """Take a picture of a scene: light, optics, sensor, compression.

    Args:
        rng: Decides all of it.
        scene: RGB, uint8 ``(H, W, 3)``.
        harsh: Whether gamma, uneven light and shadows come too.
    """
    curve = np.arange(256, dtype=np.float32)[:, None] / np.float32(255)
    if harsh and chance(rng, 0.8):
        curve = np.power(curve, np.float32(rng.uniform(0.75, 1.33)))
    if chance(rng, 0.8):
        curve = curve * np.float32(rng.uniform(0.65, 1.35))
        # What is dark is not pressed into black: nothing would be left of it.
        darkest = -0.5 * float(curve[scene].mean())
        curve = np.maximum(curve + np.float32(max(rng.uniform(-0.08, 0.08), darkest)), 0)
    if chance(rng, 0.4):
        curve = curve * _tint(rng)
    tables = np.ascontiguousarray(np.broadcast_to(curve, (256, 3)))
    light = np.asarray(cv2.LUT(scene, tables[None]), np.float32)
    if harsh and chance(rng, 0.5):
        light = light * _uneven(rng, light.shape[:2])[..., None]
    while harsh and chance(rng, 0.3):
        light = light * (1 - _shadow(rng, light.shape[:2])[..., None])
    if harsh and chance(rng, 0.1):
        light = np.add(light, _glare(rng, light.shape[:2])[..., None])
    # A camera sees to it that its picture is not black, and not white.
    mean = float(light.mean()) + 1e-6
    light = _blurred(rng, light * np.float32(min(np.clip(mean, *EXPOSED) / mean, MOST_GAIN)))
    grain = np.float32(rng.uniform(0.002, 0.03))
    light = light + rng.standard_normal(light.shape, np.float32) * grain
    return compressed(rng, np.clip(light * 255, 0, 255).astype(np.uint8))


def tones(scene: Pixels) -> tuple[float, float]:
    """Return the darkest and the lightest grey level of a print."""
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    return float(grey.min()), float(grey.max())


def binarised(rng: np.random.Generator, scene: Pixels, ink: tuple[float, float]) -> Pixels:
    """Scan a scene in black and white: edges come out a little different each time.

    Args:
        rng: Decides how.
        scene: RGB, uint8 ``(H, W, 3)``.
        ink: ``tones`` of the print, which the scanner was set to.
    """
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY).astype(np.float32)
    contrast = ink[1] - ink[0]
    grain = np.asarray(rng.normal(0, contrast * rng.uniform(0.02, 0.25), grey.shape), np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.6, 1.6)))
    soft = cv2.add(soft, cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.8, 2.0))))
    white = soft > (ink[0] + ink[1]) / 2 + contrast * rng.uniform(-0.1, 0.1)
    image = np.where(white[..., None], np.full(3, 255, np.uint8), np.zeros(3, np.uint8))
    return compressed(rng, cast("Pixels", image))


def apart_in_black_and_white(scene: Pixels, changed: Pixels, ink: tuple[float, float]) -> NDArray[np.bool_]:
    """Return where a change can still be told after both were scanned, bool ``(H, W)``."""
    grey, other = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) for image in (scene, changed))
    middle = (ink[0] + ink[1]) / 2
    apart = (grey > middle) != (other > middle)
    return cv2.dilate(apart.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def compressed(rng: np.random.Generator, image: Pixels) -> Pixels:
    """Send half of the pictures through JPEG."""
    if chance(rng, 0.5):
        return image
    return through_jpeg(image, int(rng.integers(35, 96)))


def through_jpeg(image: Pixels, quality: int) -> Pixels:
    """Return what JPEG of a quality from 0 to 100 leaves of a picture."""
    _, stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cast("Pixels", cv2.imdecode(stored, cv2.IMREAD_COLOR))


def _blurred(rng: np.random.Generator, light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blur as optics do, seldom as a lens out of focus or a camera that shakes."""
    dice = rng.random()
    if dice < SOFT:
        return np.asarray(cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.1))), np.float32)
    if dice < SOFT + DEFOCUSED:
        return np.asarray(cv2.GaussianBlur(light, (0, 0), float(rng.uniform(1.1, 2.2))), np.float32)
    if dice < SOFT + DEFOCUSED + SHAKEN:
        length = int(rng.integers(3, 12)) | 1
        way = np.zeros((length, length), np.float32)
        turn, half = rng.uniform(0, np.pi), length // 2
        step = (round(half * np.cos(turn)), round(half * np.sin(turn)))
        cv2.line(way, (half - step[0], half - step[1]), (half + step[0], half + step[1]), 1.0)
        return np.asarray(cv2.filter2D(light, -1, way / way.sum(), borderType=cv2.BORDER_REFLECT), np.float32)
    return light


def _tint(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return what another lamp or white balance makes of red, green and blue, float32 ``(1, 3)``."""
    warmth = rng.uniform(-WARMEST, WARMEST) if chance(rng, 0.5) else 0.0
    return np.asarray(np.exp([warmth, 0.0, -warmth]) * rng.uniform(0.88, 1.12, (1, 3)), np.float32)


def _uneven(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float32]:
    coarse = rng.uniform(0.65, 1.35, (int(rng.integers(2, 5)), int(rng.integers(2, 5)))).astype(np.float32)
    return cast("NDArray[np.float32]", cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC))


def _shadow(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float32]:
    shadow = np.zeros(size, np.float32)
    corners = (rng.uniform(-0.3, 1.3, (4, 2)) * [size[1], size[0]]).astype(np.int32)
    cv2.fillConvexPoly(shadow, cv2.convexHull(corners), 1.0)
    soft = cv2.GaussianBlur(shadow, (0, 0), log_uniform(rng, (0.7, 10.0)))
    return cast("NDArray[np.float32]", soft * np.float32(rng.uniform(0.1, 0.6)))


def _glare(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float32]:
    across, down = np.meshgrid(np.arange(size[1]), np.arange(size[0]))
    row, column, wide = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(12, 60)
    bright = np.exp(-((across - column) ** 2 + (down - row) ** 2) / (2 * wide**2))
    return (bright * rng.uniform(0.05, 0.4)).astype(np.float32)
