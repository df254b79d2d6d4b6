"""A database of events in memory, out of order on cue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import StorageError
from edge.ports.consuming import Standing

if TYPE_CHECKING:
    from edge.core.sequence import Page, Position, Unreadable
    from edge.core.told import Key, Told, ToldEvent, ToldGap


class SimEventStore:
    """Implements ``edge.ports.consuming.EventStore``.

    Attributes:
        events: What was written, in that order.
        gaps: The same, of gaps.
        kept_apart: Messages that nobody can read, each once.
        fails: Why nothing can be written; empty where it can.
        closed: Whether it was let go of.
    """

    def __init__(self) -> None:
        self.events: list[ToldEvent] = []
        self.gaps: list[ToldGap] = []
        self.kept_apart: list[Unreadable] = []
        self.fails = ""
        self.closed = False
        self._positions: dict[Key, Position] = {}
        self._began: dict[Key, str] = {}
        self._early: dict[Key, dict[int, Told]] = {}

    @property
    def consumer_id(self) -> str:
        """Random id made with the database."""
        return "5eed0001"

    def positions(self) -> list[Position]:
        """Return how far every sequence is kept."""
        return list(self._positions.values())

    def early(self, key: Key, above: int) -> Told | None:
        """Return what is set aside under the lowest first number above ``above``, ``None`` for nothing."""
        waiting = self._early.get(key, {})
        return waiting.get(min((first for first in waiting if first > above), default=0))

    def write(self, page: Page) -> None:
        """Write all of a page or nothing."""
        self._check(page)
        for key, (_, after) in page.moves.items():
            self._positions[key] = after
            self._began.setdefault(key, page.ts)
        known = {(event.key, event.seq) for event in self.events}
        self.events += [event for event in page.events if (event.key, event.seq) not in known]
        told = {(gap.key, gap.digest) for gap in self.gaps}
        self.gaps += [gap for gap in page.gaps if (gap.key, gap.digest) not in told]
        for key, first in page.drained.items():
            self._early[key] = {seq: told for seq, told in self._early.get(key, {}).items() if seq > first}
        for (key, first), message in page.early.items():
            self._early.setdefault(key, {})[first] = message
        self.kept_apart = list(dict.fromkeys([*self.kept_apart, *page.unreadable]))

    def standings(self) -> list[Standing]:
        """Return how every sequence stands, by device, the newest epoch last."""
        return [
            Standing(
                position,
                events=sum(event.key == key for event in self.events),
                gaps=sum(gap.key == key for gap in self.gaps),
                lost=sum(_width(gap) for gap in self.gaps if gap.key == key),
                began=self._began[key],
            )
            for key, position in sorted(
                self._positions.items(), key=lambda item: (item[0][0], self._began[item[0]])
            )
        ]

    def unreadable(self) -> int:
        """Return how many different messages are kept apart because nobody can read them."""
        return len(self.kept_apart)

    def close(self) -> None:
        """Let go of it."""
        self.closed = True

    def _check(self, page: Page) -> None:
        if self.fails:
            raise StorageError(self.fails)
        for key, (before, _) in page.moves.items():
            stored = self._positions.get(key)
            if (stored and stored.seq) != (before and before.seq):
                msg = "somebody else has moved a cursor"
                raise StorageError(msg)


def _width(gap: ToldGap) -> int:
    return 0 if gap.first_seq is None or gap.last_seq is None else gap.last_seq - gap.first_seq + 1
