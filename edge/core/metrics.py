"""What the device says of itself in figures: which there are, and what each means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edge.core.exposition import Family, Sample
from edge.types import EventType, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge.core.reports import DeliveryStats, Machine

MB = 1e6


@dataclass(frozen=True, slots=True)
class CameraFigures:
    """One camera, counted since the start.

    Attributes:
        name: The camera's name.
        online: Whether pictures come.
        armed: Whether changes are told.
        view: Whether its view can be judged.
        open_changes: Changes that were told and have not ended.
        frames: Frames looked at.
        missed: Frames exposed and never looked at.
        outages: How often it went from online to offline.
        engine_runs: How often the engine compared.
        engine_s: How long that took, in seconds.
        events: Events told, by what they tell.
    """

    name: str
    online: bool
    armed: bool
    view: View
    open_changes: int
    frames: int
    missed: int
    outages: int
    engine_runs: int
    engine_s: float
    events: Mapping[EventType, int]


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """The device, counted since the start.

    Attributes:
        device: Its id.
        version: Version of this program.
        machine: How the board is doing.
        clock_synced: Whether the wall clock can be believed.
        config_fault: Whether an older configuration is in force.
        cert_days_left: Days that our own certificate is still good, negative when it no
            longer is; ``None`` where there is none.
        delivery: How delivery is doing.
        delegate: What the model runs on; ``None`` where nobody has looked yet.
        cameras: Each camera.
    """

    device: str
    version: str
    machine: Machine
    clock_synced: bool
    config_fault: bool
    cert_days_left: int | None
    delivery: DeliveryStats
    delegate: str | None
    cameras: Sequence[CameraFigures]


def families(now: DeviceFigures) -> list[Family]:
    """Return every figure there is of a device."""
    return [*_of_machine(now), *_of_delivery(now.delivery), *_of_cameras(now.cameras)]


def _of_machine(now: DeviceFigures) -> list[Family]:
    machine = now.machine
    build = Sample(1, (("device", now.device), ("version", now.version)))
    on = () if now.delegate is None else (Sample(1, (("delegate", now.delegate),)),)
    return [
        Family("stillwatch_info", "gauge", "Which device, and which version runs on it; always 1.", (build,)),
        _one("uptime_seconds", "Seconds since the program started.", machine.uptime_s),
        _one("resident_memory_bytes", "Memory the program holds.", _bytes(machine.rss_mb)),
        _one("temperature_celsius", "Temperature of the processor.", machine.temp_c),
        _one("throttled", "1 while the board slows down for heat or a weak supply.", machine.throttled),
        _one("disk_free_bytes", "Room left where the state lies.", _bytes(machine.disk_free_mb)),
        _one(
            "disk_written_bytes_total",
            "What the program wrote to disks since it started.",
            _bytes(machine.written_mb),
            "counter",
        ),
        _one(
            "disk_written_bytes_per_day",
            "What the program writes to disks in a day, at the rate of the last day.",
            _bytes(machine.written_mb_per_day),
        ),
        _one("clock_synchronized", "1 where the wall clock can be believed.", now.clock_synced),
        Family("stillwatch_delegate", "gauge", "What the model runs on; 1 for that.", on),
        _one("config_fault", "1 while an older configuration is in force.", now.config_fault),
        _one(
            "certificate_days_left",
            "Days that the device's own certificate is still good; negative when it no longer is.",
            now.cert_days_left,
        ),
    ]


def _of_delivery(now: DeliveryStats) -> list[Family]:
    return [
        _one("broker_connected", "1 while the broker is there.", now.connected),
        _one("outbox_events", "Events stored and not yet delivered.", now.depth),
        _one("storage_fault", "1 while the disk refuses to store.", now.storage_fault is not None),
        _one("outbox_unstored", "What waits in memory for the disk to take it.", now.unstored),
        _one("outbox_set_aside_events", "Events the broker keeps refusing.", now.set_aside),
        _one(
            "broker_taken_over_total",
            "How often another client with this device's id took its place.",
            now.taken_over,
            "counter",
        ),
        _one("events_sent_total", "Events published for the first time.", now.sent, "counter"),
        _one("events_resent_total", "Events published again.", now.resent, "counter"),
        _one(
            "events_dropped_total", "Events lost, because nothing could store them.", now.dropped, "counter"
        ),
        _one(
            "received_dropped_total",
            "Messages from outside that came faster than they could be heard.",
            now.unheard,
            "counter",
        ),
        _one(
            "received_ignored_total",
            "Words of the system of record that made no sense.",
            now.ignored,
            "counter",
        ),
    ]


def _of_cameras(cameras: Sequence[CameraFigures]) -> list[Family]:
    named = [((("camera", camera.name),), camera) for camera in cameras]
    told = [
        Sample(camera.events.get(kind, 0), (*label, ("event_type", kind.value)))
        for label, camera in named
        for kind in EventType
    ]
    views = [
        Sample(camera.view is view, (*label, ("view", view.value)))
        for label, camera in named
        for view in View
    ]

    def each(name: str, about: str, kind: Literal["counter", "gauge"], values: list[float]) -> Family:
        samples = tuple(Sample(value, label) for (label, _), value in zip(named, values, strict=True))
        return Family(f"stillwatch_camera_{name}", kind, about, samples)

    return [
        each("online", "1 while pictures come.", "gauge", [c.online for c in cameras]),
        each("armed", "1 while changes are told.", "gauge", [c.armed for c in cameras]),
        Family("stillwatch_camera_view", "gauge", "1 for the state the view is in.", tuple(views)),
        each("open_changes", "Changes told and not ended.", "gauge", [c.open_changes for c in cameras]),
        each("frames_total", "Frames looked at.", "counter", [c.frames for c in cameras]),
        each("missed_frames_total", "Frames never looked at.", "counter", [c.missed for c in cameras]),
        each("outages_total", "How often it went offline.", "counter", [c.outages for c in cameras]),
        each(
            "engine_runs_total", "How often the engine compared.", "counter", [c.engine_runs for c in cameras]
        ),
        each("engine_seconds_total", "How long the engine took.", "counter", [c.engine_s for c in cameras]),
        Family("stillwatch_camera_events_total", "counter", "Events told, by what they tell.", tuple(told)),
    ]


def _one(name: str, about: str, value: float | None, kind: Literal["counter", "gauge"] = "gauge") -> Family:
    return Family(f"stillwatch_{name}", kind, about, () if value is None else (Sample(value),))


def _bytes(megabytes: float | None) -> float | None:
    return None if megabytes is None else round(megabytes * MB)
