"""The machine's own clocks."""

from __future__ import annotations

import time

from edge.types import Instant


class SystemClock:
    """Reads the monotonic clock and the wall clock of the machine."""

    def now(self) -> Instant:
        """Return this moment on both clocks."""
        return Instant(mono_ns=time.monotonic_ns(), wall_ns=time.time_ns())

    def sleep_until(self, mono_ns: int) -> None:
        """Wait until ``mono_ns``; return at once when it has passed."""
        while (left_ns := mono_ns - time.monotonic_ns()) > 0:
            time.sleep(left_ns / 1e9)
