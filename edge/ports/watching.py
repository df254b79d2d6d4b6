"""What the watch loop touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.core.calibration.record import Record
    from edge.core.reports import Machine
    from edge.types import (
        Answer,
        Change,
        Event,
        Frame,
        Instant,
        Message,
        ModelContract,
        Moment,
        NoFrame,
        Order,
        Post,
        Reference,
    )


class Clock(Protocol):
    """What time it is."""

    def now(self) -> Instant:
        """Return this moment on both clocks."""
        ...

    def sleep_until(self, mono_ns: int) -> None:
        """Wait until ``mono_ns``; return at once when it has passed."""
        ...


class Camera(Protocol):
    """Somewhere frames come from."""

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        ...

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield frames at the configured rate; ``NoFrame`` at least once a second.

        A live camera never ends: it reconnects, and yields ``NoFrame`` meanwhile.
        A recording ends the iteration after its last frame.

        Raises:
            CameraError: The source can never work: no such file, not a video.
        """
        ...

    def close(self) -> None:
        """Let go of the device or file; ``frames`` ends."""
        ...


class Engine(Protocol):
    """Something that compares two aligned images."""

    @property
    def contract(self) -> ModelContract:
        """The tensors it takes and gives, by name."""
        ...

    @property
    def delegate(self) -> str:
        """What it runs on: ``cpu``, ``coral``, ``jetson``."""
        ...

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Compare.

        Args:
            inputs: One array per input of the contract, by name.

        Returns:
            One array per output of the contract, by name.

        Raises:
            EngineError: The accelerator failed; another may be tried.
            ContractError: An input is not what the contract promises.
        """
        ...


class References(Protocol):
    """Where a camera's references are kept: a golden one, and one for each other light state."""

    def load(self, camera: str) -> tuple[Reference, ...]:
        """Return the stored references, the golden one first; none where none was stored.

        Raises:
            StorageError: One of them is damaged. It has been put aside: the next call
                returns the others. Where it was the golden one, another takes its place.
        """
        ...

    def save(self, camera: str, reference: Reference) -> None:
        """Replace the stored reference of its light; a power cut leaves the old or the new.

        Raises:
            StorageError: The disk refuses.
        """
        ...

    def drop(self, camera: str, light: str) -> None:
        """Drop the reference of a light state other than the golden one's.

        Raises:
            StorageError: The disk refuses.
        """
        ...

    def forget(self, camera: str) -> None:
        """Drop all references of a camera, so that learning starts anew.

        Raises:
            StorageError: The disk refuses.
        """
        ...


class Records(Protocol):
    """Where what a camera's view does by itself is kept, for its calibration."""

    def load(self, camera: str, maker: str) -> Record | None:
        """Return the stored record.

        Args:
            camera: Whose.
            maker: Who looks, and what counts; what another recorded says nothing.

        Raises:
            StorageError: It is damaged, and has been put aside: there is none now. Or
                the disk refuses.
        """
        ...

    def save(self, camera: str, record: Record, maker: str) -> None:
        """Replace the stored record; a power cut leaves the old or the new.

        Raises:
            StorageError: The disk refuses.
        """
        ...

    def forget(self, camera: str) -> None:
        """Drop what is stored.

        Raises:
            StorageError: The disk refuses.
        """
        ...


class Outbox(Protocol):
    """Where the watch loop hands over what must not be lost. Never blocks, never raises."""

    def put(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int] = (),
        posts: Sequence[Post] = (),
        answers: Sequence[Answer] = (),
    ) -> None:
        """Store rows of the ledger and their announcements, in one transaction.

        Args:
            changes: Rows to insert or replace, by ``change_id``.
            events: Announcements, in order; numbered when stored, then published.
            done: Ids of orders that this carries out; they are not given again.
            posts: How cameras are watched, to be remembered.
            answers: What came of those orders; told once all of this is stored.
        """
        ...

    def show(self, message: Message) -> None:
        """Publish what is true now; only the newest per topic is kept, in memory."""
        ...


class Orders(Protocol):
    """What people asked for."""

    def pending(self) -> tuple[Order, ...]:
        """Return orders that came since the last call; never blocks."""
        ...


class Evidence(Protocol):
    """Where what explains an alarm, or a silence, is kept; bounded."""

    def note(self, moment: Moment) -> None:
        """Take every moment of every camera, and keep what is worth it; never raises."""
        ...


class Board(Protocol):
    """The machine we run on."""

    def machine(self) -> Machine:
        """Return how it is doing."""
        ...

    def clock_synced(self) -> bool:
        """Whether its wall clock can be believed."""
        ...


class Watchdog(Protocol):
    """Somebody who restarts us when we hang."""

    def pat(self) -> None:
        """Say that the watch loop is alive."""
        ...
