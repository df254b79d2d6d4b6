from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data import nuisances
from tests.convert.data.painting import rng_of, scene

SIDE = 120
FIRST = 60
"""Grey level of the first row and column of ``ramp``: so that none is cut off at 255."""


def ramp() -> np.ndarray:
    """Return a picture in which each pixel says where it is: column in red, row in green."""
    row, column = np.mgrid[:SIDE, :SIDE]
    return np.dstack([column + FIRST, row + FIRST, np.zeros_like(row)]).astype(np.uint8)


@pytest.mark.parametrize("seed", range(40))
def test_no_pixel_is_moved_farther_than_stated(seed: int) -> None:
    margin = 10  # the border is reflected
    inner = np.s_[margin:-margin, margin:-margin]
    before, after = ramp().astype(int), nuisances.misaligned(rng_of(seed), ramp()).astype(int)
    moved = np.abs(after - before)[inner][..., :2]
    # One more, because grey levels are whole numbers, and cubic weights go a little too far.
    assert moved.max() <= nuisances.LARGEST_MOTION_PX + 1


def test_most_pixels_are_moved_less_than_two_pixels() -> None:
    steps = [
        np.abs(nuisances.misaligned(rng_of(seed), ramp()).astype(int) - ramp())[10:-10, 10:-10, :2].mean()
        for seed in range(40)
    ]
    assert np.median(steps) < 2


def disc() -> np.ndarray:
    picture = np.full((SIDE, SIDE, 3), 60, np.uint8)
    return np.asarray(cv2.circle(picture, (SIDE // 2, SIDE // 2), 20, (180, 180, 180), -1))


def disc_box(picture: np.ndarray) -> tuple[int, ...]:
    """Return where a bright disc is: left, top, width, height."""
    smooth = cv2.GaussianBlur(picture.max(2), (0, 0), 2).astype(int)
    core = smooth[50:70, 50:70].mean()
    ground = np.median(smooth[30:36, 30:90])
    bright = (smooth > (core + ground) / 2)[30:90, 30:90]
    return tuple(cv2.boundingRect(bright.astype(np.uint8)))


@pytest.mark.parametrize("seed", range(25))
def test_light_sensor_and_compression_move_nothing(seed: int) -> None:
    taken = nuisances.exposed(rng_of(seed), disc(), harsh=False)
    found = np.array(disc_box(taken)) - np.array(disc_box(disc()))
    assert np.abs(found).max() <= 2


@pytest.mark.parametrize("harsh", [False, True], ids=["mild", "harsh"])
def test_a_picture_is_taken_in_the_size_of_the_scene(harsh: bool) -> None:  # noqa: FBT001 - a column of the table
    for seed in range(20):
        taken = nuisances.exposed(rng_of(seed), scene(0), harsh=harsh)
        assert taken.shape == scene(0).shape
        assert taken.dtype == np.uint8


def test_the_same_dice_take_the_same_picture() -> None:
    for seed in range(10):
        first, second = (nuisances.exposed(rng_of(seed), scene(0), harsh=True) for _ in range(2))
        assert np.array_equal(first, second)


def test_a_black_and_white_scan_is_nearly_black_and_white() -> None:
    scans = [nuisances.binarised(rng_of(seed), scene(0)) for seed in range(10)]
    between = [((scan > 60) & (scan < 195)).mean() for scan in scans]
    assert max(between) < 0.1


def test_a_change_that_a_scan_swallows_is_none() -> None:
    before = np.full((40, 40, 3), 200, np.uint8)
    before[:5] = 20
    after = before.copy()
    after[20:25, 20:25] = 180  # still white
    after[30:35, 30:35] = 30  # black now
    told = nuisances.apart_in_black_and_white(before, after)
    assert not told[18:27, 18:27].any()
    assert told[30:35, 30:35].all()


def test_half_of_the_pictures_are_compressed() -> None:
    kept = [np.array_equal(nuisances.compressed(rng_of(seed), scene(0)), scene(0)) for seed in range(200)]
    assert 0.4 < np.mean(kept) < 0.6
