from __future__ import annotations

import numpy as np

from edge.core.calibration.record import Record
from edge.core.calibration.recorder import Recorder
from edge.core.limits import Limits
from tests.core.looks import instant

LIMITS = Limits(confirm=(3, 5), clear_s=10.0, persist_after_s=300.0)
SHAPE = (2, 3)
HERE = np.array([[0, 40, 0], [0, 0, 0]], np.uint8)
QUIET = np.zeros(SHAPE, np.uint8)


class Hours:
    """Lets time pass before a recorder, a look a second."""

    def __init__(self) -> None:
        self.recorder = Recorder(LIMITS, Record.empty(SHAPE))
        self.second = 0

    def show(self, *levels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], seconds: int = 1) -> None:
        """Show levels one after another, over and over."""
        for number in range(seconds):
            self.recorder.look(levels[number % len(levels)], instant(self.second))
            self.second += 1

    def maxima(self) -> list[int]:
        """Let the block end; return its maxima."""
        while not len(self.recorder.record.maxima):
            self.show(QUIET)
        return [int(level) for level in self.recorder.record.maxima[0]]


def test_what_stood_for_a_while_is_recorded_at_the_level_that_enough_looks_reached() -> None:
    hours = Hours()
    hours.show(HERE, HERE * 2, HERE, seconds=9)
    assert hours.maxima() == [0, 40, 0, 0, 0, 0]


def test_what_too_few_looks_show_is_not_recorded() -> None:
    hours = Hours()
    hours.show(HERE, QUIET, QUIET, seconds=60)
    assert hours.maxima() == [0] * 6


def test_what_stands_there_for_long_does_not_teach_its_place_to_be_silent() -> None:
    hours = Hours()
    hours.show(HERE, seconds=400)
    assert hours.maxima() == [0] * 6


def test_what_somebody_accepts_is_not_recorded() -> None:
    hours = Hours()
    hours.show(HERE, seconds=20)
    hours.recorder.forget(HERE > 0)
    assert hours.maxima() == [0] * 6


def test_what_was_there_when_the_view_was_lost_is_not_recorded() -> None:
    hours = Hours()
    hours.show(HERE, seconds=20)
    hours.recorder.blind()
    assert hours.maxima() == [0] * 6


def test_a_block_takes_ten_minutes_of_watching_and_no_gap_counts() -> None:
    recorder = Recorder(LIMITS, Record.empty(SHAPE))
    ended = [recorder.look(QUIET, instant(second)) for second in range(500)]
    ended += [recorder.look(QUIET, instant(5000 + second)) for second in range(90)]
    assert not any(ended)
    ended = [recorder.look(QUIET, instant(5090 + second)) for second in range(7)]
    assert ended.count(True) == 1


def test_changes_that_were_told_are_counted_in_their_block() -> None:
    recorder = Recorder(LIMITS, Record.empty(SHAPE))
    for second in range(601):
        recorder.look(QUIET, instant(second), told=int(second in {5, 100}))
    assert recorder.record.told.tolist() == [2]
