from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.probe.patches import Patch, exposed, kept_share

GREY = 100
FLAT = np.full((48, 64, 3), GREY, np.uint8)
corners = st.floats(2.0, 30.0)
sides = st.sampled_from([3, 6, 12])


def added(patch: Patch, gain: float = 1.0) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Return what a patch adds to a flat picture in some light."""
    return np.asarray(exposed(FLAT, [patch], gain).astype(np.int16) - exposed(FLAT, [], gain))


def test_a_square_of_12_px_at_60_grey_levels_is_just_that() -> None:
    change = added(Patch(20, 10, 12, 60))
    assert change[10:22, 20:32].min() == change.max() == 60
    assert np.count_nonzero(change[..., 0]) == 144


@given(corners, corners, sides)
def test_the_shares_of_the_pixels_add_up_to_the_area(left: float, top: float, side: int) -> None:
    assert Patch(left, top, side, 60).cover().sum() == pytest.approx(side * side, rel=1e-4)


@given(corners, corners, sides, st.sampled_from([-60, -30, 30, 60]))
def test_edges_between_pixels_keep_area_times_contrast(
    left: float, top: float, side: int, contrast: int
) -> None:
    change = added(Patch(left, top, side, contrast))[..., 1]
    rounded_px = 4 * (side + 2)
    assert abs(int(change.sum()) - contrast * side * side) <= 0.5 * rounded_px


@given(corners, corners, sides)
def test_nothing_outside_the_box_is_touched(left: float, top: float, side: int) -> None:
    patch = Patch(left, top, side, 60)
    change = added(patch)
    change[patch.box.top : patch.box.bottom, patch.box.left : patch.box.right] = 0
    assert not change.any()


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.25])
def test_the_light_falls_on_the_patch_as_on_the_scene(gain: float) -> None:
    assert added(Patch(20, 10, 12, 40), gain).max() == pytest.approx(40 * gain, abs=1)


def test_the_cameras_noise_stays_on_the_patch() -> None:
    noisy = np.random.default_rng(0).integers(80, 120, (48, 64, 3)).astype(np.uint8)
    shown = exposed(noisy, [Patch(20, 10, 12, 60)])
    assert np.array_equal(
        shown[10:22, 20:32].astype(np.int16) - noisy[10:22, 20:32], np.full((12, 12, 3), 60)
    )


def test_the_footage_itself_is_left_alone() -> None:
    before = FLAT.copy()
    exposed(before, [Patch(20, 10, 12, 60)], 0.6)
    assert np.array_equal(before, FLAT)


@pytest.mark.parametrize(
    ("grey", "contrast", "gain", "kept"),
    [
        pytest.param(100, 60, 1.0, 1.0, id="all-of-it-on-grey"),
        pytest.param(240, 60, 1.0, 0.25, id="a-quarter-on-near-white"),
        pytest.param(255, 60, 1.0, 0.0, id="nothing-on-white"),
        pytest.param(20, -60, 1.0, 1 / 3, id="a-third-on-near-black"),
        pytest.param(200, 60, 1.25, 5 / 75, id="a-brighter-light-clips-more"),
    ],
)
def test_clipping_eats_contrast(grey: int, contrast: float, gain: float, kept: float) -> None:
    scene = np.full((48, 64, 3), grey, np.uint8)
    assert kept_share(scene, Patch(20, 10, 12, contrast), gain) == pytest.approx(kept, abs=0.01)
