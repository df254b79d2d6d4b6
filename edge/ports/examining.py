"""What is looked at before a device runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import CameraConfig, Config, ModelConfig, MqttConfig
    from edge.ports.delivering import Broker
    from edge.ports.watching import Board, Camera, Clock, Engine
    from edge.types import Affine


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder, or where it would be made.

    Attributes:
        exists: Whether it is there.
        mode: Its permission bits; 0 where it is not there.
        free_mb: Room left on its disk, in 10^6 bytes; ``None`` where unknown.
        fault: Why nothing can be written into it; empty when something can.
    """

    exists: bool
    mode: int
    free_mb: float | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a broker's address answered, before any MQTT.

    Attributes:
        address: The address that its name stands for.
        expires_ns: Wall clock from which its certificate is no longer good;
            ``None`` without encryption.
    """

    address: str
    expires_ns: int | None


@dataclass(frozen=True, slots=True)
class Installed:
    """A network as it lies on the disk.

    Attributes:
        folder: Its bundle.
        score: How its int8 file stores the score; ``None`` where it does not store it in int8.
    """

    folder: Path
    score: Affine | None


class Surroundings(Protocol):
    """The machine, its hardware and its network, each piece by itself."""

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    def board(self, state_dir: Path) -> Board:
        """Return the machine, and the disk that the state lies on."""
        ...

    def memory_free_mb(self) -> float | None:
        """Return the memory that programs can still have, in 10^6 bytes."""
        ...

    def accelerators(self) -> tuple[str, ...]:
        """Return the names of the accelerators that are built in or plugged in."""
        ...

    def folder(self, path: Path) -> FolderState:
        """Look at a folder, and write a little into it to see whether that is possible."""
        ...

    def mode(self, path: Path) -> int:
        """Return a file's permission bits, 0 where there is no such file."""
        ...

    def holder(self, state_dir: Path) -> str | None:
        """Return the process of the device that runs with a state folder, ``None`` for none."""
        ...

    def greet(self, mqtt: MqttConfig) -> Greeting:
        """Reach the broker's address, and have its certificate verified.

        Raises:
            DeliveryError: It cannot be reached, or is not who it should be.
        """
        ...

    def broker(self, config: Config, topic: str) -> Broker:
        """Return the broker as the device would speak to it, as a guest that listens to one topic.

        Raises:
            ConfigError: The password cannot be read.
        """
        ...

    def camera(self, camera: CameraConfig) -> Camera:
        """Return a configured camera.

        Raises:
            ConfigError: Its source is of a kind that cannot be configured.
        """
        ...

    def engine(self, model: ModelConfig) -> Engine:
        """Return the configured engine, never another in its place.

        Raises:
            ModelError: The bundle cannot be used.
            EngineError: This machine cannot run it.
        """
        ...

    def installed(self, model: ModelConfig) -> Installed | None:
        """Return the configured network; ``None`` for a method without one.

        Raises:
            ModelError: The bundle cannot be used.
        """
        ...
