from __future__ import annotations

import pytest

from edge.drivers.camera_pipe.child import SHOWN_CHARS, last_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("starting\nbye\n", "bye", id="the-last-line"),
        pytest.param("ERROR: no camera\nbye\n", "ERROR: no camera", id="rather-a-complaint"),
        pytest.param(
            "Error: No cameras available\nERROR OCCURRED",
            "Error: No cameras available",
            id="rather-one-with-a-remedy",
        ),
        pytest.param("frame 1\rframe 2\r", "frame 2", id="a-progress-bar"),
        pytest.param(
            "[rtsp @ 0x55d] method DESCRIBE failed: 401", "method DESCRIBE failed: 401", id="ffmpeg"
        ),
        pytest.param("rtsp://a:b@cam/1: Invalid data", "rtsp://***@cam/1: Invalid data", id="a-password"),
        pytest.param(
            "/home/pi/cam.sh: line 3: rtsp://a:b@cam/1: failed",
            "/home/pi/cam.sh: line 3: rtsp://***@cam/1: failed",
            id="a-password-behind-a-path",
        ),
        pytest.param(
            "file: cannot open http://a:b@cam/1", "file: cannot open http://***@cam/1", id="behind-a-prefix"
        ),
        pytest.param(
            "login pwd=b failed for http://cam/1", "login pwd=*** failed for http://cam/1", id="before-a-url"
        ),
        pytest.param("pipe:1: Broken pipe", "pipe:1: Broken pipe", id="nothing-to-hide"),
        pytest.param("bad login geheim", "bad login ***", id="a-password-that-was-an-argument"),
        pytest.param("a\x1b[2Jb", "a?[2Jb", id="escape-codes"),
    ],
)
def test_of_all_that_a_program_said_the_reason_is_shown(said: str, words: str) -> None:
    assert last_words(said, ["geheim"]) == words


def test_a_long_line_is_cut() -> None:
    assert len(last_words("x" * 4000)) == SHOWN_CHARS
