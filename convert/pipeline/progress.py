"""Tells how far a build is: for people on one stream, for programs on another."""

from __future__ import annotations

import json
import time
from math import isfinite
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TERMINAL_EVERY_S = 0.2
LOG_EVERY_S = 10.0
_BACK_AND_ERASE = "\r\x1b[K"


class Progress:
    """One line where a stage begins and one where it ends; in between, how far it is.

    On a terminal the line in between is rewritten; elsewhere there is one at most
    every ten seconds.

    Args:
        people: Where sentences go; ``None`` for nowhere.
        programs: Where JSON lines go; ``None`` for nowhere.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        people: TextIO | None = None,
        programs: TextIO | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._people = people
        self._programs = programs
        self._clock = clock
        self._rewrites = people is not None and people.isatty()
        self._every_s = TERMINAL_EVERY_S if self._rewrites else LOG_EVERY_S
        self._stage = ""
        self._began = self._told = clock()
        self._first: tuple[float, float] | None = None
        self._line_is_open = False

    def started(self, stage: str, text: str) -> None:
        """A stage begins, or goes on where it was."""
        self._stage = stage
        self._began = self._told = self._clock()
        self._first = None
        self._write(f"{stage}: {text}")
        self._record("started", text=text)

    def step(self, done: float, total: float, **figures: float) -> None:
        """Tell how far the stage is; call as often as you like.

        Args:
            done: Steps behind, in ``[0, total]``; begins above zero when a stage goes on.
            total: Steps in all, positive.
            figures: What is worth watching, such as ``loss``.
        """
        now = self._clock()
        if self._first is None:
            self._first = (now, done)
        if done < total and now - self._told < self._every_s:
            return
        self._told = now
        share = min(1.0, done / total) if total > 0 else 1.0
        left_s = self._left_s(now, done, total)
        words = [f"{self._stage}: {share:4.0%}"]
        words += [f"{duration(left_s)} left"] if left_s is not None and share < 1 else []
        words += [f"{name} {value:.4g}" for name, value in figures.items()]
        known = {name: float(value) if isfinite(value) else None for name, value in figures.items()}
        self._write(", ".join(words), ends=not self._rewrites)
        self._record("progress", share=round(share, 4), left_s=left_s, figures=known)

    def say(self, text: str) -> None:
        """Tell something in a sentence."""
        self._write(f"{self._stage}: {text}" if self._stage else text)
        self._record("said", text=text)

    def finished(self, figures: Mapping[str, object]) -> None:
        """The stage is done."""
        seconds = self._clock() - self._began
        self._write(f"{self._stage}: done in {duration(seconds)}")
        self._record("finished", seconds=round(seconds, 3), figures=figures)
        self._stage = ""

    def ended(self, text: str, **facts: object) -> None:
        """The whole run is over."""
        self._stage = ""
        self._write(text)
        self._record("ended", text=text, **facts)

    def close(self) -> None:
        """Leave the line that is being rewritten, if there is one."""
        if self._people is not None and self._line_is_open:
            self._people.write("\n")
            self._line_is_open = False

    def _left_s(self, now: float, done: float, total: float) -> float | None:
        """Return the seconds left at the pace since the first call, once there is one."""
        if self._first is None:
            return None
        since, first = self._first
        if done <= first or now <= since:
            return None
        return round((now - since) / (done - first) * (total - done), 1)

    def _write(self, line: str, *, ends: bool = True) -> None:
        if self._people is None:
            return
        erase = _BACK_AND_ERASE if self._line_is_open else ""
        self._people.write(f"{erase}{line}" + ("\n" if ends else ""))
        self._people.flush()
        self._line_is_open = not ends

    def _record(self, event: str, **facts: object) -> None:
        if self._programs is None:
            return
        about = {"event": event, **({"stage": self._stage} if self._stage else {}), **facts}
        self._programs.write(json.dumps(about) + "\n")
        self._programs.flush()


def duration(seconds: float) -> str:
    """Return a time as people say it: ``4.2 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 59.95:  # noqa: PLR2004 - what is rounded to a minute is one
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
