"""What the watch loop touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.core.reports import Machine
    from edge.types import (
        Change,
        Event,
        Frame,
        Instant,
        Look,
        Message,
        ModelContract,
        NoFrame,
        Order,
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
    """Where a camera's reference image is kept."""

    def load(self, camera: str) -> Reference | None:
        """Return the stored reference, or ``None`` when there never was one.

        Raises:
            StorageError: One was stored, and is damaged. It has been put aside.
        """
        ...

    def save(self, camera: str, reference: Reference) -> None:
        """Replace the stored reference; a power cut leaves the old or the new.

        Raises:
            StorageError: The disk refuses.
        """
        ...

    def forget(self, camera: str) -> None:
        """Drop the stored reference, so that learning starts anew."""
        ...


class Outbox(Protocol):
    """Where the watch loop hands over what must not be lost. Never blocks, never raises."""

    def put(self, changes: Sequence[Change], events: Sequence[Event], done: Sequence[int] = ()) -> None:
        """Store rows of the ledger and their announcements, in one transaction.

        Args:
            changes: Rows to insert or replace, by ``change_id``.
            events: Announcements, in order; numbered when stored, then published.
            done: Ids of orders that this carries out; they are not given again.
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
    """Where the pictures behind an event are kept, bounded."""

    def keep(self, event: Event, frame: Frame, reference: Reference, look: Look) -> None:
        """Keep before, after and heat pictures of the event; never raises."""
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
