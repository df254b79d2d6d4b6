from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge.config import Source, SourceKind
from edge.drivers.camera_pipe import PipeFeed, child, program
from tests import filming
from tests.listening import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

# What the real ones say when an option is unknown, as far as we use them.
RPICAM = (
    """\
import argparse, sys
known = argparse.ArgumentParser()
for option in ("--camera", "--quality", "--width", "--height", "--timeout"):
    known.add_argument(option, type=int, required=True)
known.add_argument("--framerate", type=float, required=True)
known.add_argument("--codec", choices=["h264", "libav", "mjpeg", "yuv420"], required=True)
known.add_argument("--output", choices=["-"], required=True)
for option in ("--nopreview", "--flush"):
    known.add_argument(option, action="store_true", required=True)
given = known.parse_args()
if given.camera != 0:
    print("[0:13:57.73] [810]  INFO Camera camera_manager.cpp:326 libcamera v0.5.0", file=sys.stderr)
    sys.exit("ERROR: *** no cameras available ***")
if (given.timeout, given.codec, given.framerate) != (0, "mjpeg", 5.0):
    sys.exit(f"ERROR: {given}")
"""
    + filming.FILM
)
ARGUS = """\
import os, sys
quiet, *pipeline = sys.argv[1:]
caps = "width=1920,height=1080"
wanted = [
    "nvarguscamerasrc sensor-id=0",
    f"video/x-raw(memory:NVMM),{caps},format=NV12,framerate=30/1", "nvvidconv",
    f"video/x-raw,{caps},format=I420", "videorate drop-only=true max-rate=3", "y4menc", "fdsink fd=3",
]
print("GST_ARGUS: Creating output stream", flush=True)
if quiet != "-q" or " ".join(pipeline).split(" ! ") != wanted:
    print("Error generated. gstnvarguscamerasrc.cpp, execute:751 No cameras available", flush=True)
    print("CONSUMER: ERROR OCCURRED", flush=True)
    sys.exit(1)
sys.stdout = os.fdopen(3, "w")
"""


class FirstPicture:
    """A shutter that wants one picture."""

    def __init__(self) -> None:
        self.taken: list[Pixels] = []

    @property
    def closed(self) -> bool:
        """Whether it has its picture."""
        return bool(self.taken)

    def due(self) -> bool:
        """Want it."""
        return True

    def take(self, pixels: Pixels) -> None:
        """Take it."""
        self.taken.append(pixels)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on PATH, the only one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def filmed(source: Source, fps: float = 2.5) -> tuple[list[tuple[int, ...]], str]:
    """Return the sizes of the pictures that came, and why no more."""
    shutter = FirstPicture()
    trouble = PipeFeed(program(source, fps), fps).until_trouble(shutter)
    return [pixels.shape for pixels in shutter.taken], trouble


@pytest.mark.parametrize("name", ["rpicam-vid", "libcamera-vid"])
def test_a_raspberry_pi_s_camera_is_asked_with_options_it_knows(installed: Path, name: str) -> None:
    filming.program(installed, RPICAM, name=name)
    pictures, trouble = filmed(Source(SourceKind.RPICAM, "0"))
    assert pictures == [(48, 64, 3)], trouble


def test_a_raspberry_pi_without_that_camera_says_what_to_look_at(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "GRACE_S", PATIENCE_S)  # its pipe is closed before it has ended
    filming.program(installed, RPICAM, name="rpicam-vid")
    _, trouble = filmed(Source(SourceKind.RPICAM, "1"))
    assert trouble.startswith(
        "rpicam-vid ended with exit code 1: ERROR: *** no cameras available ***; is the"
    )


def test_a_jetson_s_camera_films_beside_what_it_prints(installed: Path) -> None:
    filming.program(installed, ARGUS + filming.FILM, name="gst-launch-1.0")
    pictures, trouble = filmed(Source(SourceKind.JETSON, "0"))
    assert pictures == [(48, 64, 3)], trouble


def test_what_a_jetson_s_camera_prints_is_the_reason(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "GRACE_S", PATIENCE_S)
    filming.program(installed, ARGUS + filming.FILM, name="gst-launch-1.0")
    _, trouble = filmed(Source(SourceKind.JETSON, "1"))
    assert "No cameras available; is the ribbon cable" in trouble


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(Source(SourceKind.RPICAM, "0"), "sudo apt install rpicam-apps", id="raspberry-pi"),
        pytest.param(Source(SourceKind.JETSON, "0"), "apt install gstreamer1.0-tools", id="jetson"),
        pytest.param(Source(SourceKind.PIPE, "ffmpeg -"), "ffmpeg is not installed; install it", id="any"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_what_is_not_installed_is_named_with_the_remedy(source: Source, words: str) -> None:
    assert words in filmed(source)[1]


def test_arguments_reach_a_program_unchanged_and_no_shell_sees_them(tmp_path: Path) -> None:
    path = filming.program(tmp_path, "import sys\nsys.exit(repr(sys.argv[1:]))")
    _, trouble = filmed(Source(SourceKind.PIPE, f"{path} 'a b' $HOME *"))
    assert trouble.endswith("""['a b', '$HOME', '*']""")


def test_a_program_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"\0not a program")
    path.chmod(0o755)
    _, trouble = filmed(Source(SourceKind.PIPE, os.fspath(path)))
    assert "Exec format error" in trouble
