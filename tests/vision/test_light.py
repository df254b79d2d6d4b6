from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.vision.light import grey, relit, relit_widely
from tests.vision.pictures import HEIGHT, WIDTH, shot, textured, with_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAINS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6)
PLACE = np.s_[80:92, 100:112]


def still(scene: NDArray[np.float32], *, gain: float = 1.0, offset: float = 0.0) -> NDArray[np.uint8]:
    """Expose a scene without noise."""
    return shot(scene, noise=0.0, gain=gain, offset=offset)


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return by how many grey levels two pictures differ."""
    distance: NDArray[np.int16] = np.abs(one.astype(np.int16) - other)
    return distance


@pytest.mark.parametrize(
    ("colour", "brightness"),
    [
        pytest.param((255, 255, 255), 255, id="white"),
        pytest.param((255, 0, 0), 76, id="red-counts-for-three-tenths"),
        pytest.param((0, 255, 0), 150, id="green-for-six"),
        pytest.param((0, 0, 255), 29, id="blue-for-one"),
    ],
)
def test_brightness_is_that_of_an_rgb_picture(colour: tuple[int, int, int], brightness: int) -> None:
    assert grey(np.full((2, 3, 3), colour, np.uint8)).tolist() == [[brightness] * 3] * 2


@pytest.mark.parametrize("gain", GAINS)
def test_a_dimmed_scene_is_shown_as_the_camera_sees_it(gain: float) -> None:
    dimmed = still(textured() * 0.75, gain=gain)
    shown, fitted = relit(still(textured() * 0.75), dimmed)
    assert apart(shown, dimmed).max() <= 2
    assert np.abs(fitted / gain - 1.0).max() < 0.02


def test_a_veil_of_stray_light_is_followed() -> None:
    veiled = still(textured(), gain=0.8, offset=30.0)
    shown, fitted = relit(still(textured()), veiled)
    assert apart(shown, veiled).mean() < 1.0
    assert np.abs(np.median(fitted) / 0.8 - 1.0) < 0.06


def test_light_that_falls_off_across_the_view_is_followed() -> None:
    lamp = np.linspace(1.15, 0.85, WIDTH, dtype=np.float32)
    lit = still(textured() * lamp)
    shown, _ = relit(still(textured()), lit)
    assert apart(shown, lit).max() <= 6
    assert apart(shown, lit).mean() <= 2.0


@pytest.mark.parametrize("contrast", [-60.0, -30.0, 30.0, 60.0])
@pytest.mark.parametrize("side", [12, 40])
def test_a_thing_is_not_taken_for_light(contrast: float, side: int) -> None:
    scene = with_square(textured(), 100, 80, side, contrast)
    shown, _ = relit(still(textured()), still(scene, gain=0.8))
    assert apart(shown, still(textured(), gain=0.8)).max() <= 6


def test_where_nearly_everything_is_strange_the_first_fit_is_believed() -> None:
    """Half a dozen pixels that happen to fit say nothing about the light of all."""
    other = still(textured(seed=1) * 0.3)
    other[60:66, 60:66] = still(textured())[60:66, 60:66]
    _, fitted = relit(still(textured()), other)
    ratio = other.mean() / still(textured()).mean()
    assert fitted.max() < 2.0 * ratio


def test_clipped_pixels_say_nothing_about_the_light() -> None:
    scene = np.array(textured())
    scene[60:120, 80:140] += 150.0
    ref, cur = still(scene), still(scene, gain=0.7)
    shown, fitted = relit(ref, cur)
    clear = (ref < 250) & (cur < 250)
    assert apart(shown, cur)[clear].max() <= 6
    assert np.abs(fitted[clear] / 0.7 - 1.0).max() < 0.1


def test_a_flat_wall_takes_the_plain_ratio_of_brightness() -> None:
    wall = np.full((HEIGHT, WIDTH), 99, np.uint8)
    shown, fitted = relit(wall, np.full((HEIGHT, WIDTH), 49, np.uint8))
    assert np.allclose(fitted, 0.5, atol=0.002)
    assert set(np.unique(shown)) == {49}


def test_the_gain_stays_within_half_of_the_ratio_of_brightness_whatever_the_texture_says() -> None:
    stripes = np.tile(np.repeat([60, 160], 4), (HEIGHT, WIDTH // 8)).astype(np.uint8)
    _, inverted = relit(stripes, 220 - stripes)
    _, stronger = relit(np.clip(stripes, 90, 130), stripes)
    assert np.allclose(inverted, 1 / 1.5, atol=0.01)
    assert np.allclose(stronger, 1.5, atol=0.01)


def test_what_a_light_would_lift_above_white_is_white() -> None:
    shown, _ = relit(still(textured()), still(textured(), gain=3.0))
    assert shown[textured() > 120].min() > 240


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_a_picture_of_any_size_is_already_in_its_own_light(picture: NDArray[np.uint8]) -> None:
    shown, fitted = relit(picture, picture)
    assert apart(shown, picture).max() <= 1
    assert fitted.shape == picture.shape
    assert fitted.dtype == np.float32


# ---- the light of a wide surrounding ----


@pytest.mark.parametrize("gain", GAINS)
def test_a_dimmed_scene_is_shown_in_the_light_of_its_surroundings(gain: float) -> None:
    dimmed = still(textured() * 0.75, gain=gain)
    shown, fitted = relit_widely(still(textured() * 0.75), dimmed)
    assert apart(shown, dimmed).max() <= 2
    assert np.abs(fitted / gain - 1.0).max() < 0.02


def test_somebody_who_fills_a_neighbourhood_does_not_change_the_light_of_its_surroundings() -> None:
    scene = textured(seed=6, height=360, width=480)
    crowded = np.array(scene)
    crowded[100:220, 150:250] = 20.0
    shown, fitted = relit_widely(still(scene), still(crowded, gain=0.8))
    assert np.abs(fitted / 0.8 - 1.0).max() < 0.05
    assert apart(shown, still(scene, gain=0.8)).max() <= 8


def test_light_that_falls_off_across_a_wide_view_is_followed() -> None:
    scene = textured(seed=6, height=360, width=480)
    lamp = np.linspace(1.2, 0.8, 480, dtype=np.float32)
    _, fitted = relit_widely(still(scene), still(scene * lamp))
    assert np.abs(fitted[180] - lamp)[100:-100].max() < 0.06


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_a_picture_of_any_size_is_already_in_the_light_of_its_surroundings(
    picture: NDArray[np.uint8],
) -> None:
    shown, fitted = relit_widely(picture, picture)
    assert apart(shown, picture).max() == 0
    assert fitted.shape == picture.shape
