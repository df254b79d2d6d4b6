from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import CameraError
from edge.setup.filming import PATIENCE_S, film
from edge.types import Frame, Instant, NoFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Pixels

Tick = str | int
"""A reason why there is no picture, or the grey level of one."""


@dataclass
class Reel:
    """A camera that plays a list, a tick every half second, and then its last tick for ever."""

    ticks: list[Tick]
    endless: bool = True
    noise: bool = True
    error: CameraError | None = None
    closed: bool = False
    name: str = "shelf"
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield what the list says."""
        if self.error:
            raise self.error
        index = 0
        while self.endless or index < len(self.ticks):
            now = Instant(index * 500_000_000, 0)
            tick = self.ticks[min(index, len(self.ticks) - 1)]
            yield (
                NoFrame(self.name, now, now, tick)
                if isinstance(tick, str)
                else Frame(self.name, index, now, self.picture(tick))
            )
            index += 1

    def picture(self, grey: int) -> Pixels:
        """Return a grey wall."""
        wall = np.full((6, 8, 3), grey, np.uint8)
        return wall + self.rng.integers(0, 3, wall.shape, np.uint8) if self.noise else wall

    def close(self) -> None:
        """Note it."""
        self.closed = True


def test_what_a_camera_gives_is_counted_and_measured() -> None:
    shown: list[Pixels] = []
    reel = Reel([100])
    footage = film(reel, seconds=3.0, watch=shown.append)
    assert (footage.frames, len(shown), footage.size, footage.fps) == (7, 7, (8, 6), 2.0)
    assert footage.brightness == pytest.approx(101, abs=1)
    assert (footage.dark, footage.frozen, footage.trouble, reel.closed) == (False, False, "", True)


def test_time_counts_from_the_first_picture() -> None:
    footage = film(Reel(["connecting", "connecting", 100]), seconds=1.0)
    assert (footage.frames, footage.trouble) == (3, "")


def test_a_picture_that_never_changes_is_frozen() -> None:
    assert film(Reel([100], noise=False), seconds=2.0).frozen


def test_two_equal_pictures_are_not_yet_frozen() -> None:
    assert not film(Reel([100], noise=False), seconds=0.5).frozen


def test_a_picture_that_changed_once_is_not_frozen() -> None:
    assert not film(Reel([100, 101], noise=False), seconds=2.0).frozen


def test_a_black_picture_is_dark() -> None:
    assert film(Reel([3], noise=False), seconds=1.0).dark


def test_the_reason_of_trouble_ends_the_wait() -> None:
    reel = Reel(["connecting", "no such device; plug it in"])
    assert film(reel, seconds=3.0).trouble == "no such device; plug it in"
    assert reel.closed


def test_a_camera_that_never_answers_is_given_up() -> None:
    footage = film(Reel(["connecting"]), seconds=3.0)
    assert footage.trouble == "connecting"
    assert footage.newest is None
    assert PATIENCE_S < 60


def test_a_recording_may_end_early() -> None:
    footage = film(Reel([100, 100], endless=False), seconds=60.0)
    assert (footage.frames, footage.trouble) == (2, "")


def test_a_recording_without_a_picture_is_trouble() -> None:
    assert film(Reel([], endless=False), seconds=1.0).trouble == "ended without a picture"


def test_a_source_that_can_never_work_is_trouble_without_its_name() -> None:
    error = CameraError("shelf", "file:a", "cannot be read")
    assert film(Reel([100], error=error), seconds=1.0).trouble == "cannot be read"
