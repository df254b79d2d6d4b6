from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import CameraError
from edge.probe.footage import Footage, recorded
from tests.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Frame, NoFrame


def test_footage_is_played_forth_and_back_without_a_cut() -> None:
    frames = tuple(np.full((1, 1, 3), number, np.uint8) for number in range(4))
    film = Footage("shelf", 5.0, frames)
    assert [int(film.at(number)[0, 0, 0]) for number in range(9)] == [0, 1, 2, 3, 2, 1, 0, 1, 2]


def test_a_single_frame_is_a_film_too() -> None:
    film = Footage("shelf", 5.0, (np.zeros((1, 1, 3), np.uint8),))
    assert film.at(3) is film.frames[0]


def test_a_recording_ends_after_its_time() -> None:
    stage = Stage(fps=5.0)
    film = recorded("shelf", stage.frames(60.0), fps=5.0, seconds=4.0)
    assert (len(film.frames), film.seconds, film.whole) == (20, 4.0, True)


def test_frames_that_are_missing_are_left_out() -> None:
    def ticks() -> Iterator[Frame | NoFrame]:
        stage = Stage()
        yield stage.silence()
        yield from stage.frames(2.0)
        yield stage.silence()
        yield from stage.frames(2.0)

    assert len(recorded("shelf", ticks(), fps=5.0).frames) == 20


def test_a_camera_that_shows_nothing_is_given_up_with_its_reason() -> None:
    def ticks() -> Iterator[NoFrame]:
        stage = Stage()
        while True:
            yield stage.silence()

    with pytest.raises(CameraError, match=r"0 frames are too few.*unplugged"):
        recorded("shelf", ticks(), fps=5.0)


def test_too_short_a_recording_is_refused() -> None:
    with pytest.raises(CameraError, match="show it a longer recording"):
        recorded("shelf", Stage().frames(1.0), fps=5.0)
