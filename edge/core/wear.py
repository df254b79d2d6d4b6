"""What is written to a disk in a day: a memory card lasts for so many bytes."""

from __future__ import annotations

from collections import deque

DAY_S = 86_400.0
SAMPLE_EVERY_S = 600.0
KNOWN_AFTER_S = 600.0
"""What is written at the start says nothing of a day."""


class Wear:
    """Keeps a day of readings of a counter that only grows."""

    def __init__(self) -> None:
        self._read: deque[tuple[float, float]] = deque(maxlen=round(DAY_S / SAMPLE_EVERY_S) + 1)

    def a_day(self, now_s: float, written: float) -> float | None:
        """Take a reading; return what a day brings at the rate of the last day.

        Args:
            now_s: When, on a clock that never jumps.
            written: The counter, in any unit.

        Returns:
            In the same unit, from the first ten minutes on; ``None`` before.
        """
        if not self._read or now_s - self._read[-1][0] >= SAMPLE_EVERY_S:
            self._read.append((now_s, written))
        since_s, before = self._read[0]
        elapsed_s = now_s - since_s
        return (written - before) * DAY_S / elapsed_s if elapsed_s >= KNOWN_AFTER_S else None
