from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data.changes import VISIBLE, Paint, paint
from tests.convert.data.painting import backgrounds, rng_of, scene

SIZES_PX = (3.0, 32.0)
SEEDS = range(150)
BACKGROUNDS = backgrounds()


def changes(
    sizes_px: tuple[float, float] = SIZES_PX,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, Paint]]:
    """Return scenes, what became of them, where, and how."""
    before = [scene(seed % 5) for seed in SEEDS]
    painted = [
        paint(rng_of(seed), picture, BACKGROUNDS, sizes_px)
        for seed, picture in zip(SEEDS, before, strict=True)
    ]
    return [(old, *new) for old, new in zip(before, painted, strict=True) if new is not None]


PAINTED = changes()


def grown(mask: np.ndarray, radius: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)) > 0


def apart(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return by how many grey levels each pixel differs, ``(H, W)``."""
    return np.asarray(np.abs(before.astype(int) - after.astype(int)).max(2))


def test_most_changes_can_be_seen() -> None:
    assert len(PAINTED) > 0.8 * len(SEEDS)


def test_every_kind_is_painted() -> None:
    assert {kind for *_, kind in PAINTED} == set(Paint)


def test_nothing_that_can_be_seen_changes_outside_the_mask() -> None:
    worst = [apart(before, after)[~grown(mask, 2)].max() for before, after, mask, _ in PAINTED]
    # A grey level more, because pixels are whole numbers.
    assert max(worst) <= VISIBLE + 1


def test_every_pixel_of_a_mask_is_next_to_one_that_visibly_changed() -> None:
    for before, after, mask, _ in PAINTED:
        seen = apart(before, after) >= VISIBLE
        assert not (mask & ~grown(seen, 4)).any()


def test_most_of_a_mask_visibly_changed() -> None:
    shares = [(apart(before, after)[mask] >= VISIBLE).mean() for before, after, mask, _ in PAINTED]
    assert np.median(shares) > 0.8


def test_changes_are_as_large_as_wanted() -> None:
    boxes = [
        cv2.boundingRect(mask.astype(np.uint8)) for *_, mask, kind in PAINTED if kind is not Paint.SCRATCHED
    ]
    longest = [max(width, height) for _, _, width, height in boxes]
    # A turned box of 32 px is 45 px wide.
    assert max(longest) <= SIZES_PX[1] * 2**0.5 + 4
    assert min(longest) < 10


def test_the_scene_itself_is_left_as_it_is() -> None:
    before = scene(1)
    kept = before.copy()
    for seed in range(20):
        paint(rng_of(seed), before, BACKGROUNDS, SIZES_PX)
    assert np.array_equal(before, kept)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_dice_paint_the_same(seed: int) -> None:
    first, second = (paint(rng_of(seed), scene(0), BACKGROUNDS, SIZES_PX) for _ in range(2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert first[2] is second[2]


def test_what_nobody_could_see_is_not_painted() -> None:
    grey = np.full((96, 96, 3), 90, np.uint8)
    kinds = {found[2] for seed in range(200) if (found := paint(rng_of(seed), grey, BACKGROUNDS, SIZES_PX))}
    # In one even grey, nothing is gained by moving, removing or borrowing grey.
    assert kinds.isdisjoint({Paint.MOVED, Paint.REMOVED, Paint.INKED})
