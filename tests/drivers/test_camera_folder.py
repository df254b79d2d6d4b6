from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.camera_folder import FolderCamera, natural
from edge.errors import CameraError
from edge.sim.clock import SimClock

if TYPE_CHECKING:
    import random
    from pathlib import Path


def photograph(path: Path, grey: int = 100, *, width: int = 64, height: int = 48) -> None:
    cv2.imwrite(str(path), np.full((height, width, 3), grey, np.uint8))


def shown(folder: Path) -> list[int]:
    frames = FolderCamera("shelf", folder, 5, SimClock()).frames()
    return [round(float(frame.pixels.mean())) for frame in frames]


def test_pictures_are_shown_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 9, 1, 100, 2):
        photograph(tmp_path / f"frame{number}.png", number)
    assert shown(tmp_path) == [1, 2, 9, 10, 100]


@given(st.lists(st.integers(0, 10**9), unique=True), st.randoms())
def test_numbers_in_names_count_by_value(numbers: list[int], rng: random.Random) -> None:
    names = [f"a{number}b.png" for number in sorted(numbers)]
    assert sorted(rng.sample(names, len(names)), key=natural) == names


@given(st.lists(st.text()))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert len(sorted(names, key=natural)) == len(names)


@pytest.mark.parametrize("suffix", ["jpg", "JPEG", "png", "bmp"])
def test_the_usual_formats_are_shown(tmp_path: Path, suffix: str) -> None:
    photograph(tmp_path / f"1.{suffix}", 100)
    assert shown(tmp_path) == [100]


def test_red_stays_red(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((8, 8, 3), (1, 2, 3), np.uint8))
    (frame,) = FolderCamera("shelf", tmp_path, 5, SimClock()).frames()
    assert tuple(frame.pixels[0, 0]) == (3, 2, 1)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    photograph(tmp_path / "1.png", 7)
    (tmp_path / "notes.txt").write_text("x")
    assert shown(tmp_path) == [7]


def test_a_picture_of_another_size_is_skipped_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photograph(tmp_path / "1.png", 1)
    photograph(tmp_path / "2.png", 2, width=48, height=64)
    photograph(tmp_path / "3.png", 3)
    assert shown(tmp_path) == [1, 3]
    assert "2.png skipped: 48 x 64, and the first picture is 64 x 48" in caplog.text


def png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not a JPEG, PNG or BMP", id="empty"),
        pytest.param(b"hello", "not a JPEG, PNG or BMP", id="text"),
        pytest.param(png_header(64, 48), "damaged", id="cut-off"),
        pytest.param(
            png_header(30_000, 30_000), "30000 x 30000 is too big", id="a-picture-that-fills-the-memory"
        ),
    ],
)
def test_a_picture_that_cannot_be_read_is_skipped_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, words: str
) -> None:
    (tmp_path / "1.png").write_bytes(content)
    photograph(tmp_path / "2.png", 2)
    assert shown(tmp_path) == [2]
    assert "1.png skipped" in caplog.text
    assert words in caplog.text


def test_numbering_leaves_no_gap_for_skipped_pictures(tmp_path: Path) -> None:
    for name in "123":
        photograph(tmp_path / f"{name}.png")
    (tmp_path / "2.png").write_bytes(b"")
    frames = FolderCamera("shelf", tmp_path, 5, SimClock()).frames()
    assert [(frame.index, frame.taken.mono_ns) for frame in frames] == [(0, 0), (1, 200_000_000)]


def test_unpaced_pictures_do_not_wait_for_the_clock(tmp_path: Path) -> None:
    clock = SimClock()
    photograph(tmp_path / "1.png")
    photograph(tmp_path / "2.png")
    list(FolderCamera("shelf", tmp_path, 5, clock, pace=False).frames())
    assert clock.now().mono_ns == 0


@pytest.mark.parametrize("name", ["none", "empty", "file"])
def test_a_folder_without_pictures_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(CameraError, match=r"cannot be read|holds no picture"):
        shown(tmp_path / name)
