from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data import nuisances
from tests.convert.data.painting import rng_of, scene

SIDE = 400


def moved(seed: int) -> np.ndarray:
    """Return how far each pixel is moved, across and down, ``(H, W, 2)``; the border is left out."""
    row, column = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    # Each pixel says where it is; in float, because 400 places are more than 256 grey levels.
    ramp = np.dstack([column, row])
    after = nuisances.misaligned(rng_of(seed), ramp)
    return np.asarray(after - ramp)[10:-10, 10:-10]


MOVED = [moved(seed) for seed in range(60)]


def test_no_pixel_is_moved_farther_than_stated() -> None:
    # A little more, because cubic weights go beyond.
    assert max(np.abs(steps).max() for steps in MOVED) <= nuisances.LARGEST_MOTION_PX + 0.1


def test_what_is_high_moves_farther() -> None:
    row, column = np.mgrid[:120, :120].astype(np.float32)
    ramp, height = np.dstack([column, row]), np.zeros((120, 120), np.float32)
    height[:, 60:] = 20.0
    flat, tall = (
        [nuisances.misaligned(rng_of(seed), ramp, level) - ramp for seed in range(40)]
        for level in (np.zeros_like(height), height)
    )
    steps = [float(np.abs(np.diff(move[60, 50:70], axis=0)).max()) for move in tall]
    assert max(steps) > 1.0
    assert max(float(np.abs(np.diff(move[60, 50:70], axis=0)).max()) for move in flat) < 0.5


def test_most_pixels_are_moved_less_than_two_pixels() -> None:
    assert np.median([np.abs(steps).mean() for steps in MOVED]) < 2


def disc() -> np.ndarray:
    picture = np.full((120, 120, 3), 60, np.uint8)
    return np.asarray(cv2.circle(picture, (60, 60), 20, (180, 180, 180), -1))


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


@pytest.mark.parametrize("level", [40, 128, 251, 255])
def test_a_camera_makes_no_picture_black_or_white(level: int) -> None:
    plain = np.full((60, 60, 3), level, np.uint8)
    means = [nuisances.exposed(rng_of(seed), plain, harsh=True).mean() / 255 for seed in range(60)]
    # What is bright is cut off, and noise at the dark end is, too.
    assert max(means) < nuisances.EXPOSED[1] + 0.05
    assert min(means) > nuisances.EXPOSED[0] - 0.05


def test_a_dark_scene_is_shown_dark_and_not_the_wrong_way_round() -> None:
    dark = np.full((60, 60, 3), 6, np.uint8)
    dark[20:40, 20:40] = 30
    shown = [nuisances.exposed(rng_of(seed), dark, harsh=True).astype(float) for seed in range(100)]
    higher = [each[22:38, 22:38].mean() - each[:15].mean() for each in shown]
    assert min(higher) > 0
    assert np.median(higher) > 20


def test_another_lamp_leaves_some_of_its_tint() -> None:
    grey = np.full((60, 60, 3), 128, np.uint8)
    shown = [nuisances.exposed(rng_of(seed), grey, harsh=False).mean((0, 1)) for seed in range(200)]
    warmth = [float(np.log(red / blue)) for red, _, blue in shown]
    assert max(warmth) > 0.2
    assert min(warmth) < -0.2
    assert np.median(np.abs(warmth)) < 0.1


def test_a_black_and_white_scan_is_nearly_black_and_white() -> None:
    scans = [nuisances.binarised(rng_of(seed), scene(0), nuisances.tones(scene(0))) for seed in range(10)]
    between = [((scan > 60) & (scan < 195)).mean() for scan in scans]
    assert max(between) < 0.1


def test_a_change_that_a_scan_swallows_is_none() -> None:
    before = np.full((40, 40, 3), 200, np.uint8)
    before[:5] = 20
    after = before.copy()
    after[20:25, 20:25] = 180  # still white
    after[30:35, 30:35] = 30  # black now
    told = nuisances.apart_in_black_and_white(before, after, nuisances.tones(before))
    assert not told[18:27, 18:27].any()
    assert told[30:35, 30:35].all()


def test_half_of_the_pictures_are_compressed() -> None:
    kept = [np.array_equal(nuisances.compressed(rng_of(seed), scene(0)), scene(0)) for seed in range(200)]
    assert 0.4 < np.mean(kept) < 0.6
