from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edge.commands.log_lines import AsJson, AsText, NowAndThen

ROOT = Path(__file__).parents[2]


def a_record(
    text: str, level: int = logging.WARNING, camera: str = "", change_id: str = ""
) -> logging.LogRecord:
    """Return a line that somebody wants to log."""
    record = logging.LogRecord("edge.any", level, "any.py", 1, text, (), None)
    if camera:
        record.camera = camera
    if change_id:
        record.change_id = change_id
    return record


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_go_to_standard_error_one_each(form: str) -> None:
    script = f"""
import logging
from edge.commands.log_lines import log_to_stderr
log_to_stderr({form!r})
log = logging.getLogger("edge.any")
log.info("camera %s: two\\nlines", "shelf", extra={{"camera": "shelf"}})
log.debug("not this")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    if form == "text":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO camera shelf: two\nlines\n", done.stderr)
    else:
        (line,) = done.stderr.splitlines()
        told = json.loads(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.pop("ts"))
        assert told == {"level": "info", "event": "camera shelf: two\nlines", "camera": "shelf"}


def test_what_went_wrong_in_the_code_is_kept_in_the_line() -> None:
    try:
        json.loads("no")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "a.py", 1, "oh", (), sys.exc_info())
    assert "JSONDecodeError" in json.loads(AsJson().format(record))["exception"]


def test_a_line_about_a_change_names_it() -> None:
    told = json.loads(AsJson().format(a_record("gone", camera="shelf", change_id="shelf-3")))
    assert (told["camera"], told["change_id"]) == ("shelf", "shelf-3")


@pytest.mark.parametrize("form", [AsText(), AsJson()], ids=["text", "json"])
@pytest.mark.parametrize(
    "text",
    ["rtsp://joe:hunter2@cam.lan/1: refused", "http://joe:hunter2/@a@cam.lan/1"],
    ids=["simple", "with-a-slash-and-an-at"],
)
def test_a_password_that_somebody_forgot_to_hide_is_hidden(form: logging.Formatter, text: str) -> None:
    line = form.format(a_record(text))
    assert "hunter2" not in line
    assert "://***@cam.lan/1" in line


def passed(*records: logging.LogRecord) -> list[str]:
    """Return what is told of records that come at once."""
    quiet = NowAndThen()
    return [record.getMessage() for record in records if quiet.filter(record)]


@pytest.mark.parametrize(
    ("records", "told"),
    [
        pytest.param([a_record("a"), a_record("a")], 1, id="the-same"),
        pytest.param([a_record("a"), a_record("b")], 2, id="another"),
        pytest.param([a_record("pid 12 0x7f"), a_record("pid 99 0x3a")], 1, id="the-same-with-other-numbers"),
        pytest.param([a_record("a", camera="x"), a_record("a", camera="y")], 2, id="of-two-cameras"),
        pytest.param(
            [a_record("at 0.1,0.2", change_id="x-1"), a_record("at 0.7,0.9", change_id="x-2")],
            2,
            id="of-two-changes",
        ),
        pytest.param(
            [a_record("my.toml:3: x", logging.ERROR), a_record("my.toml:9: x", logging.ERROR)],
            2,
            id="errors-with-other-numbers",
        ),
        pytest.param([a_record("a", logging.ERROR), a_record("a", logging.ERROR)], 1, id="the-same-error"),
        pytest.param([a_record("a"), a_record("a", logging.ERROR)], 2, id="of-two-levels"),
    ],
)
def test_what_is_told_of_what_happens_at_once(records: list[logging.LogRecord], told: int) -> None:
    assert len(passed(*records)) == told


@pytest.mark.parametrize("form", [AsText(), AsJson()], ids=["text", "json"])
def test_a_line_says_how_many_like_it_were_left_out(form: logging.Formatter) -> None:
    record = a_record("a")
    record.left_out = 7
    line = form.format(record)
    assert ("(7 more like it since it was last told)" in line) or json.loads(line)["left_out"] == 7
