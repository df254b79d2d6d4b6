"""Holes in what devices told: when to ask for what is missing, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.backoff import doubled_s

if TYPE_CHECKING:
    from edge.core.told import Key

ASK_AGAIN_S = 1.5
"""A hole that shrinks is asked about no more often than this; the pause doubles while it does not."""

ASK_LONGEST_S = 60.0
JOIN_PATIENCE_S = 10.0
"""How long a device may take to go back to its oldest event for a newcomer."""

PATIENCE_S = 600.0
"""How long a device may take to go back in a sequence that we have kept so far."""

ASKED_LEAST = 5


@dataclass(slots=True)
class _Hole:
    expected: int
    since_s: float
    ask_at_s: float
    asked: int = 0
    spoke: bool = False


class Holes:
    """The sequences that miss something. Times are seconds on a clock that never jumps."""

    def __init__(self) -> None:
        self._holes: dict[Key, _Hole] = {}

    def seen(self, key: Key, expected: int, now_s: float) -> None:
        """Take note that a sequence waits for a number."""
        hole = self._holes.get(key)
        if hole is None:
            self._holes[key] = _Hole(expected, now_s, ask_at_s=now_s)
        elif hole.expected != expected:  # it is being filled: asking now would only bring it all again
            self._holes[key] = _Hole(expected, now_s, ask_at_s=now_s + ASK_AGAIN_S)

    def closed(self, key: Key) -> None:
        """Take note that a sequence waits for nothing."""
        self._holes.pop(key, None)

    def spoke(self, device: str) -> None:
        """Take note that a device told something."""
        for (whose, _), hole in self._holes.items():
            if whose == device and hole.asked:
                hole.spoke = True

    def forget(self) -> None:
        """Forget all holes: while nobody can be asked, nobody's patience is tried."""
        self._holes.clear()

    def to_ask(self, now_s: float) -> list[tuple[Key, int]]:
        """Return what to ask for now: sequences, and the number each waits for."""
        due = [(key, hole) for key, hole in self._holes.items() if now_s >= hole.ask_at_s]
        for _, hole in due:
            hole.ask_at_s = now_s + doubled_s(hole.asked, first_s=ASK_AGAIN_S, longest_s=ASK_LONGEST_S)
            hole.asked += 1
            hole.spoke = False
        return [(key, hole.expected) for key, hole in due]

    def hopeless(self, now_s: float) -> list[Key]:
        """Return the sequences in which waiting has become pointless.

        A newcomer begins where the device's oldest event is. Later, a device has to
        have been asked several times and to have told other things since: one that is
        merely away is waited for.
        """
        return [key for key, hole in self._holes.items() if _is_hopeless(hole, now_s - hole.since_s)]


def _is_hopeless(hole: _Hole, waited_s: float) -> bool:
    if hole.expected == 1:
        return waited_s >= JOIN_PATIENCE_S
    return waited_s >= PATIENCE_S and hole.asked >= ASKED_LEAST and hole.spoke
