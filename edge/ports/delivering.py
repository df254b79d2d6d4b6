"""What the delivery thread touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge.types import (
        Answer,
        Change,
        Event,
        Message,
        Order,
        Post,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What belongs into one transaction of the journal.

    Attributes:
        changes: Rows to insert or replace, by ``change_id``.
        events: Announcements, in order; numbered when stored.
        done: Ids of orders that this carries out.
        posts: How cameras are watched.
        answers: What came of those orders.
    """

    changes: Sequence[Change] = ()
    events: Sequence[Event] = ()
    done: Sequence[int] = ()
    posts: Sequence[Post] = ()
    answers: Sequence[Answer] = ()


@dataclass(frozen=True, slots=True)
class Queued:
    """A numbered event waiting in the journal, or a gap where there were such.

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

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Store all of it or nothing; when this returns, a power cut cannot undo it.

        Where events have to make room for it, or ``lost`` ones never came here, a gap
        takes their place.

        Args:
            entry: What belongs into one transaction.
            now_ns: Wall clock of the storing.
            lost: How many events were given up before they came here.

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

    def confirm_through(self, seq: int) -> None:
        """Delete all events up to a number; it may lag after a power cut."""
        ...

    def give_up(self, seqs: Sequence[int], now_ns: int) -> int:
        """Put gaps in place of events that the broker refuses; return of how many."""
        ...

    def progress(self) -> tuple[int, int]:
        """Return how far events are deleted from the first on, and the highest that was sent."""
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
        """Store an order for the running device; return its id.

        One for all changes is for those that are open now: see ``edge.core.orders``.
        """
        ...

    def command(self, command_id: str, op: str, args: Mapping[str, str]) -> bytes | None:
        """Store a command as an order, once, however often it comes.

        Returns:
            ``None`` for a new one. For one that came before, what was answered to it;
            empty while nothing was.

        Raises:
            StorageError: Too many orders wait already, or the disk refuses.
        """
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
    """The broker rejected a message.

    Attributes:
        token: Which.
        reason: What it said.
        forbidden: Whether it lets us write nothing there: its access list is at fault, not
            the message.
    """

    token: int
    reason: str
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A message came in.

    Attributes:
        topic: Where.
        payload: At most 16 kB.
        retained: Whether the broker kept it from before we subscribed.
        reply_to: The topic on which an answer is wished, over MQTT 5; ``None`` for
            none. A valid topic, not necessarily one that we may write.
        correlation: What the answer has to carry, at most 256 bytes.
        receipt: By which it is settled; ``None`` where the broker waits for nothing.
    """

    topic: str
    payload: bytes
    retained: bool
    reply_to: str | None = None
    correlation: bytes | None = None
    receipt: int | None = None


Note = Connected | Disconnected | Confirmed | Refused | Received


class Listener(Protocol):
    """Somebody to whom messages from outside are passed on."""

    def heard(self, received: Received) -> Sequence[Message]:
        """Take notice of a message; return what to publish at once.

        Every message that is not about the delivery itself comes to every
        listener, on the delivery thread: it must not block.
        """
        ...


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
