"""Paints golden pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data import photographs, synth
from convert.data.backgrounds import Backgrounds
from convert.recipe import DataRecipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Pixels

MOST_TRIES = 200
LEAST_CHANGED_PX = 100


def paint(seed: int, size_px: int) -> list[tuple[str, Pixels, Pixels]]:
    """Paint one pair on each reserved photograph, the last without a change.

    Args:
        seed: The same gives the same pairs.
        size_px: Side of the pictures.

    Returns:
        Name, reference and current of each.
    """
    pairs = []
    for number, file in enumerate(photographs.RESERVED, start=1):
        changed = number < len(photographs.RESERVED)
        rng = np.random.default_rng([seed, number])
        painted = _telling(rng, file, size_px, changed=changed)
        pairs.append((file.partition(".")[0], painted.reference, painted.current))
    return pairs


def _telling(rng: np.random.Generator, file: str, size_px: int, *, changed: bool) -> synth.SynthPair:
    """Return the first pair that people can see something in."""
    usual = DataRecipe()
    largest_px = min(usual.max_change_px, size_px // 2)
    data = replace(
        usual, size_px=size_px, max_change_px=largest_px, changed_share=float(changed), scanned_share=0.0
    )
    backgrounds = _Photograph(photographs.load((file,)))
    for _ in range(MOST_TRIES):
        painted = synth.pair(rng, backgrounds, data)
        if not changed or np.count_nonzero(painted.mask) >= LEAST_CHANGED_PX:
            break
    return painted


class _Photograph(Backgrounds):
    """Draws pieces of photographs, and nothing else."""

    def __init__(self, pictures: Sequence[Pixels]) -> None:
        super().__init__(pictures)
        self._pictures = pictures

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Pixels:
        """See ``Backgrounds``."""
        return self.surface(rng, height, width)

    def surface(self, rng: np.random.Generator, height: int, width: int) -> Pixels:
        """See ``Backgrounds``."""
        picture = self._pictures[int(rng.integers(len(self._pictures)))]
        rows, columns = (min(side, *picture.shape[:2]) for side in (height, width))
        top, left = (
            int(rng.integers(whole - part + 1))
            for whole, part in zip(picture.shape, (rows, columns), strict=False)
        )
        piece = picture[top : top + rows, left : left + columns]
        return cast("Pixels", np.array(cv2.resize(piece, (width, height)), np.uint8))
