from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.drivers.camera_folder import FolderCamera
from edge.drivers.camera_opencv import VideoFile
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import Script
from edge.types import Frame

if TYPE_CHECKING:
    from collections.abc import Callable
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


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture(params=[simulated, recorded, photographed])
def camera(request: pytest.FixtureRequest, tmp_path: Path, clock: SimClock) -> Camera:
    make: Callable[[Path, Clock], Camera] = request.param
    return make(tmp_path, clock)


def filmed(camera: Camera) -> list[Frame]:
    return [tick for tick in camera.frames() if isinstance(tick, Frame)]


def test_everything_is_filmed_at_the_configured_rate(camera: Camera) -> None:
    assert len(filmed(camera)) == FPS * SECONDS


def test_frames_carry_the_camera_s_name(camera: Camera) -> None:
    assert {frame.camera for frame in filmed(camera)} == {camera.name} == {"shelf"}


def test_pixels_are_colour_and_cannot_be_written(camera: Camera) -> None:
    pixels = filmed(camera)[0].pixels
    assert (pixels.shape, str(pixels.dtype), pixels.flags.writeable) == ((120, 160, 3), "uint8", False)


def test_no_index_is_left_out_for_who_keeps_up(camera: Camera) -> None:
    assert [frame.index for frame in filmed(camera)] == list(range(int(FPS * SECONDS)))


def test_frames_lie_one_period_apart(camera: Camera) -> None:
    taken = [frame.taken.mono_ns for frame in filmed(camera)]
    assert taken == [number * 200_000_000 for number in range(int(FPS * SECONDS))]


def test_both_clocks_of_a_frame_agree(camera: Camera, clock: SimClock) -> None:
    apart_ns = clock.now().wall_ns - clock.now().mono_ns
    assert {frame.taken.wall_ns - frame.taken.mono_ns for frame in filmed(camera)} == {apart_ns}


def test_the_scene_does_not_run_ahead_of_the_clock(camera: Camera, clock: SimClock) -> None:
    for tick in camera.frames():
        assert isinstance(tick, Frame)
        assert clock.now().mono_ns >= tick.taken.mono_ns


def test_closing_ends_the_frames(camera: Camera) -> None:
    frames = camera.frames()
    seen = list(islice(frames, 3))
    camera.close()
    assert (len(seen), list(frames)) == (3, [])
