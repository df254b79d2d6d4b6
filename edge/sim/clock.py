"""A clock that obeys."""

from __future__ import annotations

from edge.types import Instant

NS_PER_S = 1_000_000_000


class SimClock:
    """Stands still until somebody sleeps on it or advances it; sleeping takes no time.

    Args:
        mono_ns: What the clock that never jumps shows first.
        wall_ns: What the wall clock shows first; by default 2026-01-01 UTC.
    """

    def __init__(self, *, mono_ns: int = 0, wall_ns: int = 1_767_225_600 * NS_PER_S) -> None:
        self._mono_ns = mono_ns
        self._wall_ns = wall_ns

    def now(self) -> Instant:
        """Return this moment on both clocks."""
        return Instant(mono_ns=self._mono_ns, wall_ns=self._wall_ns)

    def sleep_until(self, mono_ns: int) -> None:
        """Jump to ``mono_ns``; stay when it has passed."""
        self._pass(max(0, mono_ns - self._mono_ns))

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks.

        Raises:
            ValueError: ``seconds`` is negative; time does not run backwards.
        """
        if seconds < 0:
            msg = f"cannot advance by {seconds} s; set_wall moves the wall clock back"
            raise ValueError(msg)
        self._pass(round(seconds * NS_PER_S))

    def set_wall(self, wall_ns: int) -> None:
        """Correct the wall clock alone, as a time server would."""
        self._wall_ns = wall_ns

    def _pass(self, duration_ns: int) -> None:
        self._mono_ns += duration_ns
        self._wall_ns += duration_ns
