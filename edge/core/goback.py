"""How far the system of record has come, and how far ahead of it we send.

It acknowledges everything up to a number at once. What it did not acknowledge is sent
again: from there on where it says so, and one event, as a question, where it is silent.
The more it answers, the more is on its way at a time; what nobody answers is repeated
more and more rarely.
"""

from __future__ import annotations

import json
from collections import deque
from enum import Enum

from edge.core.backoff import doubled_s

AHEAD = 256
"""How many events may be unacknowledged."""

SILENCE_S = 3.0
"""Seconds without progress until the first unacknowledged event is sent again."""

LONGEST_SILENCE_S = 300.0
"""The same, after nobody answered again and again."""

AGAIN_S = 1.0
"""One who asks for the same number again within these seconds has not seen the answer yet."""

_FIRST_BURST = 16
_LARGEST_SEQ = 2**53
_LONGEST_PAYLOAD = 1024


class Verdict(Enum):
    """What becomes of a word of the system of record."""

    OBEYED = "obeyed"
    OLD = "old"
    NEVER_SENT = "never sent"
    GONE = "gone"


class GoBack:
    """What one consumer has of one epoch, by number.

    Times are nanoseconds on a clock that never jumps.

    Attributes:
        acked: The consumer has everything up to this number.
        sent: The highest number that was ever handed to a broker.
    """

    def __init__(self, acked: int, sent: int) -> None:
        self.acked = acked
        self.sent = max(acked, sent)
        self._outstanding: deque[int] = deque()
        self._burst = _FIRST_BURST
        self._silences = 0
        self._since_ns = 0
        self._asked: tuple[int, int] | None = None

    @property
    def room(self) -> int:
        """How many more events may be handed over now."""
        return max(self._burst - len(self._outstanding), 0)

    @property
    def silences(self) -> int:
        """How often in a row nothing was answered."""
        return self._silences

    def hand_over(self, seq: int, now_ns: int) -> None:
        """Note that an event was handed to the broker; in the order of numbers."""
        if not self._outstanding:
            self._since_ns = now_ns
        self._outstanding.append(seq)
        self.sent = max(self.sent, seq)

    def ack(self, seq: int, now_ns: int) -> Verdict:
        """Note that the consumer has everything up to ``seq``."""
        if seq > self.sent:
            return Verdict.NEVER_SENT
        if seq <= self.acked:
            return Verdict.OLD
        self.acked = seq
        while self._outstanding and self._outstanding[0] <= seq:
            self._outstanding.popleft()
        self._burst = min(2 * self._burst, AHEAD)
        self._silences, self._since_ns = 0, now_ns
        return Verdict.OBEYED

    def nack(self, expected: int, now_ns: int) -> Verdict:
        """Note that the consumer waits for ``expected``; begin again there if obeyed."""
        if expected > self.sent + 1:
            return Verdict.NEVER_SENT
        if self._asked is not None and expected == self._asked[0] and now_ns - self._asked[1] < AGAIN_S * 1e9:
            return Verdict.OLD
        self._asked = (expected, now_ns)
        if expected <= self.acked:
            return Verdict.GONE
        # That the consumer has what comes before is for its acknowledgement to say.
        self.refused(expected)
        self._silences, self._since_ns = 0, now_ns
        return Verdict.OBEYED

    def refused(self, seq: int) -> None:
        """Note that an event did not get through, and so nothing from there on."""
        self._outstanding = deque(sent for sent in self._outstanding if sent < seq)

    def overdue(self, now_ns: int) -> bool:
        """Return whether nothing was answered for too long; begin again with one event then."""
        patience_s = doubled_s(self._silences, first_s=SILENCE_S, longest_s=LONGEST_SILENCE_S)
        if not self._outstanding or now_ns - self._since_ns < patience_s * 1e9:
            return False
        self._silences += 1
        self._burst = 1
        self._begin_again(now_ns)
        return True

    def reconnect(self, now_ns: int) -> None:
        """Note that what was on its way may be lost; begin again."""
        self._burst = 1 if self._silences else _FIRST_BURST
        self._begin_again(now_ns)

    def _begin_again(self, now_ns: int) -> None:
        self._outstanding.clear()
        self._since_ns = now_ns


def number_in(payload: bytes, key: str) -> int | None:
    """Return a number that somebody sent as ``{"seq": 7}``; ``None`` where it is no such thing."""
    if len(payload) > _LONGEST_PAYLOAD:
        return None
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    number = said.get(key) if isinstance(said, dict) else None
    return number if type(number) is int and 0 <= number < _LARGEST_SEQ else None
