from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config.migrating import migrated, version_of
from edge.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ORIGIN = "/etc/a.toml"

LINES = st.lists(
    st.sampled_from(["# a comment", "", "[device]  # ours", 'id = "a"  # its name', '"""', "url = '''x'''"]),
    max_size=8,
    unique=True,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_a_file_without_a_version_keeps_every_line_and_every_value(lines: list[str], end: str) -> None:
    text = end.join(lines)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(ConfigError, match="not TOML"):
            migrated(text, origin=ORIGIN)
        return
    new = migrated(text, origin=ORIGIN)
    assert new.endswith(text)
    assert tomllib.loads(new) == {"config": 1, **before}


def test_a_file_of_today_stays_as_it_is() -> None:
    text = "# mine\nconfig = 1 # yes\n[device]\n"
    assert migrated(text, origin=ORIGIN) == text


def test_line_ends_stay_what_they_are() -> None:
    assert migrated("a = 1\r\n", origin=ORIGIN) == "config = 1\r\na = 1\r\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "config = 2", "config = 2, and this one knows 1; update stillwatch", id="of-a-later-one"
        ),
        pytest.param("config = true", "must be a whole number; write config = 1", id="no-number"),
        pytest.param("config = -1", "must be a whole number", id="negative"),
        pytest.param("[config]", "must be a whole number", id="a-table"),
        pytest.param("config = ", "not TOML", id="no-toml"),
    ],
)
def test_a_version_that_there_never_was_is_refused(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        version_of(text, origin=ORIGIN)
