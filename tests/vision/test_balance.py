from __future__ import annotations

import numpy as np
import pytest

from edge.vision.balance import NOTICEABLE, balanced
from tests.vision.pictures import textured

COLOUR = np.array([0.8, 1.0, 0.6], np.float32)
SCENE = np.clip(textured(height=96, width=128)[..., None] * 0.6 * COLOUR + 40, 0, 170).astype(np.uint8)
EVERYWHERE = np.ones(SCENE.shape[:2], np.bool_)
WARM = np.array([1.3, 1.0, 0.7], np.float32)


def tinted(picture: np.ndarray, factors: np.ndarray = WARM) -> np.ndarray:
    return np.asarray(np.clip(np.rint(picture * factors), 0, 255), np.uint8)


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(one.astype(int) - other))


@pytest.mark.parametrize("factors", [(1.3, 1.0, 0.7), (0.75, 1.0, 1.25), (1.0, 1.2, 1.0)])
def test_a_tint_of_the_whole_view_is_taken_back(factors: tuple[float, ...]) -> None:
    shown = balanced(SCENE, tinted(SCENE, np.array(factors)), EVERYWHERE)
    # All channels by one factor: brightness is not a matter of tint.
    factor = shown.mean() / SCENE.mean()
    assert apart(shown, np.rint(SCENE * factor)).max() <= 4


def test_a_brighter_view_stays_as_bright() -> None:
    brighter = tinted(SCENE, np.full(3, 1.2))
    assert balanced(SCENE, brighter, EVERYWHERE) is brighter


def test_a_change_is_not_balanced_away() -> None:
    current = tinted(SCENE)
    current[20:60, 20:80] = (200, 30, 30)
    shown = balanced(SCENE, current, EVERYWHERE)
    outside = np.ones(SCENE.shape[:2], np.bool_)
    outside[20:60, 20:80] = False
    factor = shown[outside].mean() / SCENE[outside].mean()
    assert apart(shown, np.rint(SCENE * factor))[outside].mean() < 3
    assert apart(shown, SCENE)[~outside].mean() > 30


def test_nothing_is_done_where_nothing_is_tinted() -> None:
    noisy = np.clip(SCENE + np.random.default_rng(1).normal(0, 3, SCENE.shape), 0, 255).astype(np.uint8)
    shown = balanced(SCENE, noisy, EVERYWHERE)
    assert apart(shown, noisy).max() <= 255 * NOTICEABLE


def test_what_is_not_judged_has_no_say() -> None:
    judged = EVERYWHERE.copy()
    judged[:, :90] = False
    current = SCENE.copy()
    current[:, :90] = tinted(SCENE)[:, :90]
    assert np.array_equal(balanced(SCENE, current, judged), current)


@pytest.mark.parametrize("level", [0, 255])
def test_what_is_cut_off_says_nothing(level: int) -> None:
    flat = np.full_like(SCENE, level)
    assert balanced(SCENE, flat, EVERYWHERE) is flat


def test_pictures_of_any_size_are_taken() -> None:
    for size in ((1, 1), (3, 500), (40, 7)):
        picture = np.full((*size, 3), 100, np.uint8)
        assert balanced(picture, picture, np.ones(size, np.bool_)) is picture


def test_the_picture_that_was_given_is_left_as_it_is() -> None:
    current = tinted(SCENE)
    kept = current.copy()
    balanced(SCENE, current, EVERYWHERE)
    assert np.array_equal(current, kept)
