from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.vision.learn import Learner, merged, patched
from edge.vision.light import grey
from tests.vision.pictures import in_colour, instant, textured, with_square

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edge.types import Pixels, Reference

HEIGHT, WIDTH = 60, 80
LOOKS = 30
PLACE = np.zeros((HEIGHT, WIDTH), np.bool_)
PLACE[20:40, 30:50] = True


@lru_cache(maxsize=1)
def bare() -> NDArray[np.float32]:
    """Return a scene."""
    return textured(seed=5, height=HEIGHT, width=WIDTH)


def crowded() -> NDArray[np.float32]:
    """Return the scene with somebody standing in it."""
    return with_square(bare(), 30, 20, 20, 70.0)


def learner(scenes: Iterable[NDArray[np.float32]], *, noise: float = 2.0) -> Learner:
    """Learn from scenes, one look a second."""
    shots = (in_colour(scene, seed=n, noise=noise) for n, scene in enumerate(scenes))
    learning = Learner(next(shots), instant(0))
    for pixels in shots:
        learning.look(pixels)
    return learning


def known(learning: Learner, *, learn_s: float = 0.0) -> Reference:
    """Return what is known after the looks so far, one a second."""
    return learning.reference(name="day-1", light="day", now=instant(learning.looks - 1), learn_s=learn_s)


def apart(reference: Reference, scene: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return by how many grey levels the reference differs from a scene."""
    true: Pixels = in_colour(scene, noise=0.0)
    distance: NDArray[np.int16] = np.abs(reference.pixels.astype(np.int16) - true).max(axis=2)
    return distance


def test_a_reference_says_what_it_is() -> None:
    reference = known(learner([bare()] * 12))
    assert (reference.id, reference.light, reference.taken_ns) == ("day-1", "day", instant(11).wall_ns)
    assert reference.pixels.dtype == np.uint8
    assert reference.noise.dtype == np.float32
    assert reference.pixels.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("noise", [0.5, 2.0, 4.0])
def test_a_still_scene_is_fully_learned_through_its_noise(noise: float) -> None:
    reference = known(learner([bare()] * LOOKS, noise=noise))
    assert reference.learned.mean() > 0.998
    assert apart(reference, bare()).mean() < 0.5 + noise / 2


@pytest.mark.parametrize("noise", [1.0, 2.0, 4.0])
def test_the_noise_is_estimated_within_a_quarter(noise: float) -> None:
    reference = known(learner([bare()] * LOOKS, noise=noise))
    assert float(np.median(reference.noise)) == pytest.approx(noise, rel=0.25)
    assert np.percentile(reference.noise, 2) > 0.6 * noise
    assert np.percentile(reference.noise, 98) < 1.4 * noise


def test_a_camera_without_noise_is_not_believed_to_have_none() -> None:
    reference = known(learner([bare()] * LOOKS, noise=0.0))
    assert reference.noise.min() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("looks", "is_known"),
    [
        pytest.param(7, False, id="seven-looks-are-too-few"),
        pytest.param(8, True, id="eight-are-enough"),
    ],
)
def test_the_fewest_looks(*, looks: int, is_known: bool) -> None:
    reference = known(learner([bare()] * looks, noise=0.0))
    assert set(np.unique(reference.learned)) == {is_known}


@pytest.mark.parametrize(
    ("learn_s", "is_known"),
    [
        pytest.param(29.0, True, id="the-time-has-passed"),
        pytest.param(29.1, False, id="it-has-not"),
    ],
)
def test_nothing_is_known_before_the_learning_time(*, learn_s: float, is_known: bool) -> None:
    reference = known(learner([bare()] * LOOKS, noise=0.0), learn_s=learn_s)
    assert set(np.unique(reference.learned)) == {is_known}


def presence(first: int, last: int) -> list[NDArray[np.float32]]:
    """Return scenes in which somebody stands from look ``first`` until before ``last``."""
    return [crowded() if first <= n < last else bare() for n in range(LOOKS)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(0, 10, id="who-stood-there-from-the-beginning"),
        pytest.param(10, 20, id="who-stood-there-in-between"),
        pytest.param(20, 30, id="who-stands-there-at-the-end"),
    ],
)
def test_who_stood_there_for_a_third_of_the_time_is_not_in_the_reference(first: int, last: int) -> None:
    reference = known(learner(presence(first, last)))
    assert apart(reference, bare())[PLACE].mean() < 3.0
    assert reference.learned[~PLACE].mean() > 0.99


def test_a_place_where_somebody_stood_is_learned_once_it_was_free_for_long_enough() -> None:
    scenes = presence(0, 10)
    assert not known(learner(scenes)).learned[PLACE].any()
    free = known(learner(scenes + [bare()] * 12))
    assert free.learned[PLACE].mean() > 0.98
    assert apart(free, bare())[PLACE].mean() < 3.0


@pytest.mark.parametrize("of", [2, 3])
def test_what_flickers_is_not_learned(of: int) -> None:
    reference = known(learner(crowded() if n % of == 0 else bare() for n in range(3 * LOOKS)))
    assert not reference.learned[PLACE].any()
    assert reference.learned[~PLACE].mean() > 0.99


def test_what_never_looks_the_same_twice_is_not_learned() -> None:
    scenes = [with_square(bare(), 30, 20, 20, 25.0 * (n % 5)) for n in range(3 * LOOKS)]
    assert not known(learner(scenes)).learned[PLACE].any()


def test_a_slight_drift_of_the_light_is_followed() -> None:
    scenes = [np.asarray(bare() * np.float32(1.0 + 0.0005 * n)) for n in range(LOOKS)]
    assert known(learner(scenes)).learned.mean() > 0.98


@pytest.mark.parametrize(
    ("flicker", "is_known"),
    [
        pytest.param(7.0, True, id="seven-grey-levels-are-one-value"),
        pytest.param(11.0, False, id="eleven-are-two"),
    ],
)
def test_how_alike_two_looks_must_be_on_a_camera_without_noise(*, flicker: float, is_known: bool) -> None:
    other = with_square(bare(), 30, 20, 20, flicker)
    reference = known(learner([(bare(), other)[n % 2] for n in range(LOOKS)], noise=0.0))
    assert set(np.unique(reference.learned[PLACE])) == {is_known}


def test_on_a_noisy_camera_they_may_be_less_alike_but_not_by_half() -> None:
    other = with_square(bare(), 30, 20, 20, 48.0)
    reference = known(learner([(bare(), other)[n % 2] for n in range(LOOKS)], noise=4.0))
    assert reference.learned[PLACE].mean() < 0.2
    assert reference.learned[~PLACE].mean() > 0.98


def test_a_step_of_the_light_is_not_taken_for_noise() -> None:
    dim, dimmed = bare() * np.float32(0.8), crowded() * np.float32(0.8)
    scenes = [bare()] * 3 + [np.asarray((dim, dimmed)[n % 2]) for n in range(2 * LOOKS)]
    reference = known(learner(scenes))
    assert not reference.learned[PLACE].any()
    assert reference.learned[~PLACE].mean() > 0.9


def test_three_quarters_of_the_looks_are_enough() -> None:
    reference = known(learner([bare()] * 9 + [crowded()] * 3, noise=0.0))
    assert reference.learned.all()


def test_of_two_that_were_seen_equally_often_the_first_stays() -> None:
    reference = known(learner([crowded()] * 6 + [bare()] * 6, noise=0.0))
    assert apart(reference, crowded())[PLACE].max() <= 1


@pytest.mark.parametrize("channel", [0, 1, 2], ids=["red", "green", "blue"])
def test_a_difference_in_one_channel_alone_counts(channel: int) -> None:
    shots = [np.array(in_colour(bare(), seed=n)) for n in range(LOOKS)]
    for n, pixels in enumerate(shots):
        if n % 2:
            pixels[PLACE, channel] = 255 - pixels[PLACE, channel] // 2
    learning = Learner(shots[0], instant(0))
    for pixels in shots[1:]:
        learning.look(pixels)
    assert not known(learning).learned[PLACE].any()


# ---- a place taken over ----


def test_a_patched_place_looks_like_the_picture_and_nothing_else_changes() -> None:
    before = known(learner([bare()] * 12))
    after = patched(before, in_colour(crowded()), PLACE, instant(99))
    assert apart(after, crowded())[PLACE].mean() < 5.0
    assert np.array_equal(after.pixels[~PLACE], before.pixels[~PLACE])
    assert (after.taken_ns, after.id) == (instant(99).wall_ns, before.id)


@pytest.mark.parametrize("gain", [0.6, 1.2])
def test_a_place_patched_under_another_light_is_kept_in_the_light_of_the_reference(gain: float) -> None:
    before = known(learner([bare()] * 12))
    after = patched(before, in_colour(crowded(), gain=gain, noise=0.0), PLACE, instant(99))
    assert apart(after, crowded())[PLACE].mean() < 6.0


def test_a_nearly_black_picture_can_be_taken_over() -> None:
    before = known(learner([bare()] * 12))
    black = np.ones((HEIGHT, WIDTH, 3), np.uint8)
    assert patched(before, black, PLACE, instant(99)).pixels[PLACE].max() <= 200


def test_a_patched_place_is_known() -> None:
    before = known(learner([bare()] * 4))
    after = patched(before, in_colour(crowded()), PLACE, instant(99))
    assert np.array_equal(after.learned, PLACE)


# ---- a place learned later ----


def half_known() -> tuple[Reference, Reference]:
    """Return a reference that lacks a place, and one that was learned later."""
    first = known(learner([bare()] * 12))
    lacking = replace(first, learned=first.learned & ~PLACE)
    heard = known(learner([crowded()] * 14, noise=4.0))
    return lacking, replace(heard, learned=np.ones_like(heard.learned))


def test_what_was_heard_fills_only_what_was_not_known() -> None:
    lacking, heard = half_known()
    after = merged(lacking, heard, np.zeros_like(PLACE))
    fresh = ~lacking.learned
    assert np.array_equal(after.pixels[fresh], heard.pixels[fresh])
    assert np.array_equal(after.noise[fresh], heard.noise[fresh])
    assert np.array_equal(after.pixels[~fresh], lacking.pixels[~fresh])
    assert np.array_equal(after.noise[~fresh], lacking.noise[~fresh])
    assert after.learned.all()
    assert after.taken_ns == heard.taken_ns


def test_places_to_leave_alone_stay_unknown() -> None:
    lacking, heard = half_known()
    assert merged(lacking, heard, ~lacking.learned) is lacking


def test_with_nothing_new_the_reference_stays_the_very_same() -> None:
    lacking, heard = half_known()
    silent = replace(heard, learned=np.zeros_like(heard.learned))
    assert merged(lacking, silent, np.zeros_like(PLACE)) is lacking


def test_brightness_and_colour_are_learned_together() -> None:
    reference = known(learner([bare()] * 12, noise=0.0))
    assert np.array_equal(grey(reference.pixels), grey(in_colour(bare(), noise=0.0)))
