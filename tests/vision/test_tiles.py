from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.types import Box
from edge.vision.tiles import MARGIN_PX, Tile, cut, scored, tiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ScoreMap

sides = st.integers(1, 200)
windows = st.tuples(st.integers(6, 96), st.integers(6, 96))


def noise(height: int, width: int) -> NDArray[np.float32]:
    """Return a picture in which every pixel is another."""
    return np.random.default_rng(0).random((height, width), np.float32)


def depth(place: int, first: int, end: int, length: int) -> int:
    """Return how far a pixel lies inside a window along one side; picture borders do not count."""
    before = place - first if first > 0 else length
    after = end - 1 - place if end < length else length
    return min(before, after)


@given(sides, sides, windows)
def test_every_pixel_is_judged_exactly_once(height: int, width: int, size: tuple[int, int]) -> None:
    counted = np.zeros((height, width), np.int64)
    for tile in tiles(height, width, size):
        judged = tile.judged
        assert judged.width > 0
        assert judged.height > 0
        counted[judged.top : judged.bottom, judged.left : judged.right] += 1
    assert (counted == 1).all()


@given(sides, sides, windows)
def test_a_window_has_its_size_and_shows_what_it_judges(
    height: int, width: int, size: tuple[int, int]
) -> None:
    for tile in tiles(height, width, size):
        seen, judged = tile.seen, tile.judged
        assert (seen.height, seen.width) == size
        assert seen.left <= judged.left < judged.right <= seen.right
        assert seen.top <= judged.top < judged.bottom <= seen.bottom


@given(sides, sides, windows)
def test_scoring_each_pixel_by_itself_gives_the_picture_back(
    height: int, width: int, size: tuple[int, int]
) -> None:
    picture = noise(height, width)
    assert np.array_equal(scored(height, width, size, lambda tile: cut(picture, tile)), picture)


@given(st.integers(1, 300), st.integers(1, 96))
def test_a_pixel_is_judged_where_it_lies_deepest(length: int, window: int) -> None:
    row = list(tiles(1, length, (1, window)))
    for tile in row:
        for place in range(tile.judged.left, tile.judged.right):
            here = depth(place, tile.seen.left, tile.seen.right, length)
            others = [
                depth(place, other.seen.left, other.seen.right, length)
                for other in row
                if other.seen.left <= place < other.seen.right
            ]
            assert here >= max(others) - 1  # the middle of an even overlap is no pixel


@given(st.integers(1, 400), st.integers(64, 256))
def test_a_border_between_windows_is_a_margin_away_from_both(length: int, window: int) -> None:
    row = list(tiles(1, length, (1, window)))
    assert all(tile.judged.left - tile.seen.left >= MARGIN_PX for tile in row[1:])
    assert all(tile.seen.right - tile.judged.right >= MARGIN_PX for tile in row[:-1])


@given(st.integers(1, 160), st.integers(1, 160))
def test_no_seam_shows_where_a_score_depends_on_less_than_the_margin(height: int, width: int) -> None:
    picture = noise(height, width)
    reach = 2 * MARGIN_PX + 1

    def smooth(part: NDArray[np.float32]) -> ScoreMap:
        return np.asarray(cv2.blur(part, (reach, reach), borderType=cv2.BORDER_REFLECT_101), dtype=np.float32)

    whole = scored(height, width, (64, 80), lambda tile: smooth(np.ascontiguousarray(cut(picture, tile))))
    inner = np.s_[: height - MARGIN_PX, : width - MARGIN_PX]  # a small picture is mirrored more than once
    assert np.allclose(whole[inner], smooth(picture)[inner], atol=1e-5)


@pytest.mark.parametrize(
    ("height", "width", "count"),
    [
        pytest.param(256, 256, 1, id="a-picture-of-a-windows-size"),
        pytest.param(10, 20, 1, id="a-small-picture"),
        pytest.param(257, 256, 2, id="one-row-more"),
        pytest.param(480, 640, 2 * 3, id="vga"),
        pytest.param(1080, 1920, 5 * 9, id="full-hd"),
    ],
)
def test_no_more_windows_than_needed(height: int, width: int, count: int) -> None:
    assert len(list(tiles(height, width, (256, 256)))) == count


def test_a_window_left_out_scores_zero_and_no_other_does() -> None:
    ones = np.ones((64, 64), np.float32)
    left_out = next(iter(tiles(64, 150, (64, 64))))
    score = scored(64, 150, (64, 64), lambda tile: None if tile == left_out else ones)
    end = left_out.judged.right
    assert not score[:, :end].any()
    assert (score[:, end:] == 1).all()


def test_beyond_a_small_picture_is_its_mirror_image() -> None:
    picture = np.arange(6, dtype=np.uint8).reshape(2, 3)
    shown = cut(picture, Tile(Box(0, 0, 5, 3), Box(0, 0, 3, 2)))
    assert shown.tolist() == [[0, 1, 2, 1, 0], [3, 4, 5, 4, 3], [0, 1, 2, 1, 0]]


def test_a_picture_of_one_pixel_fills_its_window() -> None:
    picture = np.full((1, 1, 3), 7, np.uint8)
    shown = cut(picture, next(iter(tiles(1, 1, (8, 8)))))
    assert shown.shape == (8, 8, 3)
    assert (shown == 7).all()


def test_within_the_picture_nothing_is_copied() -> None:
    picture = np.zeros((80, 80, 3), np.uint8)
    assert all(np.shares_memory(cut(picture, tile), picture) for tile in tiles(80, 80, (64, 64)))
