"""What surrounds a device that does not run: the composition root's part for looking at it piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge import engines
from edge.bundle_files import read_bundle
from edge.cameras import camera_of
from edge.drivers import board
from edge.drivers.broker_greeting import greet
from edge.drivers.broker_paho import PahoBroker
from edge.drivers.camera_discovery import found_sources
from edge.drivers.clock import SystemClock
from edge.drivers.folder_state import folder_state, mode_of
from edge.drivers.state_lock import holder_of
from edge.introducing import access_of
from edge.ports.examining import Installed

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import CameraConfig, Config, ModelConfig, MqttConfig
    from edge.ports import Broker, Camera, Clock, Engine
    from edge.ports.examining import FolderState, Greeting

__all__ = ["RealSurroundings", "found_sources"]

GUEST = "-doctor"
"""Behind the device's id: a guest must not take the device's own place at the broker."""


@dataclass(frozen=True, slots=True)
class RealSurroundings:
    """Implements ``edge.ports.examining.Surroundings``.

    Attributes:
        clock: What time it is.
    """

    clock: Clock = SystemClock()  # noqa: RUF009 - it has no state

    def board(self, state_dir: Path) -> board.SystemBoard:
        """Return the machine, and the disk that the state lies on."""
        return board.SystemBoard(state_dir)

    def memory_free_mb(self) -> float | None:
        """Return the memory that programs can still have, in 10^6 bytes."""
        return board.memory_free_mb()

    def accelerators(self) -> tuple[str, ...]:
        """Return the names of the accelerators that are built in or plugged in."""
        return board.accelerators()

    def folder(self, path: Path) -> FolderState:
        """Look at a folder, and write a little into it to see whether that is possible."""
        return folder_state(path)

    def mode(self, path: Path) -> int:
        """Return a file's permission bits, 0 where there is no such file."""
        return mode_of(path)

    def holder(self, state_dir: Path) -> str | None:
        """Return the process of the device that runs with a state folder, ``None`` for none."""
        return holder_of(state_dir)

    def greet(self, mqtt: MqttConfig) -> Greeting:
        """Reach the broker's address, and have its certificate verified."""
        return greet(mqtt)

    def broker(self, config: Config, topic: str) -> Broker:
        """Return the broker as the device would speak to it, as a guest that listens to one topic."""
        access = access_of(config)
        guest = replace(access, client_id=access.client_id + GUEST, will=None)
        return PahoBroker(guest, topics=[topic])

    def camera(self, camera: CameraConfig) -> Camera:
        """Return a configured camera."""
        return camera_of(camera, self.clock)

    def engine(self, model: ModelConfig) -> Engine:
        """Return the configured engine, never another in its place."""
        if model.method == "difference":
            return engines.difference_engine()
        return engines.engine_of(model.bundle, threads=model.threads)

    def installed(self, model: ModelConfig) -> Installed | None:
        """Return the configured network; ``None`` for a method without one."""
        if model.method == "difference":
            return None
        folder = model.bundle or engines.DEFAULT_BUNDLE
        (file,) = (file for file in read_bundle(folder).files if file.delegate == "cpu")
        return Installed(folder, file.outputs[0].affine)
