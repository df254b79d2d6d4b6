"""Procedural surfaces: something to look at where there is no photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

CIRCUIT_SHARE = 0.75
"""Share of prints that show conductors; the others show writing."""

PRINTABLE = (33, 120)
"""Range of character codes that are drawn as writing."""


def noise(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return clouds, plaster, cloth or tiles: noise of several sizes, summed."""
    total = np.zeros((height, width, 3), np.float32)
    for _ in range(rng.integers(2, 6)):
        cell = 2 ** int(rng.integers(1, 7))
        rough = rng.normal(size=(height // cell + 2, width // cell + 2, 3)).astype(np.float32)
        if chance(rng, 0.5):
            rough = np.repeat(rough.mean(2, keepdims=True), 3, 2) * np.float32(1.5)
        smooth = int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        total += cv2.resize(rough, (width, height), interpolation=smooth) * rng.uniform(0.2, 1)
    colour = rng.uniform(40, 210, 3)
    return cast("Pixels", np.clip(total * rng.uniform(10, 50) + colour, 0, 255).astype(np.uint8))


def patches(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return fields of few, mostly muted colours with a little grain: walls, casings, paint, floors."""
    count = int(rng.integers(1, 9))
    seeds = rng.uniform(0, [width, height], (count, 2)).astype(np.float32)
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    tremble = rng.normal(0, rng.uniform(0.2, 4), (height // 8 + 2, width // 8 + 2, 2)).astype(np.float32)
    tremble = np.asarray(cv2.resize(tremble, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    gaps = np.stack([across + tremble[..., 0], down + tremble[..., 1]])[None] - seeds[:, :, None, None]
    square = chance(rng, 0.4)
    nearest = (np.abs(gaps).max(1) if square else np.hypot(gaps[:, 0], gaps[:, 1])).argmin(0)
    bright = rng.uniform(20, 240, (count, 1))
    colours = bright + rng.normal(0, rng.uniform(0, 45), (count, 3))
    image = colours[nearest] + rng.normal(0, rng.uniform(0, 5), (height, width, 1))
    if chance(rng, 0.5):
        image = image + _stains(rng, height, width)
    return cast("Pixels", np.clip(image, 0, 255).astype(np.uint8))


def drawing(rng: np.random.Generator, canvas: Pixels, shapes: int) -> Pixels:
    """Draw circles, boxes, lines, writing and polygons onto a canvas, in place."""
    for _ in range(shapes):
        _draw_one(rng, canvas)
    return canvas


def circuit(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return printed conductors: pads, and tracks that run in steps of 45 degrees."""
    ink, paper = (np.sort(rng.integers(0, 256, 2)) if chance(rng, 0.5) else np.array([0, 255])).tolist()
    if chance(rng, 0.5):
        ink, paper = paper, ink
    image = np.full((height, width), paper, np.uint8)
    pitch, thick = int(rng.integers(10, 40)), int(rng.integers(2, 12))
    for _ in range(rng.integers(4, 22)):
        point = rng.integers(0, [width, height]) // pitch * pitch
        turn = int(rng.integers(0, 8))
        for _ in range(rng.integers(1, 6)):
            angle = turn * np.pi / 4
            step = np.array([np.cos(angle), np.sin(angle)]) * rng.integers(1, 8) * pitch
            after = (point + step).astype(int)
            cv2.line(image, _xy(point), _xy(after), ink, thick)
            point, turn = after, turn + int(rng.integers(-1, 2))
        pad = int(rng.integers(thick, 3 * thick + 4))
        cv2.circle(image, _xy(point), pad, ink, -1)
        if chance(rng, 0.6):
            cv2.circle(image, _xy(point), max(1, pad // 2), paper, -1)
    if chance(rng, 0.3):
        corner = rng.integers(0, [width, height])
        cv2.rectangle(image, _xy(corner), _xy(corner + rng.integers(10, 80, 2)), ink, -1)
    return cast("Pixels", np.repeat(image[..., None], 3, 2))


def page(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return rows of writing, as on a label, a dial or a sheet of paper."""
    paper, ink = rng.integers(120, 256, 3), rng.integers(0, 110, 3)
    if chance(rng, 0.3):
        paper, ink = ink, paper
    image = np.empty((height, width, 3), np.uint8)
    image[:] = paper
    size = float(rng.uniform(0.3, 1.2))
    font, bold = int(rng.integers(0, 8)), int(rng.integers(1, 3))
    for base in range(int(rng.integers(8, 30)), height + 20, int(26 * size) + int(rng.integers(2, 12))):
        words = "".join(chr(code) for code in rng.integers(*PRINTABLE, int(rng.integers(3, 60))))
        left = int(rng.integers(-20, width // 3))
        cv2.putText(image, words, (left, base), font, size, _ink(ink), bold, cv2.LINE_AA)
    return cast("Pixels", image)


def printed(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return a print in two tones: what can be scanned in black and white and look the same twice.

    A photograph cannot: in its half-tones a little noise turns whole textures over.
    """
    return circuit(rng, height, width) if chance(rng, CIRCUIT_SHARE) else page(rng, height, width)


def _stains(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    cell = 2 ** int(rng.integers(1, 5))
    rough = rng.normal(0, rng.uniform(2, 16), (height // cell + 2, width // cell + 2)).astype(np.float32)
    full = np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    return full[..., None]


def _draw_one(rng: np.random.Generator, canvas: Pixels) -> None:
    height, width = canvas.shape[:2]
    colour = _ink(rng.integers(0, 256, 3))
    at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
    side = int(rng.integers(3, 60))
    line = int(rng.choice([-1, -1, 1, 2, 3]))
    match int(rng.integers(0, 5)):
        case 0:
            cv2.circle(canvas, at, side // 2 + 1, colour, line, cv2.LINE_AA)
        case 1:
            cv2.rectangle(canvas, at, (at[0] + int(rng.integers(3, 60)), at[1] + side), colour, line)
        case 2:
            end = (int(rng.integers(0, width)), int(rng.integers(0, height)))
            cv2.line(canvas, at, end, colour, int(rng.integers(1, 6)), cv2.LINE_AA)
        case 3:
            words = "".join(chr(code) for code in rng.integers(*PRINTABLE, int(rng.integers(1, 8))))
            size, bold = float(rng.uniform(0.3, 1.5)), int(rng.integers(1, 3))
            cv2.putText(canvas, words, at, int(rng.integers(0, 7)), size, colour, bold, cv2.LINE_AA)
        case _:
            corners = np.array(at) + rng.integers(-side, side + 1, (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(canvas, [corners.astype(np.int32)], colour, cv2.LINE_AA)


def _ink(colour: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, ...]:
    return tuple(int(value) for value in colour)


def _xy(point: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, int]:
    return int(point[0]), int(point[1])
