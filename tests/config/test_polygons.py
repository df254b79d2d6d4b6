from __future__ import annotations

import pytest

from edge.config import parse
from edge.errors import ConfigError

FILE = """\
config = 1
[device]
id = "bench1"
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "/dev/video0"
{line}
"""
TRIANGLE = "[[0, 0], [0.5, 0], [0.5, 1.0]]"


def fault(line: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(FILE.format(line=line), origin="/etc/a.toml")
    (text,) = caught.value.faults
    return text


@pytest.mark.parametrize("key", ["privacy", "ignore"])
def test_places_are_read_as_drawn(key: str) -> None:
    (camera,) = parse(FILE.format(line=f"{key} = [{TRIANGLE}, {TRIANGLE}]"), origin="a").cameras
    assert getattr(camera, key) == (((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)),) * 2


@pytest.mark.parametrize("line", ["", "privacy = []\nignore = []"], ids=["left-out", "empty"])
def test_without_places_nothing_is_hidden(line: str) -> None:
    (camera,) = parse(FILE.format(line=line), origin="a").cameras
    assert (camera.privacy, camera.ignore) == ((), ())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("true", "must be a list", id="no-list"),
        pytest.param(TRIANGLE, "polygon 1: must be a list", id="one-bracket-too-few"),
        pytest.param("[[[0, 0], [1, 1]]]", "3 to 64 corners", id="two-corners"),
        pytest.param(f"[{TRIANGLE}, [[0, 0], [640, 0], [640, 480]]]", "polygon 2: ", id="which-one"),
        pytest.param("[[[0, 0], [640, 0], [640, 480]]]", "divide x by the picture's width", id="pixels"),
        pytest.param("[[[0, 0], [1, 0], [true, 1]]]", "0..1 of the picture", id="a-flag-is-no-number"),
        pytest.param("[[[0, 0], [1, 0], [nan, 1]]]", "0..1 of the picture", id="not-a-number"),
        pytest.param("[[[0, 0], [1, 0], [1, 1, 1]]]", "corners [x, y]", id="three-numbers"),
        pytest.param("[[[0, 0], [1, 0], [0, 1], [1, 1]]]", "in order, once around", id="sides-that-cross"),
        pytest.param(f"[{', '.join([TRIANGLE] * 33)}]", "at most 32 polygons", id="too-many"),
    ],
)
def test_a_place_that_is_none_says_where_and_what_would_be_right(value: str, words: str) -> None:
    told = fault(f"privacy = {value}")
    assert told.startswith("/etc/a.toml:9: camera[0].privacy: ")
    assert words in told
