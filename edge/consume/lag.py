"""How far behind we are, told when it has changed, and not more often than people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.core.sequence import Position
    from edge.core.told import Key

EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Lag:
    """How one sequence stands at this moment.

    Attributes:
        position: How far it is kept.
        age_s: How old the newest event is, by the device's clock and ours.
    """

    position: Position
    age_s: float

    @property
    def missing(self) -> int:
        """How many numbers are known of and not kept."""
        return self.position.newest - self.position.seq


class LagReport:
    """Tells of sequences that moved.

    Args:
        tell: Called with each.
    """

    def __init__(self, tell: Callable[[Lag], None]) -> None:
        self._tell = tell
        self._moved: dict[Key, Position] = {}
        self._told_s: float | None = None

    def moved(self, position: Position) -> None:
        """Take note of a sequence that moved."""
        self._moved[position.key] = position

    def flush(self, now_s: float, wall_ns: int) -> None:
        """Tell what has changed, unless that was done a moment ago."""
        if not self._moved or (self._told_s is not None and now_s - self._told_s < EVERY_S):
            return
        self._told_s = now_s
        for position in self._moved.values():
            self._tell(lag_of(position, wall_ns))
        self._moved.clear()


def lag_of(position: Position, wall_ns: int) -> Lag:
    """Return how a sequence stands at a moment."""
    return Lag(position, age_s(position.last_ts, wall_ns))


def age_s(ts: str, wall_ns: int) -> float:
    """Return how many seconds ago a moment was, 0 where it lies ahead or was never."""
    if not ts:
        return 0.0
    then = datetime.strptime(ts, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return max(0.0, wall_ns / 1e9 - then.timestamp())
