"""Pages into tables, over any database that speaks SQL."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from edge.core.hearing import reread
from edge.core.sequence import Position
from edge.core.told import digest_of
from edge.drivers.events_sql import statements
from edge.errors import StorageError
from edge.ports.consuming import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from edge.core.sequence import Page
    from edge.core.told import Key, Told

_event_values = attrgetter(*statements.EVENT_COLUMNS)
_gap_values = attrgetter(*statements.GAP_COLUMNS)


@dataclass(frozen=True, slots=True)
class Job:
    """One statement with many rows.

    Attributes:
        statement: What to do; ``?`` stands for a value.
        rows: With which values, once each.
        must_meet: Whether each must meet a row that is there.
    """

    statement: str
    rows: Sequence[Sequence[object]]
    must_meet: bool = False


class Session(Protocol):
    """A connection to a database whose tables are there."""

    @property
    def place(self) -> str:
        """Where the database is, fit for logs."""
        ...

    @property
    def moment(self) -> str:
        """How a moment becomes text, with ``{}`` for its column."""
        ...

    def query(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what the database answers.

        Raises:
            StorageError: It does not.
        """
        ...

    def write(self, jobs: Sequence[Job]) -> None:
        """Do all of it in one transaction, on the disk when this returns.

        Raises:
            StorageError: The database refuses, or a row that must be there is not; nothing was done.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SqlEventStore:
    """Implements ``edge.ports.consuming.EventStore``.

    Args:
        session: Where to; closed together with this.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        found = session.query(statements.META, ["consumer_id"])
        if not found:
            msg = f"{session.place}: its table `meta` has lost the consumer's id"
            raise StorageError(msg)
        self._consumer_id = str(found[0][0])

    @property
    def consumer_id(self) -> str:
        """Random id made with the database; a broker knows its consumer by it."""
        return self._consumer_id

    def positions(self) -> list[Position]:
        """Return how far every sequence is kept."""
        rows = self._session.query(statements.positions(self._session.moment))
        return [_position(row) for row in rows]

    def early(self, key: Key, above: int) -> Told | None:
        """Return what is set aside under the lowest first number above ``above``, ``None`` for nothing."""
        found = self._session.query(statements.NEXT_EARLY, [*key, above])
        try:
            return reread(found[0][0]) if found else None
        except ValueError as error:
            msg = f"{self._session.place}: a row of table `early` is damaged: {error}"
            raise StorageError(msg) from error

    def write(self, page: Page) -> None:
        """Write all of a page or nothing; when this returns, a power cut cannot undo it."""
        jobs = [job for job in _jobs(page) if job.rows]
        if jobs:
            self._session.write(jobs)

    def standings(self) -> list[Standing]:
        """Return how every sequence stands, by device, the newest epoch last."""
        rows = self._session.query(statements.standings(self._session.moment))
        return [
            Standing(_position(where), events=int(events), gaps=int(gaps), lost=int(lost), began=str(began))
            for *where, events, gaps, lost, began in rows
        ]

    def unreadable(self) -> int:
        """Return how many different messages are kept apart because nobody can read them."""
        return int(self._session.query(statements.COUNT_UNREADABLE)[0][0])

    def close(self) -> None:
        """Let go of the database."""
        self._session.close()


def _position(row: Sequence[Any]) -> Position:
    device, epoch, seq, newest, waiting, last_ts = row
    return Position((str(device), str(epoch)), int(seq), int(newest), int(waiting), str(last_ts))


def _jobs(page: Page) -> Iterator[Job]:
    ts = page.ts
    begun = [after for before, after in page.moves.values() if before is None]
    moved = [(before, after) for before, after in page.moves.values() if before is not None]
    yield Job(statements.BEGIN, [(*_standing(after, ts), ts) for after in begun])
    yield Job(
        statements.MOVE, [(*_standing(after, ts), before.seq) for before, after in moved], must_meet=True
    )
    yield Job(statements.ADD_EVENT, [(*_event_values(event), ts) for event in page.events])
    yield Job(statements.ADD_GAP, [(*_gap_values(gap), ts) for gap in page.gaps])
    yield Job(statements.USED_EARLY, [(*key, first) for key, first in page.drained.items()])
    yield Job(
        statements.SET_ASIDE, [(*key, first, told.payload) for (key, first), told in page.early.items()]
    )
    bad = page.unreadable
    yield Job(
        statements.ADD_UNREADABLE,
        [
            (digest_of(one.topic.encode() + one.payload), one.topic, one.payload, one.fault, ts, ts)
            for one in bad
        ],
    )
    yield Job(statements.PRUNE_UNREADABLE, [(statements.UNREADABLE_KEPT,)] if bad else [])


def _standing(position: Position, ts: str) -> tuple[object, ...]:
    return position.seq, position.newest, position.waiting, position.last_ts, ts, *position.key
