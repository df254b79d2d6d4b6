"""What a consumer of events touches: a database, and a broker that keeps what it may not miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from edge.ports.delivering import Broker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.sequence import Page, Position
    from edge.core.told import Key, Told


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sequence stands, for people.

    Attributes:
        position: How far it is kept.
        events: How many events are kept.
        gaps: How many gaps are.
        lost: How many numbers lie in them.
        began: When its first message came, RFC 3339.
    """

    position: Position
    events: int
    gaps: int
    lost: int
    began: str


class EventStore(Protocol):
    """A database of what devices told. One process writes to it at a time."""

    @property
    def consumer_id(self) -> str:
        """Random id made with the database; a broker knows its consumer by it."""
        ...

    def positions(self) -> list[Position]:
        """Return how far every sequence is kept.

        Raises:
            StorageError: The database does not answer.
        """
        ...

    def early(self, key: Key, above: int) -> Told | None:
        """Return what is set aside under the lowest first number above ``above``, ``None`` for nothing.

        Raises:
            StorageError: The database does not answer.
        """
        ...

    def write(self, page: Page) -> None:
        """Write all of a page or nothing; when this returns, a power cut cannot undo it.

        Raises:
            StorageError: The database refuses, or a sequence does not stand where the
                page says; nothing was written.
        """
        ...

    def standings(self) -> list[Standing]:
        """Return how every sequence stands, by device, the newest epoch last.

        Raises:
            StorageError: The database does not answer.
        """
        ...

    def unreadable(self) -> int:
        """Return how many different messages are kept apart because nobody can read them.

        Raises:
            StorageError: The database does not answer.
        """
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Subscription(Broker, Protocol):
    """A broker that sends again what was not settled."""

    def settle(self, receipts: Sequence[int]) -> None:
        """Tell the broker that it need not keep these messages for us any longer.

        Args:
            receipts: Those of the messages; of an earlier connection they say nothing,
                and their messages come again.
        """
        ...
