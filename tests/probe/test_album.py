from __future__ import annotations

import numpy as np
import pytest

from edge.probe.album import COLUMNS, LINE_PX, MOST_OF_A_KIND, MOST_STRAYS, TILE_PX, Album, sheet
from edge.types import Box, Look, ModelTag, View
from tests.stage import BARE, Stage, reference
from tests.vision.pictures import HEIGHT, WIDTH, instant

CORNER = Box(0, 0, 12, 12)
DARK = np.zeros((HEIGHT, WIDTH), np.float32)
LOOK = Look(instant(0), View.OK, (), DARK > 0, DARK, (0.0, 0.0), ModelTag("m", "1", "cpu"), 1.0)


def test_a_place_in_the_corner_is_shown_before_now_and_as_scores() -> None:
    album = Album()
    album.miss("12@60", "12@+60 faint", CORNER, Stage().frame(BARE), LOOK, reference())
    assert album.misses[0].pixels.shape == (TILE_PX, 3 * TILE_PX, 3)


def test_an_album_keeps_a_bounded_number_of_each_kind() -> None:
    album, frame = Album(), Stage().frame(BARE)
    for kind in ("12@60", "3@30"):
        for _ in range(MOST_OF_A_KIND + 3):
            album.miss(kind, kind, CORNER, frame, LOOK, reference())
    numbers = [album.stray("quiet", CORNER, frame, LOOK, reference()) for _ in range(MOST_STRAYS + 2)]
    assert len(album.misses) == 2 * MOST_OF_A_KIND
    assert numbers == [*range(MOST_STRAYS), None, None]


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (COLUMNS, 1), (COLUMNS + 1, 2)])
def test_a_page_grows_with_its_pictures(count: int, rows: int) -> None:
    album, frame = Album(), Stage().frame(BARE)
    for _ in range(count):
        album.stray("quiet", CORNER, frame, LOOK, reference())
    assert sheet(album.strays).shape[0] == rows * (TILE_PX + LINE_PX)
