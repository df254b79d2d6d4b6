"""What the delivery thread touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge.types import (
        Change,
        Event,
        Message,
        Order,
        Post,
    )


class DeliveryStats(Protocol):
    """How delivery is doing, as far as health tells."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        ...

    @property
    def sent(self) -> int:
        """Events published for the first time, since the start."""
        ...

    @property
    def resent(self) -> int:
        """Events published again, since the start."""
        ...

    @property
    def depth(self) -> int:
        """Events stored and not yet delivered."""
        ...

    @property
    def dropped(self) -> int:
        """Events lost since the start, because nothing could store them."""
        ...

    @property
    def set_aside(self) -> int:
        """Events the broker keeps refusing."""
        ...

    @property
    def taken_over(self) -> int:
        """How often another client with our id took our place, since the start."""
        ...


@dataclass(frozen=True, slots=True)
class Queued:
    """A numbered event waiting in the journal.

    Attributes:
        seq: Its number, without holes within an epoch.
        message: What to publish on the live topic.
        stored_ns: Wall clock when it was stored.
        sent: Whether it was ever handed to a broker.
    """

    seq: int
    message: Message
    stored_ns: int
    sent: bool


class Journal(Protocol):
    """The ledger of changes and the queue of their announcements, on one disk.

    One thread uses it at a time.
    """

    @property
    def epoch(self) -> str:
        """Random id made with the store; events are ``(device, epoch, seq)``."""
        ...

    def commit(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int],
        now_ns: int,
        posts: Sequence[Post] = (),
    ) -> None:
        """Store all of it or nothing; when this returns, a power cut cannot undo it.

        Raises:
            StorageError: The disk refuses; nothing was stored.
        """
        ...

    def queued(self, after_seq: int, at_most: int) -> list[Queued]:
        """Return events above ``after_seq``, oldest first."""
        ...

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Remember that these were handed to a broker."""
        ...

    def confirm(self, seqs: Sequence[int]) -> None:
        """Delete events that the other side has; it may lag after a power cut."""
        ...

    def depth(self) -> int:
        """Return how many events wait."""
        ...

    def open_changes(self, camera: str) -> list[Change]:
        """Return the camera's changes that have not ended, oldest first."""
        ...

    def changes(self, at_most: int) -> list[Change]:
        """Return the newest changes, ended ones included, newest first."""
        ...

    def last_serial(self, camera: str) -> int:
        """Return the number in the newest ``change_id`` of a camera, 0 when none."""
        ...

    def post(self, camera: str) -> Post:
        """Return how a camera is watched, as it was last stored."""
        ...

    def order(self, op: str, args: Mapping[str, str]) -> int:
        """Store an order for the running device; return its id."""
        ...

    def orders(self) -> list[Order]:
        """Return the orders that have not been carried out, oldest first."""
        ...

    def close(self) -> None:
        """Close the files."""
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker took us."""

    protocol: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is away, or refused us; the driver keeps trying.

    Attributes:
        reason: What happened and what to do, in plain words.
        taken_over: Whether another client with our id took our place.
    """

    reason: str
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The broker acknowledged a message."""

    token: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker rejected a message."""

    token: int
    reason: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message came in."""

    topic: str
    payload: bytes
    retained: bool


Note = Connected | Disconnected | Confirmed | Refused | Received


class Broker(Protocol):
    """A connection to an MQTT broker that mends itself."""

    def start(self, tell: Callable[[Note], None]) -> None:
        """Begin connecting, in the background.

        Args:
            tell: Called with each note, from any thread; it must only enqueue.
        """
        ...

    def publish(self, message: Message) -> int | None:
        """Hand a message over; never blocks.

        Returns:
            A token that ``Confirmed`` or ``Refused`` will name, unique while the
            driver lives; ``None`` while not connected. After ``Disconnected``,
            tokens handed out before are void.
        """
        ...

    def stop(self, farewell: Sequence[Message] = ()) -> None:
        """Publish ``farewell``, disconnect cleanly, end the background thread."""
        ...
