from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.vision.polygons import filled
from edge.vision.restless import (
    MOST_CORNERS,
    MOST_POLYGONS,
    WIDTH,
    Restlessness,
    polygons_around,
    share_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from edge.types import Pixels

HEIGHT = 270
LOOKS = 30
PLACE = np.s_[100:120, 200:230]
RNG = np.random.default_rng(0)
SCENE = cv2.resize(RNG.integers(40, 200, (18, 32), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def seen(happens: Callable[[int, NDArray[np.float32]], None]) -> NDArray[np.bool_]:
    """Return what is restless where something happens to a noisy scene."""
    rng = np.random.default_rng(1)
    restlessness = Restlessness()
    for look in range(LOOKS):
        scene = SCENE.astype(np.float32)
        happens(look, scene)
        noisy = np.clip(scene + rng.normal(0, 2, scene.shape), 0, 255).astype(np.uint8)
        restlessness.look(np.repeat(noisy[..., None], 3, axis=2))
    return restlessness.where()


def blink(look: int, scene: NDArray[np.float32]) -> None:
    scene[PLACE] += 60 * (look // 3 % 2)


def vanish(look: int, scene: NDArray[np.float32]) -> None:
    scene[PLACE] += 60 * (look > LOOKS // 2)


def switch(look: int, scene: NDArray[np.float32]) -> None:
    scene *= 0.6 if 10 < look < 20 else 1.0


def flicker(look: int, scene: NDArray[np.float32]) -> None:
    rows = np.arange(HEIGHT)[:, None]
    scene *= (1 + 0.2 * np.sin(rows / 8 + look * 2.0)).astype(np.float32)


def pass_by(look: int, scene: NDArray[np.float32]) -> None:
    left = look * WIDTH // LOOKS
    scene[60:250, max(0, left - 40) : left] = 20


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(lambda *_: None, id="nothing"),
        pytest.param(vanish, id="a-thing-vanishes"),
        pytest.param(switch, id="the-lamp-is-dimmed-and-comes-back"),
        pytest.param(flicker, id="the-mains-flicker-in-bands"),
        pytest.param(pass_by, id="somebody-passes"),
    ],
)
def test_what_holds_still_is_not_restless(happens: Callable[[int, NDArray[np.float32]], None]) -> None:
    assert polygons_around(seen(happens)) == ()


def test_what_blinks_is_found_and_little_else() -> None:
    covered = filled(polygons_around(seen(blink)), HEIGHT, WIDTH)
    assert covered[PLACE].all()
    assert covered.mean() < 4 * covered[PLACE].size / covered.size


def test_under_a_lamp_that_flickers_what_blinks_is_still_found() -> None:
    def both(look: int, scene: NDArray[np.float32]) -> None:
        blink(look, scene)
        flicker(look, scene)

    assert filled(polygons_around(seen(both)), HEIGHT, WIDTH)[PLACE].all()


def test_too_few_looks_say_nothing() -> None:
    restlessness = Restlessness()
    assert not restlessness.where().any()
    for level in (0, 255, 0, 255, 0):
        restlessness.look(np.full((8, 8, 3), level, np.uint8))
    assert not restlessness.where().any()


def test_a_picture_of_another_size_begins_anew() -> None:
    restlessness = Restlessness()
    restlessness.look(np.zeros((8, 8, 3), np.uint8))
    restlessness.look(np.zeros((9, 8, 3), np.uint8))
    assert restlessness.where().shape == (9, 8)


def test_a_large_picture_is_looked_at_in_small() -> None:
    restlessness = Restlessness()
    restlessness.look(np.zeros((1080, 1920, 3), np.uint8))
    assert restlessness.where().shape == (270, 480)


def test_many_looks_need_no_more_memory() -> None:
    restlessness = Restlessness()
    picture: Pixels = np.zeros((4, 4, 3), np.uint8)
    for _ in range(1000):
        restlessness.look(picture)
    assert restlessness.kept <= 64


@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_polygons_are_few_simple_and_within_the_picture(where: NDArray[np.bool_]) -> None:
    polygons = polygons_around(where)
    assert len(polygons) <= MOST_POLYGONS
    for polygon in polygons:
        assert 3 <= len(polygon) <= MOST_CORNERS
        assert all(0 <= share <= 1 for corner in polygon for share in corner)


def test_the_share_of_a_view_counts_gaps() -> None:
    where = np.zeros((100, 100), np.bool_)
    where[20:80:4, 20:80] = True
    assert share_of(where) == pytest.approx(0.36, abs=0.06)
