from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from convert.data import footage
from edge.errors import ConfigError
from tests.convert.data.painting import scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def save(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels[..., ::-1])
    return path


def film(path: Path, frames: int, *, codec: str = "mp4v", side: int = 96) -> Path:
    """Write a recording in which each frame is brighter than the one before."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10.0, (side, side))
    for number in range(frames):
        writer.write(np.full((side, side, 3), 20 + 2 * number, np.uint8))
    writer.release()
    return path


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        footage.read(folder)
    return caught.value.faults


def test_pictures_are_found_in_folders_below_and_read_in_order(tmp_path: Path) -> None:
    first, second = scene(0), scene(1, side=120)
    save(tmp_path / "b" / "second.PNG", second)
    save(tmp_path / "a" / "first.png", first)
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "._hidden.jpg").write_bytes(b"what some systems leave")
    shown = footage.read(tmp_path)
    assert [pixels.tolist() for pixels in shown] == [first.tolist(), second.tolist()]


def test_a_recording_gives_frames_from_all_of_it(tmp_path: Path) -> None:
    film(tmp_path / "long.mp4", 100)
    levels = [float(pixels.mean()) for pixels in footage.read(tmp_path)]
    assert len(levels) == footage.FRAMES_OF_A_RECORDING
    assert levels == sorted(levels)
    assert levels[-1] - levels[0] > 150


def test_a_short_recording_gives_each_frame_once(tmp_path: Path) -> None:
    film(tmp_path / "short.avi", 5, codec="MJPG")
    assert len(footage.read(tmp_path)) == 5


def test_of_too_many_pictures_evenly_spread_ones_are_used(tmp_path: Path) -> None:
    count = footage.MOST_FRAMES + footage.MOST_FRAMES // 2
    for number in range(count):
        save(tmp_path / f"{number:04}.png", np.full((64, 64, 3), number * 250 // count, np.uint8))
    levels = [int(pixels[0, 0, 0]) for pixels in footage.read(tmp_path)]
    assert len(levels) == footage.MOST_FRAMES
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 249)


def test_a_huge_picture_is_shown_smaller(tmp_path: Path) -> None:
    save(tmp_path / "huge.png", np.full((2000, 3000, 3), 50, np.uint8))
    (shown,) = footage.read(tmp_path)
    assert shown.shape[0] * shown.shape[1] <= 1.01 * footage.MOST_PIXELS
    assert shown.shape[1] / shown.shape[0] == pytest.approx(1.5, abs=0.01)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in fault


def test_a_folder_without_pictures_says_what_would_be_one(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path)
    assert str(tmp_path) in fault
    assert ".jpg" in fault
    assert ".mp4" in fault


def broken_picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing of use")
    return path


def empty_picture(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def tiny_picture(path: Path) -> Path:
    return save(path, np.zeros((63, 200, 3), np.uint8))


def truncated_recording(path: Path) -> Path:
    film(path, 30)
    path.write_bytes(path.read_bytes()[:2000])
    return path


def tiny_recording(path: Path) -> Path:
    return film(path, 4, side=48)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        pytest.param(broken_picture, "broken.png", id="a-picture-that-is-damaged"),
        pytest.param(empty_picture, "empty.jpg", id="a-picture-of-no-bytes"),
        pytest.param(tiny_picture, "tiny.png", id="a-picture-that-is-too-small"),
        pytest.param(truncated_recording, "cut.mp4", id="a-recording-that-was-cut-off"),
        pytest.param(tiny_recording, "tiny.mp4", id="a-recording-that-is-too-small"),
        pytest.param(broken_picture, "not-a-film.avi", id="a-recording-that-is-none"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_cure(
    make: Callable[[Path], Path], name: str, tmp_path: Path
) -> None:
    save(tmp_path / "good.png", scene(0))
    bad = make(tmp_path / name)
    (fault,) = faults(tmp_path)
    assert str(bad) in fault
    assert "remove" in fault


def test_all_files_that_cannot_be_used_are_named_at_once(tmp_path: Path) -> None:
    bad = [
        tiny_picture(tmp_path / "a.png"),
        broken_picture(tmp_path / "b.png"),
        truncated_recording(tmp_path / "c.mp4"),
    ]
    told = faults(tmp_path)
    assert [str(path) in fault for path, fault in zip(bad, told, strict=True)] == [True] * 3


@pytest.mark.parametrize(
    ("count", "first"),
    [
        pytest.param(0, 0, id="of-nothing-nothing"),
        pytest.param(1, 1, id="a-single-picture-is-trained-on"),
        pytest.param(2, 1, id="of-two-one-is-kept"),
        pytest.param(6, 5, id="of-six-one-is-kept"),
        pytest.param(400, 333, id="of-many-a-sixth-is-kept"),
    ],
)
def test_the_last_pictures_are_kept_for_validation(count: int, first: int) -> None:
    assert footage.for_training(count) == first
