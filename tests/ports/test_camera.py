from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.config import Source, SourceKind
from edge.drivers.camera_folder import FolderCamera
from edge.drivers.camera_live import LiveCamera
from edge.drivers.camera_opencv import VideoFile
from edge.drivers.camera_pipe import PipeFeed, program
from edge.drivers.camera_privacy import PrivateCamera
from edge.drivers.clock import SystemClock
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import Script
from edge.types import Frame
from tests import filming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.ports import Camera, Clock

FPS = 5.0
SECONDS = 4


def simulated(_folder: Path, clock: Clock) -> Camera:
    return SimCamera("shelf", arrange(tabletop(160, 120), seed=1, count=3), Script(SECONDS), clock, fps=FPS)


def recorded(folder: Path, clock: Clock) -> Camera:
    video = cv2.VideoWriter(str(folder / "clip.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for grey in range(10 * SECONDS):
        video.write(np.full((120, 160, 3), 6 * grey, np.uint8))
    video.release()
    return VideoFile("shelf", folder / "clip.avi", FPS, clock)


def photographed(folder: Path, clock: Clock) -> Camera:
    for number in range(int(FPS * SECONDS)):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((120, 160, 3), number, np.uint8))
    return FolderCamera("shelf", folder, FPS, clock)


def private(folder: Path, clock: Clock) -> Camera:
    return PrivateCamera(simulated(folder, clock), (((0, 0), (1, 0), (0, 1)),))


def piped(folder: Path, _clock: Clock) -> Camera:
    source = Source(SourceKind.PIPE, str(filming.program(folder)))
    return LiveCamera("shelf", PipeFeed(program(source, FPS), FPS), FPS, SystemClock())


RECORDINGS = [simulated, recorded, photographed, private]
LIVE = [piped]


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture(params=RECORDINGS)
def recording(request: pytest.FixtureRequest, tmp_path: Path, clock: SimClock) -> Camera:
    """A camera that ends by itself, on a clock that obeys."""
    make: Callable[[Path, Clock], Camera] = request.param
    return make(tmp_path, clock)


@pytest.fixture(params=[*RECORDINGS, *LIVE])
def camera(request: pytest.FixtureRequest, tmp_path: Path, clock: SimClock) -> Iterator[Camera]:
    """Any camera."""
    make: Callable[[Path, Clock], Camera] = request.param
    one = make(tmp_path, clock)
    yield one
    one.close()


def filmed(camera: Camera) -> list[Frame]:
    return [tick for tick in camera.frames() if isinstance(tick, Frame)]


def first(camera: Camera, count: int) -> list[Frame]:
    """Return the first frames, and close the camera."""
    ticks = camera.frames()
    frames = list(islice((tick for tick in ticks if isinstance(tick, Frame)), count))
    camera.close()
    return frames


def test_frames_carry_the_camera_s_name(camera: Camera) -> None:
    assert {frame.camera for frame in first(camera, 3)} == {camera.name} == {"shelf"}


def test_pixels_are_colour_and_cannot_be_written(camera: Camera) -> None:
    (frame,) = first(camera, 1)
    pixels = frame.pixels
    assert (pixels.ndim, pixels.shape[2], str(pixels.dtype), pixels.flags.writeable) == (3, 3, "uint8", False)


def test_index_and_time_only_grow(camera: Camera) -> None:
    frames = first(camera, 4)
    assert len({frame.index for frame in frames}) == len({frame.taken.mono_ns for frame in frames}) == 4
    assert [frame.index for frame in frames] == sorted(frame.index for frame in frames)
    assert [frame.taken.mono_ns for frame in frames] == sorted(frame.taken.mono_ns for frame in frames)


def test_closing_ends_the_frames(camera: Camera) -> None:
    frames = camera.frames()
    seen = list(islice(frames, 3))
    camera.close()
    assert (len(seen), list(frames)) == (3, [])


def test_a_camera_can_be_closed_twice_and_before_it_films(camera: Camera) -> None:
    camera.close()
    camera.close()


def test_everything_is_filmed_at_the_configured_rate(recording: Camera) -> None:
    assert len(filmed(recording)) == FPS * SECONDS


def test_no_index_is_left_out_for_who_keeps_up(recording: Camera) -> None:
    assert [frame.index for frame in filmed(recording)] == list(range(int(FPS * SECONDS)))


def test_frames_lie_one_period_apart(recording: Camera) -> None:
    taken = [frame.taken.mono_ns for frame in filmed(recording)]
    assert taken == [number * 200_000_000 for number in range(int(FPS * SECONDS))]


def test_both_clocks_of_a_frame_agree(recording: Camera, clock: SimClock) -> None:
    apart_ns = clock.now().wall_ns - clock.now().mono_ns
    assert {frame.taken.wall_ns - frame.taken.mono_ns for frame in filmed(recording)} == {apart_ns}


def test_the_scene_does_not_run_ahead_of_the_clock(recording: Camera, clock: SimClock) -> None:
    for tick in recording.frames():
        assert isinstance(tick, Frame)
        assert clock.now().mono_ns >= tick.taken.mono_ns
