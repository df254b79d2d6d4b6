from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data import shapes
from tests.convert.data.painting import rng_of

SIZE = (96, 120)
SEEDS = range(80)


@pytest.mark.parametrize("outline", [shapes.line, shapes.crack, shapes.band, shapes.writing])
def test_outlines_are_masks_of_the_size_that_was_asked_for(outline: object) -> None:
    assert callable(outline)
    for seed in SEEDS:
        mask = outline(rng_of(seed), SIZE)
        assert mask.shape == SIZE
        assert mask.dtype == np.uint8


def test_compact_outlines_span_the_sizes_that_were_asked_for() -> None:
    boxes = [cv2.boundingRect(shapes.compact(rng_of(seed), SIZE, (4, 40))) for seed in range(300)]
    longest = [max(width, height) for _, _, width, height in boxes]
    assert max(longest) <= 40 * 2**0.5 + 3
    assert min(longest) < 8
    assert max(longest) > 30


def wide(mask: np.ndarray) -> float:
    """Return how wide a line is at its widest, in pixels."""
    return 2 * float(cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5).max())


def test_cracks_are_thin_and_bands_are_not() -> None:
    cracks = [wide(shapes.crack(rng_of(seed), SIZE)) for seed in SEEDS]
    bands = [wide(shapes.band(rng_of(seed), SIZE)) for seed in SEEDS]
    assert np.median(cracks) <= 5
    assert np.median(bands) >= 8


def test_cracks_are_long() -> None:
    spans = [cv2.boundingRect(shapes.crack(rng_of(seed), SIZE)) for seed in SEEDS]
    assert np.median([np.hypot(width, height) for _, _, width, height in spans]) > 40
