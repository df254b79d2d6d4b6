from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.vision.difference import difference
from tests.vision.pictures import HEIGHT, NOISE, WIDTH, flat_noise, shot, textured, with_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = 0.5
PLACE = np.zeros((HEIGHT, WIDTH), np.bool_)
PLACE[80:92, 100:112] = True


def reference(scene: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a scene as it was learned, its noise averaged away."""
    return shot(scene, noise=0.0)


@given(hnp.arrays(np.uint8, (20, 30)), st.floats(0.5, 20.0))
def test_equal_pictures_give_zero_everywhere(picture: NDArray[np.uint8], sigma: float) -> None:
    noise = np.full(picture.shape, sigma, np.float32)
    assert not difference(picture, picture.copy(), noise).any()


@given(hnp.arrays(np.uint8, (20, 30)), hnp.arrays(np.uint8, (20, 30)), st.floats(0.0, 20.0))
def test_a_score_lies_from_zero_to_below_one(
    one: NDArray[np.uint8], other: NDArray[np.uint8], sigma: float
) -> None:
    score = difference(one, other, np.full(one.shape, sigma, np.float32))
    assert score.shape == one.shape
    assert score.dtype == np.float32
    assert score.min() >= 0.0
    assert score.max() < 1.0


@given(st.floats(0.6, 1.25), st.integers(0, 3), st.integers(0, 99))
@settings(max_examples=25)
def test_a_change_of_light_is_no_difference(gain: float, scene: int, seed: int) -> None:
    seen = shot(textured(seed=scene), gain=gain, seed=seed)
    assert difference(reference(textured(seed=scene)), seen, flat_noise()).max() < 0.3


@pytest.mark.parametrize("contrast", [-30.0, 30.0])
@pytest.mark.parametrize("gain", [0.6, 0.8, 1.0, 1.25])
@pytest.mark.parametrize("scene", [0, 1])
def test_a_small_square_is_found_in_any_light_and_nothing_else(
    scene: int, gain: float, contrast: float
) -> None:
    changed = with_square(textured(seed=scene), 100, 80, 12, contrast)
    hot = difference(reference(textured(seed=scene)), shot(changed, gain=gain), flat_noise()) >= HALF
    assert np.count_nonzero(hot & PLACE) >= 0.75 * np.count_nonzero(PLACE)
    assert np.count_nonzero(hot & ~PLACE) <= 2 * (12 + 12)


@pytest.mark.parametrize("gain", [1.0, 1.5, 2.0])
def test_a_light_that_blinds_the_sensor_is_no_difference(gain: float) -> None:
    scene = np.asarray(textured() + np.float32(40.0))
    assert difference(reference(scene), shot(scene, gain=gain), flat_noise()).max() < HALF


@pytest.mark.parametrize("gain", [0.5, 0.7])
def test_a_lamp_that_blinded_the_sensor_when_it_was_learned_may_be_brighter_than_it_seemed(
    gain: float,
) -> None:
    scene = with_square(textured(), 80, 60, 40, 200.0)
    assert difference(reference(scene), shot(scene, gain=gain), flat_noise()).max() < HALF


@pytest.mark.parametrize(
    ("learned", "silent"),
    [
        pytest.param(250, True, id="from-250-on-the-sensor-may-have-clipped"),
        pytest.param(249, False, id="below-it-has-not"),
    ],
)
def test_what_counts_as_blinding(*, learned: int, silent: bool) -> None:
    before = shot(textured(), noise=0.0)
    after = shot(textured(), gain=0.7, noise=0.0)
    before[80:96, 80:96] = learned
    after[80:96, 80:96] = 245
    assert bool(difference(before, after, flat_noise()).max() < HALF) is silent


def test_a_dark_square_is_found_where_the_light_blinds_the_sensor_elsewhere() -> None:
    scene = np.asarray(textured() + np.float32(40.0))
    changed = with_square(scene, 100, 80, 12, -90.0)
    hot = difference(reference(scene), shot(changed, gain=1.5), flat_noise()) >= HALF
    assert np.count_nonzero(hot & PLACE) >= 0.5 * np.count_nonzero(PLACE)


@pytest.mark.parametrize(("across", "down"), [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1)])
def test_a_shift_of_one_pixel_is_no_difference(across: int, down: int) -> None:
    seen = shot(np.roll(textured(), (down, across), axis=(0, 1)))
    score = difference(reference(textured()), seen, flat_noise())
    assert score[4:-4, 4:-4].max() < HALF


@pytest.mark.parametrize(
    ("sigma", "alarms"),
    [
        pytest.param(2.0, True, id="on-a-quiet-sensor-it-stands-out"),
        pytest.param(20.0, False, id="on-a-noisy-one-it-does-not"),
    ],
)
def test_a_faint_square_is_measured_in_units_of_noise(*, sigma: float, alarms: bool) -> None:
    changed = with_square(textured(), 100, 80, 12, 25.0)
    score = difference(reference(textured()), shot(changed, noise=0.0), flat_noise(sigma))
    assert bool(np.median(score[PLACE]) >= HALF) is alarms


def test_the_score_is_one_half_at_six_standard_deviations() -> None:
    wall = np.full((HEIGHT, WIDTH), 100, np.uint8)
    painted = wall.copy()
    painted[80:92, 100:112] += 12
    noise = flat_noise(float(np.sqrt(3.0) / 0.3))  # with the floor of one: two grey levels
    assert difference(wall, painted, noise)[86, 106] == pytest.approx(0.5, abs=0.01)


def test_noise_grows_with_the_light() -> None:
    """Under half the light, the same grey levels are more standard deviations."""
    wall = np.full((HEIGHT, WIDTH), 160, np.uint8)
    dimmed = np.full((HEIGHT, WIDTH), 80, np.uint8)
    bright, dim = wall.copy(), dimmed.copy()
    bright[80:92, 100:112] += 20
    dim[80:92, 100:112] += 20
    noise = flat_noise(10.0)
    assert difference(wall, dim, noise)[86, 106] > difference(wall, bright, noise)[86, 106] + 0.1


@pytest.mark.parametrize("height", [60, 120])
def test_somebody_who_fills_a_neighbourhood_does_not_change_the_light_around(height: int) -> None:
    """Their own place differs; what they do not hide does not."""
    scene = textured(seed=6, height=360, width=480)
    crowded = np.array(scene)
    crowded[100 : 100 + height, 150:250] = 45.0 + 0.1 * crowded[100 : 100 + height, 150:250]
    noise = np.full(scene.shape, NOISE, np.float32)
    hot = difference(reference(scene), shot(crowded), noise) >= HALF
    outside = np.ones(scene.shape, np.bool_)
    outside[97 : 103 + height, 147:253] = False
    assert np.count_nonzero(hot & outside) <= 20
    assert hot[110 : 90 + height, 160:240].mean() > 0.4


def test_a_single_wild_pixel_does_not_reach_the_threshold() -> None:
    wild = shot(textured(), noise=0.0)
    wild[86, 106] = min(255, int(wild[86, 106]) + 8 * round(NOISE))
    assert difference(reference(textured()), wild, flat_noise()).max() < HALF
