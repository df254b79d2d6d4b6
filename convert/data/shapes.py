"""Outlines of changes: compact ones, thin lines, bands along a line, writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data.chance import chance, log_uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LETTERS = (48, 91)
"""Range of character codes that are written."""


def compact(
    rng: np.random.Generator, size: tuple[int, int], sizes_px: tuple[float, float]
) -> NDArray[np.uint8]:
    """Return an ellipse, a box, a polygon or a blot, 255 inside, uint8 ``(H, W)``.

    Args:
        rng: Decides which, and where.
        size: ``(H, W)``.
        sizes_px: Smallest and largest side; those in between are spread evenly by ratio.
    """
    mask = np.zeros(size, np.uint8)
    side = log_uniform(rng, sizes_px)
    column, row = int(rng.integers(size[1])), int(rng.integers(size[0]))
    slim, turned = float(rng.uniform(0.25, 1)), float(rng.uniform(0, 180))
    match int(rng.integers(0, 4)):
        case 0:
            axes = (max(1, int(side / 2)), max(1, int(side / 2 * slim)))
            cv2.ellipse(mask, (column, row), axes, turned, 0, 360, 255, -1)
        case 1:
            corners = cv2.boxPoints(((column, row), (max(2.0, side), max(2.0, side * slim)), turned))
            cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255)
        case 2:
            angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 9))))
            radius = side / 2 * rng.uniform(0.4, 1, len(angle))
            _filled(mask, column + radius * np.cos(angle), row + radius * np.sin(angle))
        case _:
            angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
            wave = sum(rng.normal(0, 0.3 / k) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(1, 6))
            radius = side / 2 * np.clip(0.8 + wave, 0.2, 1)
            _filled(mask, column + radius * np.cos(angle), row + radius * np.sin(angle) * slim)
    return mask


def line(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a scratch: a thin line that wanders, 255 inside, uint8 ``(H, W)``."""
    start = rng.uniform(0, [size[1], size[0]])
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.5, int(rng.integers(2, 10))))
    return _drawn(size, _walk(start, heading, float(rng.uniform(3, 16))), int(rng.integers(1, 4)))


def crack(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a crack: long, 1 to 3 px wide, ragged, sometimes forked, uint8 ``(H, W)``.

    Its edge is soft: what is narrower than a pixel is grey.
    """
    mask = _drawn(size, ragged(rng, size), int(rng.integers(1, 4)))
    while chance(rng, 0.3):
        mask = np.maximum(mask, _drawn(size, ragged(rng, size), 1))
    return mask


def band(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a band of 4 to 24 px along a ragged line, as filler or tape leaves it, uint8 ``(H, W)``."""
    return _drawn(size, ragged(rng, size), int(rng.integers(4, 25)))


def writing(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return one to six characters, 255 inside, uint8 ``(H, W)``."""
    mask = np.zeros(size, np.uint8)
    words = "".join(chr(code) for code in rng.integers(*LETTERS, int(rng.integers(1, 7))))
    at = (int(rng.integers(-10, size[1])), int(rng.integers(8, size[0] + 8)))
    scale, bold = float(rng.uniform(0.3, 1.5)), int(rng.integers(1, 4))
    cv2.putText(mask, words, at, int(rng.integers(0, 8)), scale, 255, bold, cv2.LINE_AA)
    return mask


def word_in_the_middle(
    rng: np.random.Generator, canvas: NDArray[np.uint8], ink: Sequence[int], *, share: float
) -> NDArray[np.uint8]:
    """Write one to three characters over the middle of a square canvas, in place, and return it.

    Args:
        rng: Decides what, and in which hand.
        canvas: uint8 ``(S, S)`` or ``(S, S, 3)``.
        ink: A level for each channel.
        share: Share of the side that the longer side of the word takes.
    """
    side = canvas.shape[0]
    word = "".join(chr(code) for code in rng.integers(*LETTERS, int(rng.integers(1, 4))))
    font, bold = int(rng.integers(0, 5)), int(rng.integers(1, 3))
    (wide, tall), _ = cv2.getTextSize(word, font, 1.0, bold)
    scale = share * side / max(wide, tall)
    at = (int((side - wide * scale) / 2), int((side + tall * scale) / 2))
    cv2.putText(canvas, word, at, font, scale, ink, bold, cv2.LINE_AA)
    return canvas


def ragged(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the points of a long line that wanders slowly and trembles, ``(N, 2)``."""
    count = int(rng.integers(6, 40))
    slow = np.cumsum(rng.normal(0, rng.uniform(0.02, 0.2), count))
    heading = rng.uniform(0, 2 * np.pi) + slow + rng.normal(0, rng.uniform(0.05, 0.5), count)
    return _walk(rng.uniform(0, [size[1], size[0]]), heading, float(rng.uniform(3, 9)))


def _walk(start: NDArray[np.float64], heading: NDArray[np.float64], stride_px: float) -> NDArray[np.float64]:
    steps = np.stack([np.cos(heading), np.sin(heading)], 1) * stride_px
    return np.cumsum(np.concatenate([[start], steps]), 0)


def _drawn(size: tuple[int, int], points: NDArray[np.float64], wide_px: int) -> NDArray[np.uint8]:
    mask = np.zeros(size, np.uint8)
    cv2.polylines(mask, [np.round(points * 8).astype(np.int32)], False, 255, wide_px, cv2.LINE_AA, shift=3)  # noqa: FBT003 - OpenCV's hints lack the name
    return mask


def _filled(mask: NDArray[np.uint8], columns: NDArray[np.float64], rows: NDArray[np.float64]) -> None:
    cv2.fillPoly(mask, [np.round(np.stack([columns, rows], 1)).astype(np.int32)], 255)
