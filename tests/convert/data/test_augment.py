from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data.augment import augmented
from tests.convert.data.painting import rng_of

SIDE = 64


def marked() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a pair whose pictures differ in a bright marker, and the marker's mask."""
    reference = np.full((SIDE, SIDE, 3), 50, np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.array([[14, 10], [40, 16], [22, 44]], np.int32)], 255)
    current = reference.copy()
    current[mask > 0] = 250
    return reference, current, mask


@pytest.mark.parametrize("seed", range(60))
def test_the_marker_is_where_the_mask_says(seed: int) -> None:
    reference, current, mask = augmented(rng_of(seed), *marked())
    apart = np.abs(reference.astype(int) - current.astype(int)).max(2)
    near, enlarged = np.ones((3, 3), np.uint8), np.ones((9, 9), np.uint8)
    assert (apart[cv2.erode(mask, near) > 0] > 40).all()
    assert (apart[cv2.dilate(mask, enlarged) == 0] < 5).all()


def test_the_mask_stays_black_and_white() -> None:
    for seed in range(60):
        assert set(np.unique(augmented(rng_of(seed), *marked())[2])) <= {0, 255}


def test_sizes_and_types_stay() -> None:
    for seed in range(60):
        shown = augmented(rng_of(seed), *marked())
        assert [image.shape for image in shown] == [(SIDE, SIDE, 3), (SIDE, SIDE, 3), (SIDE, SIDE)]
        assert {image.dtype for image in shown} == {np.dtype(np.uint8)}


def test_the_same_dice_augment_alike() -> None:
    for seed in range(20):
        first, second = (augmented(rng_of(seed), *marked()) for _ in range(2))
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_either_picture_may_become_the_reference() -> None:
    brighter = [
        float(reference[mask > 0].mean()) > float(current[mask > 0].mean())
        for reference, current, mask in (augmented(rng_of(seed), *marked()) for seed in range(80))
        if mask.any()
    ]
    assert 0.25 < np.mean(brighter) < 0.75


def test_pairs_that_are_shown_are_left_as_they_are() -> None:
    pair = marked()
    for seed in range(20):
        augmented(rng_of(seed), *pair)
    assert all(np.array_equal(image, kept) for image, kept in zip(pair, marked(), strict=True))
