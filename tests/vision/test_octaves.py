from __future__ import annotations

import numpy as np
import pytest

from edge.types import MOST_OCTAVES
from edge.vision.octaves import FLOORS, WEIGHTS, halved, joined


def flat(logit: float, side: int = 16) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.full((side, side), logit, np.float32)


def test_there_are_weights_for_every_number_of_sizes_and_they_sum_to_one() -> None:
    assert [len(weights) for weights in WEIGHTS] == list(range(1, MOST_OCTAVES + 1))
    assert all(sum(weights) == pytest.approx(1) for weights in WEIGHTS)
    assert all(list(weights) == sorted(weights, reverse=True) for weights in WEIGHTS)


def test_one_size_alone_is_what_it_says() -> None:
    logits = np.random.default_rng(0).normal(size=(8, 12)).astype(np.float32)
    assert np.array_equal(joined([logits]), logits)


@pytest.mark.parametrize("octaves", [2, 3])
def test_sizes_that_agree_say_what_each_says(octaves: int) -> None:
    said = joined([flat(1.5, 16 >> octave) for octave in range(octaves)])
    assert said.shape == (16, 16)
    assert said == pytest.approx(np.full((16, 16), 1.5), abs=1e-5)


def test_a_smaller_picture_that_shows_nothing_speaks_no_louder_than_the_floor() -> None:
    quiet, silent = (joined([flat(5.0), flat(low, 8)])[0, 0] for low in (FLOORS[1], -50.0))
    assert quiet == silent == pytest.approx(0.6 * 5.0 + 0.4 * FLOORS[1])


def test_nor_does_the_full_one_where_smaller_ones_are_sure() -> None:
    quiet, silent = (joined([flat(low), flat(8.0, 8), flat(6.0, 4)])[0, 0] for low in (FLOORS[0], -50.0))
    assert quiet == silent == pytest.approx(0.5 * FLOORS[0] + 0.3 * 8.0 + 0.2 * 6.0)


def test_no_size_outvotes_the_others() -> None:
    loudest = [-floor * weight for floor, weight in zip(FLOORS, WEIGHTS[-1], strict=True)]
    assert all(one <= sum(loudest) - one for one in loudest)


def test_a_smaller_picture_that_shows_something_is_heard() -> None:
    assert joined([flat(-1.0), flat(6.0, 8)])[0, 0] == pytest.approx(1.8)


def test_what_is_equal_to_the_last_bit_stays_beyond_doubt() -> None:
    assert (joined([flat(-np.inf), flat(8.0, 8), flat(8.0, 4)]) == -np.inf).all()


@pytest.mark.parametrize(
    ("height", "width", "half"),
    [(64, 48, (32, 24)), (7, 9, (3, 4)), (1, 1, (1, 1))],
)
def test_half_a_picture(height: int, width: int, half: tuple[int, int]) -> None:
    picture = np.full((height, width, 3), 77, np.uint8)
    assert halved(picture).shape == (*half, 3)
    assert (halved(picture) == 77).all()


def test_halving_takes_the_mean_of_four_pixels() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 0] = 200
    assert halved(picture)[0, 0].tolist() == [50, 50, 50]
