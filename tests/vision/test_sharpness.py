from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.types import View
from edge.vision import align
from edge.vision.light import grey
from edge.vision.sharpness import detail, sharpness
from edge.vision.view import BLURRED, blurred, unrecognized
from tests.vision.pictures import in_colour, shot, textured

SCENE = textured(seed=0)
KNOWN = detail(grey(in_colour(SCENE, noise=0.5)))


def fogged(sigma: float, *, veil: float = 0.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    soft = cv2.GaussianBlur(SCENE, (0, 0), sigma)
    return np.asarray((1 - veil) * soft + veil * soft.mean(), np.float32)


@given(
    noise=st.floats(0.0, 8.0),
    gain=st.floats(0.6, 1.25),
    across=st.floats(-6.0, 6.0),
    down=st.floats(-6.0, 6.0),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_noise_light_and_a_small_shift_never_blur(
    noise: float, gain: float, across: float, down: float, seed: int
) -> None:
    moved = cv2.warpAffine(
        SCENE, np.array([[1, 0, across], [0, 1, down]]), SCENE.shape[::-1], borderMode=cv2.BORDER_REFLECT
    )
    picture = shot(np.asarray(moved, np.float32), seed=seed, noise=noise, gain=gain)
    motion = align.register(align.landmarks(grey(in_colour(SCENE, noise=0.5))), picture)
    seen, where = align.warp(picture, motion)
    assert not blurred(sharpness(KNOWN, seen, where))


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.25])
@pytest.mark.parametrize("noise", [1.0, 6.0])
@pytest.mark.parametrize(("sigma", "veil"), [(3.5, 0.0), (4.0, 0.5), (8.0, 0.3)])
def test_a_fogged_lens_is_blurred_in_any_light_and_noise(
    gain: float, noise: float, sigma: float, veil: float
) -> None:
    assert blurred(sharpness(KNOWN, shot(fogged(sigma, veil=veil), noise=noise, gain=gain)))


def test_a_picture_as_sharp_as_the_reference_has_sharpness_one() -> None:
    assert sharpness(KNOWN, grey(in_colour(SCENE, seed=3))) == pytest.approx(1.0, abs=0.05)


def test_less_contrast_alone_is_no_blur() -> None:
    veiled = np.asarray(0.5 * SCENE + 0.5 * SCENE.mean(), np.float32)
    assert sharpness(KNOWN, shot(veiled)) == pytest.approx(1.0, abs=0.1)


def test_of_another_view_nothing_can_be_said() -> None:
    assert sharpness(KNOWN, shot(textured(seed=9))) is None


def test_against_a_reference_without_detail_nothing_can_be_said() -> None:
    flat = np.full((180, 240), 120, np.uint8)
    assert sharpness(detail(flat), flat) is None


def test_places_that_were_not_seen_do_not_count() -> None:
    picture = shot(SCENE)
    picture[:, 120:] = 0
    seen = np.zeros(picture.shape, np.bool_)
    seen[:, :90] = True
    assert sharpness(KNOWN, picture, seen) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("measured", "view"),
    [
        pytest.param(None, View.COVERED, id="another-view"),
        pytest.param(BLURRED - 0.01, View.BLURRED, id="the-same-without-detail"),
        pytest.param(BLURRED, View.OK, id="the-same-with-enough-of-it"),
    ],
)
def test_unrecognized(measured: float | None, view: View) -> None:
    assert unrecognized(measured) is view
