"""A camera that films now: the newest picture, and a new try whenever it fails."""

from __future__ import annotations

import logging
import random
import threading
from typing import TYPE_CHECKING

from edge.core.backoff import in_a_row, pause_s
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.ports import Clock, Feed
    from edge.types import Pixels

PATIENCE_S = 0.9
"""Who waits for a camera in trouble hears from it at least once a second."""

OVERDUE_PERIODS = 1.5
"""A slow camera is in trouble only when its next frame is late by half a period."""

CLOSE_TIMEOUT_S = 10.0
FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
STEADY_S = 10.0
"""A camera that films this long before it fails is tried again soon."""

_log = logging.getLogger(__name__)


class LiveCamera:
    """Keeps the newest picture of a feed, and connects again for ever.

    A thread of its own reads, so that a slow reader of ``frames`` gets the picture
    of now and not one from a queue. ``index`` counts the pictures taken over at the
    configured rate; those the reader was too slow for leave a gap.

    Args:
        name: The camera's name.
        feed: Where its pictures come from.
        fps: Looks per second wanted; pictures in between are skipped.
        clock: Stamps the pictures.
        rng: Spreads the reconnects.
    """

    def __init__(
        self, name: str, feed: Feed, fps: float, clock: Clock, *, rng: random.Random | None = None
    ) -> None:
        self._name = name
        self._about = {"camera": name}
        self._feed = feed
        self._period_ns = round(1e9 / fps)
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads reconnects; guards no secret
        self._thread = threading.Thread(target=self._read, name=f"camera-{name}", daemon=True)
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._index = 0
        self._due_ns = 0
        self._trouble = "connecting"

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._name

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield the newest frame each time there is one; once per camera object."""
        self._thread.start()
        last = self._clock.now()
        patience_s = overdue_s = max(PATIENCE_S, OVERDUE_PERIODS * self._period_ns / 1e9)
        try:
            while not self._stop.is_set():
                frame = self._next(patience_s)
                patience_s = PATIENCE_S if frame is None else overdue_s
                if frame is not None:
                    last = frame.taken
                    yield frame
                elif not self._stop.is_set():
                    reason = self._trouble or "no picture came in time"
                    yield NoFrame(self._name, self._clock.now(), last, reason)
        finally:
            self.close()

    def close(self) -> None:
        """End ``frames``; wait for a read that is under way, ten seconds at most."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT_S)

    @property
    def closed(self) -> bool:
        """Whether nobody wants frames any more; asked by the feed."""
        return self._stop.is_set()

    def due(self) -> bool:
        """Return whether the picture that is there now is wanted; asked by the feed.

        A picture that comes a little early is not skipped, or a camera that films
        just as fast as wanted would be followed at half its rate.
        """
        now_ns = self._clock.now().mono_ns
        if now_ns < self._due_ns - self._period_ns // 4:
            return False
        behind = now_ns >= self._due_ns + self._period_ns
        self._due_ns = (now_ns if behind else self._due_ns) + self._period_ns
        return True

    def take(self, pixels: Pixels) -> None:
        """Make a frame of a picture that was due; called by the feed."""
        frame = Frame(self._name, self._index, self._clock.now(), pixels)
        if self._trouble:
            _log.info("camera %s (%s): sends pictures", self._name, self._feed, extra=self._about)
        self._trouble = ""
        self._index += 1
        with self._news:
            self._newest = frame
            self._news.notify_all()

    def _next(self, patience_s: float) -> Frame | None:
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._stop.is_set(), patience_s)
            frame, self._newest = self._newest, None
        return frame

    def _read(self) -> None:
        """Connect, read until it fails, wait longer each time: full jitter, then again."""
        failures = 0
        while not self._stop.is_set():
            began, index = self._clock.now(), self._index
            self._due_ns = 0
            trouble = self._feed.until_trouble(self)
            worked_s = self._clock.now().seconds_since(began) if self._index > index else 0.0
            failures = in_a_row(failures, worked_s, steady_s=STEADY_S)
            if trouble != self._trouble and not self._stop.is_set():
                line = "camera %s (%s): %s; trying again"
                _log.warning(line, self._name, self._feed, trouble, extra=self._about)
            self._trouble = trouble
            dice = self._rng.random()
            self._stop.wait(pause_s(failures, dice, first_s=FIRST_BACKOFF_S, longest_s=MAX_BACKOFF_S))
