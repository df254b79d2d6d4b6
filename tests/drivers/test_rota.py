from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.drivers.rota import Rota
from edge.errors import CameraError
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import Scene, tabletop
from edge.sim.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.ports import Camera
    from edge.types import Frame, NoFrame

SCENE = Scene(tabletop(64, 48))


def camera(name: str, seconds: float) -> SimCamera:
    return SimCamera(name, SCENE, Script(seconds), SimClock(), fps=5.0)


class Unplugged:
    """A camera that can never work."""

    def __init__(self) -> None:
        self.name = "unplugged"
        self.closed = False

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Fail."""
        raise CameraError(self.name, "/dev/null", "not a camera")

    def close(self) -> None:
        """Remember that it was let go."""
        self.closed = True


def test_one_camera_is_passed_through() -> None:
    assert [tick.camera for tick in Rota([camera("a", 1.0)]).ticks()] == ["a"] * 5


def test_every_frame_of_every_recording_comes_until_the_last_ends() -> None:
    seen = [tick.camera for tick in Rota([camera("a", 1.0), camera("b", 2.0)]).ticks()]
    assert sorted(seen) == ["a"] * 5 + ["b"] * 10


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "beside-another"])
def test_a_camera_that_can_never_work_ends_the_watch(others: int) -> None:
    cameras: list[Camera] = [Unplugged()]
    cameras += [camera("a", 60.0) for _ in range(others)]
    with pytest.raises(CameraError, match="not a camera"):
        list(Rota(cameras).ticks())


def test_closing_reaches_every_camera() -> None:
    cameras = [Unplugged(), Unplugged()]
    Rota(cameras).close()
    assert all(one.closed for one in cameras)
