from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision import align
from edge.vision.bend import LARGEST_PX, bent
from tests.vision.pictures import shot, textured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.vision.align import Registration

HEIGHT, WIDTH = 360, 480
ROOM = 24


def scene() -> NDArray[np.float32]:
    """Return a scene larger than the view."""
    return textured(seed=11, height=HEIGHT + 2 * ROOM, width=WIDTH + 2 * ROOM)


def bulge(most_px: float) -> NDArray[np.float32]:
    """Return a smooth displacement, columns and rows, as of something that stands out."""
    across, down = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    hill = np.exp(-((across - 300) ** 2 + (down - 160) ** 2) / (2 * 90.0**2)) * most_px
    return np.dstack([hill, -hill / 2]).astype(np.float32)


def seen(field: NDArray[np.float32], shift_px: float) -> NDArray[np.uint8]:
    """Return the view after a shift to the right and a bending of its picture."""
    across, down = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    # A field this smooth is undone by its own negative, to a few hundredths of a pixel.
    where = np.dstack([across, down]) - field + np.float32(ROOM)
    where[..., 0] -= np.float32(shift_px)
    shown = cv2.remap(scene(), where[..., 0], where[..., 1], cv2.INTER_CUBIC)
    return shot(np.asarray(shown, np.float32))


def registered(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[Registration, Registration]:
    """Return the motion of the whole view, and the same with its bending."""
    whole = align.register(align.landmarks(before), after)
    return whole, bent(before, after, whole)


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean difference away from the border, in grey levels."""
    return float(cv2.absdiff(one, other)[30:-30, 30:-30].mean())


def test_a_bending_is_followed() -> None:
    before, after = seen(bulge(0), 0.0), seen(bulge(3.0), 4.0)
    whole, fine = registered(before, after)
    left, bent_left = (apart(before, align.warp(after, motion)[0]) for motion in (whole, fine))
    assert bent_left < 0.6 * left


def test_a_view_that_stands_still_is_left_alone() -> None:
    before = seen(bulge(0), 0.0)
    whole, fine = registered(before, before)
    assert fine is whole


def test_a_small_thing_that_moved_does_not_bend_the_view() -> None:
    before, after = seen(bulge(0), 0.0), seen(bulge(0), 4.0)
    thing = before[100:116, 200:216].copy()
    after[100:116, 209:225] = thing
    _, fine = registered(before, after)
    assert fine.field is not None
    assert np.abs(fine.field).max() < 1.0


def test_a_bending_is_bounded() -> None:
    rng = np.random.default_rng(0)
    before = seen(bulge(0), 0.0)
    other = rng.integers(0, 256, before.shape).astype(np.uint8)
    moved = align.register(align.landmarks(before), seen(bulge(0), 4.0))
    field = bent(before, other, moved).field
    assert field is not None
    assert np.linalg.norm(field, axis=2).max() <= LARGEST_PX + 1e-4


def test_scores_go_back_through_the_bending() -> None:
    before, after = seen(bulge(0), 0.0), seen(bulge(3.0), 4.0)
    _, fine = registered(before, after)
    again = align.unwarp(align.warp(after, fine)[0].astype(np.float32), fine)
    assert float(np.abs(again - after)[40:-40, 40:-40].mean()) < 4.0
