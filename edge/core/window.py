"""Which events are on their way to the broker, and which had better wait.

A message that the broker refuses, or at which it drops the connection, must not
hold up the rest: after three strikes it is set aside for an hour. Where a consumer
wants everything in order that would hold up the rest: there it is given up. Only what the
broker's access list forbids is not: that is nothing about the event, and the next
would go the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STRIKES = 3
"""Refusals, or connections lost over it, after which an event is set aside."""

LOSSES = 10
"""Connections lost over an event after which it is given up, where setting it aside would not do."""

RETRY_S = (1.0, 10.0)
"""Seconds until a refused event is tried again: after the first, the second."""

SET_ASIDE_S = 3600.0
"""Seconds until an event that was set aside is tried again."""

FORBIDDEN_S = 60.0
"""The same where everything else waits for it, until somebody mends the broker's access list."""


class Window:
    """The events between the journal and the broker, by number.

    Times are nanoseconds on a clock that never jumps.

    Attributes:
        cursor: Events up to this number have had their turn in this connection.
        delivered: Events that the broker has, and the journal still holds; none
            where a consumer says what is delivered.
        hopeless: Events to give up, so that the rest can follow.
    """

    def __init__(self, size: int, *, for_consumer: bool = False) -> None:
        self.cursor = 0
        self.delivered: set[int] = set()
        self.hopeless: set[int] = set()
        self._size = size
        self._for_consumer = for_consumer
        self._flying: dict[int, int] = {}  # token -> seq
        self._strikes: dict[int, int] = {}  # seq -> how often it went wrong
        self._until: dict[int, int] = {}  # seq -> when it may be tried again
        self._suspect: int | None = None

    @property
    def room(self) -> int:
        """How many more events may be handed over now; one at a time while in doubt."""
        return max((self._size if self._suspect is None else 1) - len(self._flying), 0)

    @property
    def waiting(self) -> int:
        """How many events wait for another try."""
        return len(self._until)

    @property
    def set_aside(self) -> int:
        """How many events were set aside."""
        return sum(self._strikes.get(seq, 0) >= STRIKES for seq in self._until)

    def passes(self, seq: int) -> bool:
        """Return whether an event may be handed over now."""
        return seq not in self._until and seq not in self.delivered and seq not in self._flying.values()

    def hand_over(self, seq: int, token: int) -> None:
        """Note that an event was handed to the broker."""
        self._flying[token] = seq

    def confirm(self, token: int) -> None:
        """Note that the broker has an event; other tokens are ignored."""
        seq = self._flying.pop(token, None)
        if seq is None:
            return
        if not self._for_consumer:
            self.delivered.add(seq)
        self._strikes.pop(seq, None)
        if seq == self._suspect:
            self._suspect = None

    def refuse(self, token: int, now_ns: int, *, forbidden: bool = False) -> int | None:
        """Note that the broker rejected an event; return its number, if it is one.

        Args:
            token: Which message.
            now_ns: When.
            forbidden: Whether nothing may be written there.
        """
        seq = self._flying.pop(token, None)
        if seq is None:
            return None
        strikes = self._strike(seq)
        if strikes < STRIKES:
            self._rest(seq, now_ns, RETRY_S[strikes - 1])
        elif self._for_consumer and forbidden:
            self._rest(seq, now_ns, FORBIDDEN_S)
        else:
            self._rest(seq, now_ns, SET_ASIDE_S)
            if self._for_consumer:
                self.hopeless.add(seq)
        return seq

    def lose(self, now_ns: int) -> None:
        """Note that the connection is gone: the oldest event on its way is in doubt."""
        if self._flying:
            seq = self._suspect = min(self._flying.values())
            strikes = self._strike(seq)
            if strikes >= (LOSSES if self._for_consumer else STRIKES):
                self._rest(seq, now_ns, SET_ASIDE_S)
                if self._for_consumer:
                    self.hopeless.add(seq)
        self._flying.clear()
        self.cursor = 0

    def retry(self, now_ns: int) -> None:
        """Give events whose time has come another turn."""
        for seq in [seq for seq, until_ns in self._until.items() if until_ns <= now_ns]:
            del self._until[seq]
            if self._strikes.get(seq, 0) >= STRIKES and not self._for_consumer:
                del self._strikes[seq]
            self.cursor = min(self.cursor, seq - 1)

    def given_up(self, seq: int) -> None:
        """Note that something else is told in place of a hopeless event."""
        self.hopeless.discard(seq)
        self._strikes.pop(seq, None)
        self._until.pop(seq, None)
        self.cursor = min(self.cursor, seq - 1)

    def consumed(self, through_seq: int) -> None:
        """Note that a consumer has all events up to a number: nothing of them is in doubt."""
        for seq in [seq for seq in self._strikes.keys() | self._until.keys() if seq <= through_seq]:
            self._strikes.pop(seq, None)
            self._until.pop(seq, None)
        self.hopeless = {seq for seq in self.hopeless if seq > through_seq}
        if self._suspect is not None and self._suspect <= through_seq:
            self._suspect = None

    def forget(self, seqs: Iterable[int]) -> None:
        """Drop delivered events that the journal no longer holds."""
        self.delivered.difference_update(seqs)

    def _strike(self, seq: int) -> int:
        self._strikes[seq] = self._strikes.get(seq, 0) + 1
        return self._strikes[seq]

    def _rest(self, seq: int, now_ns: int, pause_s: float) -> None:
        self._until[seq] = now_ns + round(pause_s * 1e9)
        if seq == self._suspect:
            self._suspect = None
