"""The system of record: the one consumer whose word lets events be deleted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.core import topics
from edge.core.gaps import Gap, gap_message
from edge.core.goback import GoBack, Verdict, number_in

if TYPE_CHECKING:
    from edge.ports import Journal, Received
    from edge.types import Message

_SPEAK_OF_SILENCE_AT = 3  # in a row: some 21 s

_log = logging.getLogger(__name__)


class Record:
    """What the system of record has, and where it wants us to begin again.

    Attributes:
        topics: Where it speaks to us.
        ignored: How many of its words made no sense.
    """

    def __init__(self, journal: Journal, device: str) -> None:
        self.ignored = 0
        self._journal = journal
        self._device = device
        base = topics.base(device)
        self._ack, self._nack = topics.ack(base, journal.epoch), topics.nack(base, journal.epoch)
        self.topics = (self._ack, self._nack)
        self._goback = GoBack(*journal.progress())
        self._forgotten = self._goback.acked

    @property
    def room(self) -> int:
        """How many more events may be handed over now."""
        return self._goback.room

    @property
    def acked(self) -> int:
        """Up to which number it has everything."""
        return self._goback.acked

    @property
    def forgettable(self) -> int:
        """How many numbers it has that the journal has not forgotten yet."""
        return self._goback.acked - self._forgotten

    def hand_over(self, seq: int, now_ns: int) -> None:
        """Note that an event was handed to the broker."""
        self._goback.hand_over(seq, now_ns)

    def refused(self, seq: int) -> None:
        """Note that an event did not get through, and nothing behind it counts."""
        self._goback.refused(seq)

    def overdue(self, now_ns: int) -> bool:
        """Return whether to begin again behind ``acked``, since nobody answers."""
        overdue = self._goback.overdue(now_ns)
        if overdue and self._goback.silences == _SPEAK_OF_SILENCE_AT:
            _log.warning("no consumer acknowledges events on %s: they are kept", self._ack)
        return overdue

    def reconnect(self, now_ns: int) -> None:
        """Begin again behind ``acked``."""
        self._goback.reconnect(now_ns)

    def forget(self) -> None:
        """Delete what it has from the journal.

        Raises:
            StorageError: The disk refuses; try again later.
        """
        acked = self._goback.acked
        self._journal.confirm_through(acked)
        self._forgotten = acked

    def heard(self, note: Received, now_ns: int, ts_ns: int) -> int | Message | None:
        """Take notice of what it says.

        Returns:
            The number behind which to begin again, or what to answer.
        """
        if note.topic == self._ack:
            self._acknowledged(note, now_ns)
        elif note.topic == self._nack:
            return self._asked(note, now_ns, ts_ns)
        return None

    def _acknowledged(self, note: Received, now_ns: int) -> None:
        if not note.payload:
            return  # somebody tidies up what the broker keeps
        seq = number_in(note.payload, "seq")
        if seq is None:
            self._ignore(note, 'it must be {"seq": N}')
        elif self._goback.ack(seq, now_ns) is Verdict.NEVER_SENT:
            self._ignore(note, f"{seq} was never sent; {self._goback.sent} is the newest that was")

    def _asked(self, note: Received, now_ns: int, ts_ns: int) -> int | Message | None:
        if note.retained:
            self._ignore(note, "it was retained, and nobody knows since when")
            return None
        expected = number_in(note.payload, "expected")
        if not expected:
            self._ignore(note, 'it must be {"expected": N}')
            return None
        match self._goback.nack(expected, now_ns):
            case Verdict.OBEYED:
                return expected - 1
            case Verdict.NEVER_SENT:
                self._ignore(note, f"{expected} was never sent; {self._goback.sent} is the newest that was")
            case Verdict.GONE:
                acked = self._goback.acked
                _log.error(
                    "the consumer asks for event %d, and has confirmed all up to %d: those are deleted",
                    expected,
                    acked,
                )
                gap = Gap(None, "confirmed", (expected, acked))
                return gap_message(
                    gap, ts_ns=ts_ns, device=self._device, epoch=self._journal.epoch, seq=acked
                )
            case Verdict.OLD:
                pass
        return None

    def _ignore(self, note: Received, why: str) -> None:
        self.ignored += 1
        _log.warning("ignored what came on %s: %s", note.topic, why)
