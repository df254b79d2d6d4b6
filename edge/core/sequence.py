"""Who keeps what devices tell keeps it in sequence: each number once, none skipped in silence.

A device numbers what it tells from 1, without holes, within an epoch. What comes
again is passed over. What comes too early is set aside until what belongs before it
has come, and nothing is refused meanwhile: a device that goes back for nobody loses
nothing by it. What is set aside is no part of the sequence yet, so that whoever reads
the sequence never sees a number before the one below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from edge.core.told import JOINED, UNANSWERED, ToldEvent, ToldGap, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.core.told import Key, Told

EARLY_MOST = 10_000
"""Messages that may be set aside in one sequence."""


class Fate(Enum):
    """What becomes of a message."""

    APPLIED = "applied"
    REPEATED = "repeated"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Position:
    """How far one sequence is kept.

    Attributes:
        key: Which device, which epoch.
        seq: Everything up to this number is kept, or is known to be gone; 0 for nothing.
        newest: The highest number heard of.
        waiting: Messages that are set aside.
        last_ts: When the device told the newest, RFC 3339; empty while nothing was.
    """

    key: Key
    seq: int = 0
    newest: int = 0
    waiting: int = 0
    last_ts: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no event and no gap, as it came.

    Attributes:
        topic: Where it was told.
        payload: What was told.
        fault: Why it cannot be read.
    """

    topic: str
    payload: bytes
    fault: str


@dataclass(slots=True)
class Page:
    """What one transaction writes: all of it, or nothing.

    Attributes:
        ts: When it came in, RFC 3339.
        events: What joins the sequences, in order.
        gaps: What is known to be gone.
        early: What is set aside, by sequence and first number.
        drained: Up to which first number what was set aside before has been used.
        unreadable: What is kept apart.
        moves: Each sequence that changed: where it stood, where it stands.
    """

    ts: str
    events: list[ToldEvent] = field(default_factory=list)
    gaps: list[ToldGap] = field(default_factory=list)
    early: dict[tuple[Key, int], Told] = field(default_factory=dict)
    drained: dict[Key, int] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    moves: dict[Key, tuple[Position | None, Position]] = field(default_factory=dict)


class Sequences:
    """Where every sequence stands; pages must be written in the order they are filled.

    Args:
        positions: Where they stood when the store was opened.
        early: Gives, of what is set aside in a sequence, that with the lowest first
            number above another; ``None`` for none.
        early_most: How many messages may be set aside in one sequence.
    """

    def __init__(
        self,
        positions: Iterable[Position],
        early: Callable[[Key, int], Told | None],
        *,
        early_most: int = EARLY_MOST,
    ) -> None:
        self._early_most = early_most
        self._positions = {position.key: position for position in positions}
        self._early = early

    def positions(self) -> list[Position]:
        """Return where every sequence stands."""
        return list(self._positions.values())

    def position(self, key: Key) -> Position:
        """Return where one stands; at the very beginning where it is new."""
        return self._positions.get(key) or Position(key)

    def take(self, told: Told, page: Page) -> Fate:
        """Put a message where it belongs on the page."""
        span = told.span
        if span is None:  # a gap without numbers, told apart by its digest
            _add(told, page)
            return Fate.APPLIED
        first, last = span
        position = self.position(told.key)
        if last <= position.seq:
            return Fate.REPEATED
        if last > position.newest:
            position = replace(position, newest=last, last_ts=told.ts)
        if first > position.seq + 1:
            self._set_aside(position, told, span, page)
            return Fate.EARLY
        _add(told, page)
        self._drain(replace(position, seq=last), page)
        return Fate.APPLIED

    def pass_over(self, key: Key, page: Page) -> ToldGap | None:
        """Wait no longer for what is missing; return the gap that says so, ``None`` where nothing is."""
        position = self.position(key)
        told = self._next(key, page)
        if told is None or told.span is None:
            return None
        first = told.span[0]
        reason = UNANSWERED if position.seq else JOINED
        gap = missing(key, position.seq + 1, first - 1, reason=reason, ts=page.ts)
        page.gaps.append(gap)
        self._drain(replace(position, seq=first - 1), page)
        return gap

    def _set_aside(self, position: Position, told: Told, span: tuple[int, int], page: Page) -> None:
        """Let a message wait; of those that begin with one number only one does.

        A longer gap takes the place of a shorter one, and none that of an event.
        """
        first, last = span
        known = page.early.get((told.key, first)) or self._early(told.key, first - 1)
        if known is None or known.span is None or known.span[0] != first:
            if position.waiting < self._early_most:
                page.early[told.key, first] = told
                position = replace(position, waiting=position.waiting + 1)
        elif isinstance(known, ToldGap) and known.span[1] < last:
            page.early[told.key, first] = told
        self._move(position, page)

    def _drain(self, position: Position, page: Page) -> None:
        """Add what was set aside and now follows."""
        while position.waiting and (told := self._next(position.key, page)) and told.span:
            first, last = told.span
            if first > position.seq + 1:
                break
            _add(told, page)
            page.early.pop((told.key, first), None)
            page.drained[told.key] = first  # a shorter gap may be stored under it
            position = replace(position, seq=max(position.seq, last), waiting=position.waiting - 1)
        self._move(position, page)

    def _next(self, key: Key, page: Page) -> Told | None:
        """Return what is set aside under the lowest number, on this page or else before."""
        found = [told for (whose, _), told in page.early.items() if whose == key]
        stored = self._early(key, page.drained.get(key, 0))
        if stored is not None:
            found.append(stored)
        return min(found, key=lambda told: told.span[0] if told.span else 0, default=None)

    def _move(self, position: Position, page: Page) -> None:
        key = position.key
        if key not in page.moves and position == self._positions.get(key):
            return
        before = page.moves[key][0] if key in page.moves else self._positions.get(key)
        page.moves[key] = before, position
        self._positions[key] = position


def _add(told: Told, page: Page) -> None:
    if isinstance(told, ToldEvent):
        page.events.append(told)
    else:
        page.gaps.append(told)
