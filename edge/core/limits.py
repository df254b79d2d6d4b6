"""How a change is told from a passing thing: the user's own limits."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_CORE = 0.125
"""Share of the smallest change's area that must be over the threshold itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as a change, and when to speak; the ``[camera.detect]`` table.

    Attributes:
        min_change_px: Side of the smallest change to report, in reference
            pixels, 3 to 500.
        sensitivity: 0 to 1; more reports fainter differences.
        confirm: ``(m, n)``: at least ``m`` of the last ``n`` looks must show it,
            in one place. ``1 <= m <= n <= 100``.
        clear_s: Seconds a place must look like the reference again to end.
        update_every_s: Least seconds between two ``change_updated`` of a change.
        persist_after_s: Seconds until ``change_persistent``.
        absorb_s: Seconds after which a change becomes normal by itself; ``None``
            for never.
        max_shift_px: Largest shift of the view that is aligned away, in pixels;
            beyond it the view has moved.
        learn_s: Least seconds a pixel must have been still to be known.
        frozen_after_s: Seconds after which a live camera that shows the same
            picture, byte by byte, is frozen; 10 at least, since a video encoder may
            repeat a still scene for a while.
        false_alarms_per_day: How many false alarms a day of watching may bring, 0.2 to
            1000: where a view does more by itself, thresholds rise.
    """

    min_change_px: int = 12
    sensitivity: float = 0.5
    confirm: tuple[int, int] = (3, 5)
    clear_s: float = 10.0
    update_every_s: float = 60.0
    persist_after_s: float = 300.0
    absorb_s: float | None = None
    max_shift_px: float = 12.0
    learn_s: float = 20.0
    frozen_after_s: float = 20.0
    false_alarms_per_day: float = 1.0

    @property
    def least_core_px(self) -> float:
        """Pixels over the threshold itself that a change has at least, in one piece."""
        return LEAST_CORE * self.min_change_px**2
