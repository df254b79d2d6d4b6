"""What the device says about itself: its introduction and its health.

Each document's fields are described in ``edge/schemas``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from edge.core.answers import RESULT
from edge.core.commands import COMMAND
from edge.core.encoding import canonical, milliseconds, model_tag, number, rfc3339, whole_seconds
from edge.core.wire import EVENT, GAP, STATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge.core.limits import Limits
    from edge.types import ModelTag

INFO = "stillwatch.info/1"
HEALTH = "stillwatch.health/1"
CONFIG_ERROR_CHARS = 4096
"""A longer account of what is wrong with a configuration is cut off."""
CAMERA_FAULT_CHARS = 1024
"""A longer account of what is wrong with a camera is cut off."""

STORAGE_FAULT_CHARS = 1024
"""So is one of why a disk refuses."""


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """How one camera is doing.

    Attributes:
        name: The camera's name.
        fps: Frames looked at per second, over the last report's time.
        infer_p50_ms: Median time of the engine, in milliseconds.
        infer_p95_ms: Time that one look in twenty exceeds, in milliseconds.
        missed: Frames exposed and never looked at, since the start.
        fault: Why nothing is looked at now, without a password; ``None`` while it is.
    """

    name: str
    fps: float
    infer_p50_ms: float
    infer_p95_ms: float
    missed: int
    fault: str | None = None


@dataclass(slots=True)
class CommandCount:
    """How many commands came over MQTT, since the start.

    Attributes:
        taken: Stored as orders, or answered at once.
        refused: Those that cannot be carried out.
        ignored_retained: Those that a broker had kept: who knows who wants them now.
    """

    taken: int = 0
    refused: int = 0
    ignored_retained: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """How the board is doing; ``None`` where it cannot tell.

    Attributes:
        uptime_s: Seconds since the program started.
        rss_mb: Memory the program holds, in 10^6 bytes.
        temp_c: Temperature of the processor, in degrees Celsius.
        throttled: Whether the board slowed down for heat or a weak supply.
        disk_free_mb: Room left where the state lies, in 10^6 bytes.
        written_mb: What the program wrote to disks since it started, in 10^6 bytes.
        written_mb_per_day: What it writes in a day, at the rate of the last day.
    """

    uptime_s: float
    rss_mb: float | None = None
    temp_c: float | None = None
    throttled: bool | None = None
    disk_free_mb: float | None = None
    written_mb: float | None = None
    written_mb_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """How delivery is doing.

    Attributes:
        running: Whether its thread is alive.
        connected: Whether the broker is there.
        unstored: Entries in memory that the disk has not taken yet.
        depth: Events stored and not yet delivered.
        sent: Events published for the first time, since the start.
        resent: Events published again, since the start.
        set_aside: Events the broker keeps refusing.
        dropped: Events lost since the start, because nothing could store them.
        taken_over: How often another client with our id took our place at the broker.
        unheard: Messages from outside that came faster than they could be heard, and were
            passed over, since the start.
        ignored: Words of the system of record that made no sense, since the start.
        storage_fault: Why the disk refuses; ``None`` while it does not.
    """

    running: bool = True
    connected: bool = False
    unstored: int = 0
    depth: int = 0
    sent: int = 0
    resent: int = 0
    set_aside: int = 0
    dropped: int = 0
    taken_over: int = 0
    unheard: int = 0
    ignored: int = 0
    storage_fault: str | None = None


def info_payload(  # noqa: PLR0913 - an introduction is this many facts
    *,
    ts_ns: int,
    device: str,
    boot: str,
    version: str,
    python: str,
    board: str,
    model: ModelTag,
    cameras: Mapping[str, Limits],
    config_sha256: str,
) -> bytes:
    """Return the device's introduction as ``stillwatch.info/1``.

    Args:
        ts_ns: Wall clock of the telling.
        device: The device's id.
        boot: Random id of this run of the program.
        version: Version of this program.
        python: Version of Python it runs on.
        board: What the board calls itself.
        model: The model in service and what it runs on.
        cameras: Each camera's limits, by name.
        config_sha256: Digest of the configuration in force.
    """
    return canonical(
        {
            "schema": INFO,
            "ts": rfc3339(ts_ns),
            "device": device,
            "boot": boot,
            "schemas": [EVENT, STATE, INFO, HEALTH, GAP, COMMAND, RESULT],
            "versions": {"stillwatch": version, "python": python},
            "board": board,
            "model": model_tag(model),
            "cameras": [{"name": name, "limits": asdict(limits)} for name, limits in cameras.items()],
            "config_sha256": config_sha256,
        }
    )


def health_payload(  # noqa: PLR0913 - health is this many facts
    *,
    ts_ns: int,
    device: str,
    boot: str,
    cameras: Sequence[CameraHealth],
    machine: Machine,
    delivery: DeliveryStats,
    delegate: str | None,
    clock_synced: bool,
    config_error: str | None = None,
    cert_days_left: int | None = None,
    commands: CommandCount | None = None,
) -> bytes:
    """Return how the device is doing as ``stillwatch.health/1``.

    Args:
        ts_ns: Wall clock of the telling.
        device: The device's id.
        boot: Random id of this run of the program.
        cameras: How each camera is doing.
        machine: How the board is doing.
        delivery: How delivery is doing.
        delegate: What the model runs on now; ``None`` where nobody has looked yet.
        clock_synced: Whether the wall clock can be believed.
        config_error: Why the last good configuration is in force; ``None`` when
            the newest is.
        cert_days_left: Days that the device's own certificate is still good, negative
            when it no longer is; ``None`` where it has none.
        commands: What came over MQTT; ``None`` for nothing.
    """
    return canonical(
        {
            "schema": HEALTH,
            "ts": rfc3339(ts_ns),
            "device": device,
            "boot": boot,
            "uptime_s": whole_seconds(machine.uptime_s),
            "cameras": [
                {
                    "name": camera.name,
                    "fps": number(camera.fps, 0, 1e4, digits=2),
                    "infer_ms": {
                        "p50": milliseconds(camera.infer_p50_ms),
                        "p95": milliseconds(camera.infer_p95_ms),
                    },
                    "missed": camera.missed,
                    "fault": camera.fault and camera.fault[:CAMERA_FAULT_CHARS],
                }
                for camera in cameras
            ],
            "rss_mb": _known(machine.rss_mb, 0, 1e7),
            "temp_c": _known(machine.temp_c, -100, 200),
            "throttled": machine.throttled,
            "disk_free_mb": _known(machine.disk_free_mb, 0, 1e10),
            "written_mb": _known(machine.written_mb, 0, 1e10),
            "written_mb_per_day": _known(machine.written_mb_per_day, 0, 1e10),
            "outbox": {
                "depth": delivery.depth,
                "dropped": delivery.dropped,
                "set_aside": delivery.set_aside,
                "unstored": delivery.unstored,
            },
            "received": {"dropped": delivery.unheard, "ignored": delivery.ignored},
            "commands": asdict(commands or CommandCount()),
            "taken_over": delivery.taken_over,
            "delegate": delegate,
            "clock_synced": clock_synced,
            "config_error": config_error,
            "storage_fault": delivery.storage_fault and delivery.storage_fault[:STORAGE_FAULT_CHARS],
            "cert_days_left": cert_days_left and max(-100_000, min(cert_days_left, 1_000_000)),
        }
    )


def _known(real: float | None, low: float, high: float) -> float | None:
    return None if real is None else number(real, low, high, digits=1)
