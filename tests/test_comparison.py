from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.comparison import Comparer, compare, still_reference
from edge.drivers.engine_difference import DifferenceEngine
from edge.errors import ContractError
from edge.sim.engine import SimEngine
from edge.types import Box, Pixels
from tests.vision.pictures import in_colour, textured

HEIGHT, WIDTH = 240, 320
SHIFT = (5.0, -3.0)
PLACE = Box(150, 90, 166, 106)


def scene() -> Pixels:
    """Return a picture of a still scene."""
    return in_colour(textured(seed=4, height=HEIGHT, width=WIDTH).round().clip(0, 255).astype(np.uint8))


def shifted(pixels: Pixels) -> Pixels:
    """Return what the camera sees after it was nudged."""
    motion = np.array([[1, 0, SHIFT[0]], [0, 1, SHIFT[1]]], np.float64)
    moved = cv2.warpAffine(pixels, motion, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)


def altered(pixels: Pixels) -> Pixels:
    """Return the scene with something dark at ``PLACE``."""
    changed = pixels.copy()
    changed[PLACE.top : PLACE.bottom, PLACE.left : PLACE.right] //= 4
    return changed


def centre(score: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, float]:
    """Return column and row of the middle of what scores above one half."""
    rows, columns = np.nonzero(score > 0.5)
    return float(columns.mean()), float(rows.mean())


def test_a_moved_view_is_compared_where_it_was() -> None:
    found = compare(DifferenceEngine(), scene(), shifted(altered(scene())))
    assert centre(found.score) == pytest.approx((157.5, 97.5), abs=1.5)


def test_scores_go_back_to_where_the_second_picture_shows_them() -> None:
    found = compare(DifferenceEngine(), scene(), shifted(altered(scene())))
    assert centre(found.back()) == pytest.approx((157.5 + SHIFT[0], 97.5 + SHIFT[1]), abs=1.5)


def test_what_the_second_picture_does_not_show_is_not_judged() -> None:
    comparer = Comparer(DifferenceEngine(), still_reference(scene()))
    after = shifted(scene())
    bright = cv2.cvtColor(after, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    aligned = comparer.aligned(after, bright, comparer.register(bright))
    assert not aligned.judged[:2].any()
    assert aligned.judged[20:-20, 20:-20].all()


def test_a_still_view_is_not_blurred_by_a_remap() -> None:
    found = compare(DifferenceEngine(), scene(), altered(scene()))
    assert found.aligned.motion.field is None
    assert np.array_equal(found.aligned.pixels, altered(scene()))
    assert np.array_equal(found.back(), found.score)


def test_an_answer_of_another_size_is_refused() -> None:
    engine = SimEngine()
    engine.misshapen = True
    with pytest.raises(ContractError, match="score"):
        compare(engine, scene(), scene())
