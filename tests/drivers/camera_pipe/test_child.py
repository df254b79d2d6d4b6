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
        pytest.param("bad login geheim", "bad login ***", id="a-password-that-was-an-argument"),
        pytest.param("a\x1b[2Jb", "a?[2Jb", id="escape-codes"),
    ],
)
def test_of_all_that_a_program_said_the_reason_is_shown(said: str, words: str) -> None:
    assert last_words(said, ["geheim"]) == words


def test_a_long_line_is_cut() -> None:
    assert len(last_words("x" * 4000)) == SHOWN_CHARS
