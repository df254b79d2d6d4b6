from __future__ import annotations

import io
import json

import pytest

from convert.pipeline.progress import Progress, duration


class Terminal(io.StringIO):
    """Remembers what a terminal is sent."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


class Watch:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def told(stream: io.StringIO, every_s: float, steps: int) -> str:
    """Return what is written while a stage takes steps."""
    watch = Watch()
    progress = Progress(stream, clock=watch)
    progress.started("train", "train the network")
    for step in range(steps + 1):
        progress.step(step, steps, loss=0.5)
        watch.now += every_s
    progress.finished({})
    return stream.getvalue()


def test_a_log_gets_a_line_at_most_every_ten_seconds() -> None:
    lines = told(io.StringIO(), 1, 40).splitlines()
    assert lines[0] == "train: train the network"
    assert lines[1] == "train:  25%, 30.0 s left, loss 0.5"
    assert lines[-1] == "train: done in 41.0 s"
    assert len(lines) == 2 + 4


def test_a_terminal_gets_one_line_that_is_rewritten() -> None:
    text = told(Terminal(), 1, 40)
    assert text.count("\n") == 2
    assert text.count("\r\x1b[K") == 40


def test_the_time_left_counts_from_where_the_stage_went_on() -> None:
    watch = Watch()
    stream = io.StringIO()
    progress = Progress(stream, clock=watch)
    progress.started("train", "")
    progress.step(80, 100)
    watch.now = 20
    progress.step(90, 100)
    assert "90%, 20.0 s left" in stream.getvalue()


def test_an_error_does_not_land_on_the_line_that_is_rewritten() -> None:
    stream = Terminal()
    watch = Watch()
    progress = Progress(stream, clock=watch)
    progress.started("train", "")
    watch.now = 1
    progress.step(1, 2)
    progress.close()
    assert stream.getvalue().endswith("\n")


def test_programs_get_json_even_where_a_figure_is_no_number() -> None:
    stream = io.StringIO()
    progress = Progress(programs=stream)
    progress.started("train", "")
    progress.step(2, 2, loss=float("nan"))
    event = json.loads(stream.getvalue().splitlines()[-1], parse_constant=pytest.fail)
    assert (event["event"], event["share"], event["figures"]) == ("progress", 1.0, {"loss": None})


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (59.97, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_a_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words
