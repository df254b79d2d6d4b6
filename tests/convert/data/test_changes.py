from __future__ import annotations

import cv2
import numpy as np
import pytest

from convert.data.changes import KINDS, Paint, paint
from convert.data.relief import rough
from convert.data.surface import Surface
from tests.convert.data.painting import SIDE, backgrounds, rng_of, scene

SIZES_PX = (3.0, 32.0)
SEEDS = range(300)
BACKGROUNDS = backgrounds()
ON_A_SURFACE = set(KINDS)
COMPACT = ON_A_SURFACE - {Paint.SCRATCHED, Paint.CRACKED, Paint.BANDED, Paint.WRITTEN}


def surface(seed: int) -> Surface:
    """Return a surface: every second one has height."""
    height = rough(rng_of(seed, 1), SIDE, SIDE) if seed % 2 else None
    return Surface(scene(seed % 5), height)


def painted() -> list[tuple[Surface, Surface, np.ndarray, Paint]]:
    """Return surfaces, what became of them, where, and how."""
    before = [surface(seed) for seed in SEEDS]
    after = [paint(rng_of(seed), old, BACKGROUNDS, SIZES_PX) for seed, old in zip(SEEDS, before, strict=True)]
    return [(old, *new) for old, new in zip(before, after, strict=True) if new is not None]


PAINTED = painted()


def grown(mask: np.ndarray, radius: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)) > 0


def apart(before: Surface, after: Surface) -> np.ndarray:
    """Return by how many grey levels each pixel differs, ``(H, W)``."""
    return np.asarray(np.abs(before.colour.astype(int) - after.colour).max(2))


def test_most_changes_can_be_seen() -> None:
    assert len(PAINTED) > 0.8 * len(SEEDS)


def test_every_kind_is_painted() -> None:
    assert {kind for *_, kind in PAINTED} == ON_A_SURFACE


def test_nothing_changes_outside_the_outline() -> None:
    for before, after, where, _ in PAINTED:
        assert not apart(before, after)[~grown(where, 2)].any()
        if before.height is not None:
            assert after.height is not None
            assert np.array_equal(before.height[~where], after.height[~where])


def test_most_of_an_outline_visibly_changed() -> None:
    shares = [
        (apart(before, after)[where] >= 8).mean()
        for before, after, where, kind in PAINTED
        if kind is not Paint.RAISED
    ]
    assert np.median(shares) > 0.7


def test_what_is_raised_changed_its_height() -> None:
    raised = [(before, after) for before, after, _, kind in PAINTED if kind is Paint.RAISED]
    assert raised
    for before, after in raised:
        assert before.height is not None
        assert after.height is not None
        assert not np.array_equal(before.height, after.height)


def test_a_flat_surface_stays_flat() -> None:
    assert all(after.height is None for before, after, *_ in PAINTED if before.height is None)


def test_changes_are_as_large_as_wanted() -> None:
    boxes = [cv2.boundingRect(where.astype(np.uint8)) for *_, where, kind in PAINTED if kind in COMPACT]
    longest = [max(width, height) for _, _, width, height in boxes]
    # A turned box of 32 px is 45 px wide.
    assert max(longest) <= SIZES_PX[1] * 2**0.5 + 4
    assert min(longest) < 10


def test_the_surface_itself_is_left_as_it_is() -> None:
    before = surface(1)
    assert before.height is not None
    kept, level = before.colour.copy(), before.height.copy()
    for seed in range(40):
        paint(rng_of(seed), before, BACKGROUNDS, SIZES_PX)
    assert np.array_equal(before.colour, kept)
    assert np.array_equal(before.height, level)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_dice_paint_the_same(seed: int) -> None:
    first, second = (paint(rng_of(seed), surface(0), BACKGROUNDS, SIZES_PX) for _ in range(2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first[0].colour, second[0].colour)
    assert np.array_equal(first[1], second[1])
    assert first[2] is second[2]


def test_what_nobody_could_see_is_not_painted() -> None:
    grey = Surface(np.full((96, 96, 3), 90, np.uint8))
    kinds = {found[2] for seed in range(400) if (found := paint(rng_of(seed), grey, BACKGROUNDS, SIZES_PX))}
    # In one even grey, nothing is gained by moving, removing or borrowing grey.
    assert kinds.isdisjoint({Paint.MOVED, Paint.REMOVED, Paint.INKED, Paint.WRITTEN})
