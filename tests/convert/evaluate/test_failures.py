from __future__ import annotations

import cv2
import numpy as np

from convert.data import stored
from convert.evaluate.failures import failures_picture, worst
from convert.evaluate.threshold import Choice

CHOICE = Choice(0.5, 0.8)
SHAPE = (48, 48)


def square(at: int, side: int, level: float = 1.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    score = np.zeros(SHAPE, np.float32)
    score[at : at + side, at : at + side] = level
    return score


MASKS = [square(10, 12) > 0, square(10, 12) > 0, np.zeros(SHAPE, np.bool_), square(10, 12) > 0]
SCORES = [square(11, 11), square(10, 12, 0.2), square(4, 20), square(10, 4)]
"""Right but for an edge; missed; false; found in part."""


def test_the_pair_with_the_most_wrong_comes_first_and_edges_are_forgiven() -> None:
    assert worst(SCORES, MASKS, CHOICE, 10) == [2, 1, 3]
    assert worst(SCORES, MASKS, CHOICE, 1) == [2]


def test_failures_are_drawn_three_pictures_a_pair() -> None:
    pictures = np.full((4, *SHAPE, 3), 90, np.uint8)
    pairs = stored.StoredPairs(pictures, pictures, np.stack(MASKS).astype(np.uint8) * 255)
    content = failures_picture(pairs, SCORES, CHOICE, worst(SCORES, MASKS, CHOICE, 2))
    assert content is not None
    drawn = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert drawn.shape == (52, 4 * (3 * 48 + 4), 3)
    blue, green, red = (int(value) for value in drawn[14, 2 * 48 + 14])
    assert red > 150 > max(green, blue)


def test_where_nothing_fails_nothing_is_drawn() -> None:
    pictures = np.zeros((1, *SHAPE, 3), np.uint8)
    pairs = stored.StoredPairs(pictures, pictures, np.zeros((1, *SHAPE), np.uint8))
    assert failures_picture(pairs, [square(0, 0)], CHOICE, []) is None
