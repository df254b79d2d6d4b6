"""Pictures of what was missed and of what nobody inserted, cut out for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.drawing import heat, outlined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Box, Frame, Look, Pixels, Reference

AROUND_PX = 32
"""Surroundings of a place that are shown."""

TILE_PX = 144
"""Side of each picture; a place is shown before, now, and as the scores saw it."""

MOST_OF_A_KIND = 12
MOST_STRAYS = 240
COLUMNS = 3
LINE_PX = 16
FONT, INK, SCALE = cv2.FONT_HERSHEY_SIMPLEX, (255, 255, 255), 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One place.

    Attributes:
        title: What it shows, in a few words.
        pixels: Before, now and heat side by side, RGB, uint8.
    """

    title: str
    pixels: Pixels


class Album:
    """Keeps pictures, a bounded number of each kind."""

    def __init__(self) -> None:
        self.misses: list[Snapshot] = []
        self.strays: list[Snapshot] = []
        self._kinds: Counter[str] = Counter()

    def miss(self, kind: str, title: str, box: Box, frame: Frame, look: Look, reference: Reference) -> None:  # noqa: PLR0913, PLR0917 - a picture shows all of these
        """Keep a patch that was not told, unless there are enough of its kind."""
        self._kinds[kind] += 1
        if self._kinds[kind] <= MOST_OF_A_KIND:
            self.misses.append(Snapshot(title, _three(box, frame, look, reference, framed=False)))

    def stray(self, title: str, box: Box, frame: Frame, look: Look, reference: Reference) -> int | None:
        """Keep a place where nothing was inserted; return its number, ``None`` when the album is full."""
        if len(self.strays) >= MOST_STRAYS:
            return None
        self.strays.append(Snapshot(title, _three(box, frame, look, reference, framed=True)))
        return len(self.strays) - 1


def sheet(snapshots: Sequence[Snapshot]) -> Pixels:
    """Put snapshots on one page, RGB, uint8; a line of text above each."""
    height, width = TILE_PX + LINE_PX, 3 * TILE_PX + 6
    rows = max(1, -(-len(snapshots) // COLUMNS))
    page = np.zeros((rows * height, COLUMNS * width, 3), np.uint8)
    for number, snapshot in enumerate(snapshots):
        top, left = number // COLUMNS * height, number % COLUMNS * width
        cv2.putText(page, snapshot.title, (left + 2, top + LINE_PX - 5), FONT, SCALE, INK, 1, cv2.LINE_AA)
        page[top + LINE_PX : top + height, left : left + 3 * TILE_PX] = snapshot.pixels
    return page


def _three(box: Box, frame: Frame, look: Look, reference: Reference, *, framed: bool) -> Pixels:
    now = outlined(frame.pixels, [box]) if framed else frame.pixels
    reach = max(AROUND_PX, (max(box.width, box.height) + AROUND_PX) // 2)
    tiles = [_tile(picture, box, reach) for picture in (reference.pixels, now)]
    tiles.append(_tile(heat(frame.pixels, look.score), box, reach))
    return np.concatenate(tiles, axis=1)


def _tile(pixels: Pixels, box: Box, reach: int) -> Pixels:
    height, width = pixels.shape[:2]
    row, column = (box.top + box.bottom) // 2, (box.left + box.right) // 2
    cut = np.zeros((2 * reach, 2 * reach, 3), np.uint8)
    top, left = max(0, row - reach), max(0, column - reach)
    part = pixels[top : min(height, row + reach), left : min(width, column + reach)]
    down, across = top - (row - reach), left - (column - reach)
    cut[down : down + part.shape[0], across : across + part.shape[1]] = part
    return np.asarray(cv2.resize(cut, (TILE_PX, TILE_PX), interpolation=cv2.INTER_NEAREST), np.uint8)
