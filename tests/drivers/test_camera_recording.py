from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.drivers.camera_opencv import VideoFile
from edge.errors import CameraError
from edge.sim.clock import SimClock
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from pathlib import Path

HEADER_BYTES = 5750
"""Of these clips: enough to open them, and not a single picture."""


def record(
    path: Path, *, fps: float = 10, count: int = 20, colour: tuple[int, int, int] | None = None
) -> Path:
    """Record a clip that gets brighter by ten grey levels a frame, or of one RGB colour."""
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    for number in range(count):
        red, green, blue = colour or (10 * number,) * 3
        video.write(np.full((48, 64, 3), (blue, green, red), np.uint8))
    video.release()
    return path


def played(path: Path, fps: float, *, pace: bool = True) -> list[Frame | NoFrame]:
    return list(VideoFile("shelf", path, fps, SimClock(), pace=pace).frames())


def shown(ticks: list[Frame | NoFrame]) -> list[tuple[int, float]]:
    """Return which frame of the clip each tick shows, and when it was taken in seconds."""
    frames = [tick for tick in ticks if isinstance(tick, Frame)]
    return [(round(float(frame.pixels.mean()) / 10), frame.taken.mono_ns / 1e9) for frame in frames]


@pytest.mark.parametrize(
    ("fps", "numbers"),
    [
        pytest.param(10, list(range(20)), id="as-recorded"),
        pytest.param(5, list(range(0, 20, 2)), id="every-other"),
        pytest.param(4, [0, 3, 5, 8, 10, 13, 15, 18], id="the-first-that-is-due"),
        pytest.param(30, list(range(20)), id="no-more-than-there-are"),
    ],
)
def test_frames_are_taken_when_they_fall_due(tmp_path: Path, fps: float, numbers: list[int]) -> None:
    frames = shown(played(record(tmp_path / "clip.avi"), fps))
    assert frames == [(number, number / 10) for number in numbers]


@pytest.mark.parametrize("claimed", [1000, 0.01], ids=["too-many", "too-few"])
def test_a_clip_that_lies_about_its_rate_is_played_at_25(
    tmp_path: Path, claimed: float, caplog: pytest.LogCaptureFixture
) -> None:
    frames = shown(played(record(tmp_path / "clip.avi", fps=claimed, count=5), 25))
    assert frames == [(number, number / 25) for number in range(5)]
    assert "taken as 25" in caplog.text


def test_red_stays_red(tmp_path: Path) -> None:
    (frame, *_) = played(record(tmp_path / "clip.avi", colour=(200, 20, 20)), 5)
    assert isinstance(frame, Frame)
    assert np.abs(frame.pixels.astype(int) - (200, 20, 20)).max() < 8


def test_a_clip_cut_off_ends_with_what_can_be_played(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.avi")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 4 // 5])
    assert 0 < len(played(path, 10)) < 20


def test_a_loop_goes_on_in_time_and_number(tmp_path: Path) -> None:
    camera = VideoFile("shelf", record(tmp_path / "clip.avi", count=4), 10, SimClock(), loop=True)
    frames = list(islice(camera.frames(), 9))
    assert shown(frames) == [(number % 4, number / 10) for number in range(9)]
    assert [frame.index for frame in frames if isinstance(frame, Frame)] == list(range(9))


def test_a_loop_whose_file_goes_away_does_not_spin(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.avi", count=4)
    frames = VideoFile("shelf", path, 10, SimClock(), loop=True).frames()
    list(islice(frames, 2))
    path.unlink()
    with pytest.raises(CameraError, match="cannot be read"):
        list(frames)


def test_unpaced_frames_do_not_wait_for_the_clock(tmp_path: Path) -> None:
    clock = SimClock()
    list(VideoFile("shelf", record(tmp_path / "clip.avi"), 10, clock, pace=False).frames())
    assert clock.now().mono_ns == 0


def test_a_slow_recording_is_not_called_lost(tmp_path: Path) -> None:
    ticks = played(record(tmp_path / "clip.avi", fps=0.5, count=4), 0.5)
    assert [type(tick) for tick in ticks] == [Frame] * 4


def test_a_hole_in_a_recording_is_told_each_second(tmp_path: Path) -> None:
    ticks = played(record(tmp_path / "clip.avi", fps=0.2, count=2), 5)
    holes = [tick for tick in ticks if isinstance(tick, NoFrame)]
    heard_ns = [0, *(hole.now.mono_ns for hole in holes), 5_000_000_000]
    assert max(np.diff(heard_ns)) <= 1_000_000_000
    assert {hole.since.mono_ns for hole in holes} == {0}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "No such file", id="missing"),
        pytest.param(b"", "not a video", id="empty"),
        pytest.param(b"hello " * 1000, "not a video", id="text"),
        pytest.param(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not a video", id="a-list-of-other-files"),
    ],
)
def test_what_can_never_be_played_says_why(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CameraError, match=words) as caught:
        played(path, 5)
    assert (caught.value.camera, caught.value.source) == ("shelf", str(path))


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="cannot be read"):
        played(tmp_path, 5)


def test_a_clip_without_a_single_picture_says_so(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.avi")
    path.write_bytes(path.read_bytes()[:HEADER_BYTES])
    with pytest.raises(CameraError, match="no picture"):
        played(path, 5)


def test_a_loop_whose_file_loses_its_pictures_does_not_spin(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.avi", count=4)
    frames = VideoFile("shelf", path, 10, SimClock(), loop=True).frames()
    list(islice(frames, 2))
    header = path.read_bytes()[:HEADER_BYTES]
    path.unlink()
    path.write_bytes(header)
    with pytest.raises(CameraError, match="no picture"):
        list(frames)
