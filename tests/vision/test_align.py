from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision import align
from tests.vision.pictures import HEIGHT, WIDTH, in_colour, shot, textured

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOM = 40
"""What the scene has around the view, in pixels: a moved camera sees more of it."""


@lru_cache(maxsize=4)
def surroundings(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.float32]:
    """Return a scene larger than the view."""
    return textured(seed=3, height=height + 2 * ROOM, width=width + 2 * ROOM)


def view(
    matrix: NDArray[np.float64] | None = None, *, width: int = WIDTH, height: int = HEIGHT
) -> NDArray[np.float32]:
    """Return what the camera sees after a motion of its picture.

    Args:
        matrix: (3, 3): coordinates of the unmoved view to those of this one.
        width: Of the view.
        height: Of the view.
    """
    into_room = np.array([[1, 0, ROOM], [0, 1, ROOM], [0, 0, 1.0]])
    motion = np.eye(3) if matrix is None else matrix
    seen = cv2.warpPerspective(
        surroundings(width, height),
        motion @ np.linalg.inv(into_room),
        (width, height),
        flags=cv2.INTER_CUBIC,
    )
    return np.asarray(seen, np.float32)


def moved(
    across: float = 0.0, down: float = 0.0, *, degrees: float = 0.0, zoom: float = 1.0
) -> NDArray[np.float64]:
    """Return a motion around the view's centre."""
    turned = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, zoom)
    turned[0, 2] += across
    turned[1, 2] += down
    return np.vstack([turned, [0.0, 0.0, 1.0]])


def worst_px(found: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """Return by how much two motions differ at the corners, at most."""
    corners = np.array([[[0, 0]], [[WIDTH, 0]], [[0, HEIGHT]], [[WIDTH, HEIGHT]]], np.float64)
    apart = cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, true)
    return float(np.linalg.norm(apart, axis=2).max())


KNOWN = align.landmarks(shot(view(), noise=0.0))


def test_landmarks_are_spread_over_the_reference() -> None:
    points = KNOWN.points.reshape(-1, 2)
    nearest = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points)) * 99
    assert len(points) >= 100
    assert nearest.min() >= 8.0
    assert (KNOWN.size, KNOWN.scale) == ((WIDTH, HEIGHT), 1.0)


@given(st.floats(-8.0, 8.0), st.floats(-8.0, 8.0))
@settings(max_examples=15)
def test_a_shift_is_recovered_within_a_tenth_of_a_pixel(across: float, down: float) -> None:
    motion = align.register(KNOWN, shot(view(moved(across, down))))
    assert motion.shift_px == pytest.approx((across, down), abs=0.1)
    assert motion.found > 0.7


@pytest.mark.parametrize(
    "true",
    [
        pytest.param(moved(degrees=1.5), id="a-turn"),
        pytest.param(moved(degrees=-3.0), id="a-turn-the-other-way"),
        pytest.param(moved(3.3, -2.6, degrees=1.0), id="a-shift-and-a-turn"),
        pytest.param(moved(zoom=1.02), id="a-zoom"),
    ],
)
def test_a_motion_is_recovered_within_a_tenth_of_a_pixel(true: NDArray[np.float64]) -> None:
    motion = align.register(KNOWN, shot(view(true), noise=1.0))
    assert worst_px(motion.matrix, true) < 0.1
    centre = true @ np.array([WIDTH / 2, HEIGHT / 2, 1.0])
    assert motion.shift_px == pytest.approx((centre[0] - WIDTH / 2, centre[1] - HEIGHT / 2), abs=0.1)


def test_a_plain_shift_is_not_dressed_up_as_a_tilt() -> None:
    motion = align.register(KNOWN, shot(view(moved(4.4, -3.1))))
    assert motion.matrix[2].tolist() == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)


def test_a_tilt_is_recovered() -> None:
    tilt = np.array([[1.0, 0.01, 1.0], [0.0, 1.0, 2.0], [1.2e-4, 0.0, 1.0]])
    motion = align.register(KNOWN, shot(view(tilt), noise=1.0))
    assert worst_px(motion.matrix, tilt) < 0.5
    assert abs(motion.matrix[2, 0]) > 5e-5


def test_the_largest_motion_is_that_of_the_worst_corner() -> None:
    true = moved(degrees=2.0)
    corners = np.array([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]], np.float64)
    shown = corners @ true[:2, :2].T + true[:2, 2]
    motion = align.register(KNOWN, shot(view(true)))
    assert motion.largest_px == pytest.approx(np.linalg.norm(shown - corners, axis=1).max(), abs=0.2)


@pytest.mark.parametrize("gain", [0.4, 1.25])
def test_light_does_not_move_the_view(gain: float) -> None:
    motion = align.register(KNOWN, shot(view(moved(2.0, 1.0)), gain=gain))
    assert motion.shift_px == pytest.approx((2.0, 1.0), abs=0.1)


def test_something_large_that_moves_does_not_move_the_view() -> None:
    seen = np.array(view())
    seen[40:140, 60:150] = np.roll(view(), 6, axis=1)[40:140, 60:150]
    motion = align.register(KNOWN, shot(seen))
    assert motion.still


@pytest.mark.parametrize("noise", [0.0, 2.0, 4.0])
def test_a_camera_at_rest_is_still(noise: float) -> None:
    motion = align.register(KNOWN, shot(view(), noise=noise))
    assert motion.still
    assert motion.found > 0.9


def test_a_motion_of_a_quarter_of_a_pixel_is_not_still() -> None:
    assert not align.register(KNOWN, shot(view(moved(0.25, 0.0)), noise=0.0)).still


@pytest.mark.parametrize(
    ("largest_px", "is_still"),
    [
        pytest.param(0.149, True, id="less-than-a-seventh-of-a-pixel-is-not-worth-a-remap"),
        pytest.param(0.15, False, id="more-is"),
    ],
)
def test_still(*, largest_px: float, is_still: bool) -> None:
    assert align.Registration(np.eye(3), (0.0, 0.0), largest_px, 1.0).still is is_still


@pytest.mark.parametrize(("width", "scale"), [(1280, 1.0), (1281, 0.5)])
def test_from_which_width_on_half_a_size_is_enough(width: int, scale: float) -> None:
    assert align.landmarks(np.zeros((40, width), np.uint8)).scale == scale


def dotted(count: int, *, motion: NDArray[np.float64] | None = None) -> NDArray[np.uint8]:
    """Paint dots on a wall: as many landmarks."""
    wall = np.full((HEIGHT, WIDTH), 90, np.uint8)
    for number in range(count):
        column, row = 30 + 36 * (number % 6), 25 + 26 * (number // 6)
        cv2.circle(wall, (column, row), 3, 200, -1)
    matrix = np.eye(3) if motion is None else motion
    seen = cv2.warpPerspective(wall, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


@pytest.mark.parametrize(
    ("count", "shift_px", "found"),
    [
        pytest.param(10, (0.0, 0.0), 1.0, id="of-ten-landmarks-no-motion-is-believed"),
        pytest.param(15, (2.0, 1.0), 1.0, id="of-fifteen-it-is"),
    ],
)
def test_the_fewest_landmarks(count: int, shift_px: tuple[float, float], found: float) -> None:
    known = align.landmarks(dotted(count))
    motion = align.register(known, dotted(count, motion=moved(2.0, 1.0)))
    assert len(known.points) == count
    assert motion.shift_px == pytest.approx(shift_px, abs=0.2)
    assert motion.found == pytest.approx(found, abs=0.15)


def test_of_few_landmarks_no_tilt_is_believed() -> None:
    tilt = np.array([[1.0, 0.01, 1.0], [0.0, 1.0, 2.0], [1.2e-4, 0.0, 1.0]])
    motion = align.register(align.landmarks(dotted(30)), dotted(30, motion=tilt))
    assert motion.matrix[2].tolist() == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)
    assert not motion.still


@pytest.mark.parametrize(
    ("columns", "believed"),
    [
        pytest.param(40, False, id="an-eighth-of-the-landmarks-is-not-believed"),
        pytest.param(80, True, id="a-third-is"),
    ],
)
def test_how_many_landmarks_must_agree(*, columns: int, believed: bool) -> None:
    seen = np.array(textured(seed=9))
    seen[:, :columns] = view(moved(5.0, 3.0))[:, :columns]
    motion = align.register(KNOWN, shot(seen))
    visible = np.mean(KNOWN.points[:, 0, 0] + 5.0 < columns)
    assert (motion.shift_px == pytest.approx((5.0, 3.0), abs=1.0)) is believed
    assert believed or motion.still
    assert not believed or motion.found == pytest.approx(visible, abs=0.1)


def test_a_wall_without_texture_gives_no_motion_and_no_doubt() -> None:
    wall = np.full((HEIGHT, WIDTH), 128, np.uint8)
    known = align.landmarks(wall)
    motion = align.register(known, shot(view()))
    assert (len(known.points), motion.found, motion.still) == (0, 1.0, True)
    assert np.array_equal(motion.matrix, np.eye(3))


@pytest.mark.parametrize(
    "before_the_camera",
    [
        pytest.param(np.full((HEIGHT, WIDTH), 90.0, np.float32), id="a-lid"),
        pytest.param(textured(seed=9), id="another-scene"),
    ],
)
def test_where_nothing_is_found_again_no_motion_is_believed(
    before_the_camera: NDArray[np.float32],
) -> None:
    motion = align.register(KNOWN, shot(before_the_camera))
    assert motion.found < 0.15 or motion.largest_px > 12.0
    assert np.isfinite(motion.matrix).all()


def test_a_wide_picture_is_registered_at_half_size_and_told_at_full_size() -> None:
    width, height = 1300, 100
    known = align.landmarks(shot(view(width=width, height=height), noise=0.0))
    seen = shot(view(np.array([[1, 0, 3.0], [0, 1, -2.0], [0, 0, 1.0]]), width=width, height=height))
    motion = align.register(known, seen)
    assert (known.scale, known.size) == (0.5, (width, height))
    assert motion.shift_px == pytest.approx((3.0, -2.0), abs=0.15)


def test_a_wide_picture_may_tilt() -> None:
    width, height = 1300, 200
    tilt = np.array([[1.0, 0.0, 2.0], [0.004, 1.0, 1.0], [8e-6, 0.0, 1.0]])
    known = align.landmarks(shot(view(width=width, height=height), noise=0.0))
    motion = align.register(known, shot(view(tilt, width=width, height=height), noise=1.0))
    middle = tilt @ np.array([width / 2, height / 2, 1.0])
    shift = middle[0] / middle[2] - width / 2, middle[1] / middle[2] - height / 2
    assert motion.shift_px == pytest.approx(shift, abs=0.3)


def test_a_still_picture_is_not_touched() -> None:
    pixels = in_colour(view())
    shown, seen = align.warp(pixels, align.register(KNOWN, shot(view())))
    assert shown is pixels
    assert seen.all()


@pytest.mark.parametrize("true", [moved(5.0, -4.0), moved(2.0, 3.0, degrees=1.0)], ids=["shift", "turn"])
def test_a_moved_picture_is_shown_where_the_reference_has_it(true: NDArray[np.float64]) -> None:
    pixels = in_colour(view(true), noise=0.0)
    shown, seen = align.warp(pixels, align.register(KNOWN, shot(view(true), noise=0.0)))
    apart = np.abs(shown.astype(np.int16) - in_colour(view(), noise=0.0))[seen]
    assert float(apart.mean()) < 1.5
    assert shown.shape == pixels.shape


def test_where_the_camera_did_not_look_is_known() -> None:
    grey = shot(view(moved(5.0, -4.0)))
    shown, seen = align.warp(grey, align.register(KNOWN, grey))
    assert shown.shape == grey.shape
    assert not seen[:, -5:].any()
    assert not seen[:3, :].any()
    assert seen[8:, :-8].all()
