"""What the device says of itself while it watches: states, availability, health."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from edge import __version__
from edge.core import metrics, reports, topics, wire
from edge.core.exposition import exposition
from edge.core.remarks import WELL, event_remark, view_remark
from edge.types import EventType, Frame, Message, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.ports import Board, Outbox
    from edge.types import Event, Instant, NoFrame
    from edge.watcher import Watcher

STATE_EVERY_S = 10.0
HEALTH_EVERY_S = 30.0
TIMES_KEPT = 256
STATUS_CHARS = 200

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Told:
    """What was said of one camera."""

    truth: tuple[object, ...] = ()
    at: Instant | None = None
    remarked: View | None = None
    online: bool | None = None
    fault: str | None = None
    frames: int = 0
    counted: int = 0
    missed: int = 0
    outages: int = 0
    engine_runs: int = 0
    engine_s: float = 0.0
    view: View = View.LEARNING
    armed: bool = True
    open_changes: int = 0
    last_index: int | None = None
    infer_ms: deque[float] = field(default_factory=lambda: deque(maxlen=TIMES_KEPT))
    # Never another key: it is read while it is written.
    events: dict[EventType, int] = field(default_factory=lambda: dict.fromkeys(EventType, 0))


class Teller:
    """Shows the truth when it changes, and now and then when it does not."""

    def __init__(  # noqa: PLR0913 - what it says of itself is that much
        self,
        outbox: Outbox,
        board: Board,
        delivery: Callable[[], reports.DeliveryStats],
        *,
        device: str,
        boot: str,
        config_error: str | None = None,
        cert_days_left: Callable[[], int | None] = lambda: None,
        commands: reports.CommandCount | None = None,
    ) -> None:
        """Say nothing yet.

        Args:
            outbox: Where messages go.
            board: Tells how the machine is.
            delivery: Tells how the outbox is.
            device: The device's id.
            boot: Random id of this run of the program.
            config_error: Why the newest configuration is not in force; ``None`` when it is.
            cert_days_left: Tells how long our own certificate is good.
            commands: What came over MQTT; it counts on.
        """
        self._cert_days_left = cert_days_left
        self._commands = commands or reports.CommandCount()
        self._config_error = config_error
        self._outbox = outbox
        self._board = board
        self._delivery = delivery
        self._device = device
        self._base = topics.base(device)
        self._boot = boot
        self._told: dict[str, _Told] = {}
        self._health_at: Instant | None = None
        self._delegate: str | None = None

    def tell(self, watcher: Watcher, tick: Frame | NoFrame, infer_ms: float | None) -> None:
        """Show a camera's availability and state after one tick, where they changed."""
        told = self._told.setdefault(watcher.camera, _Told())
        now = tick.moment
        self._count(told, tick, infer_ms)
        self._delegate = watcher.model.delegate
        _remark(told, watcher)
        online = isinstance(tick, Frame) and watcher.view is not View.FROZEN
        told.fault = None if isinstance(tick, Frame) else tick.reason or None
        told.view, told.armed, told.open_changes = watcher.view, watcher.armed, len(watcher.changes)
        if online is not told.online:
            told.outages += bool(told.online)
            told.online = online
            payload = b"online" if online else b"offline"
            self._show(topics.availability(self._base, watcher.camera), payload, retain=True)
        truth = (
            watcher.view,
            watcher.light,
            watcher.armed,
            watcher.limits.sensitivity,
            watcher.activity,
            tuple((change.change_id, change.status, change.kind) for change in watcher.changes),
            None if watcher.reference is None else watcher.reference.taken_ns,
        )
        if truth != told.truth or told.at is None or now.seconds_since(told.at) >= STATE_EVERY_S:
            told.truth, told.at = truth, now
            self._show(topics.state(self._base, watcher.camera), _state(watcher, now), retain=True)

    def count(self, events: Sequence[Event]) -> None:
        """Count what is told of changes and views, and log changes."""
        for event in events:
            said = event_remark(event)
            if said is not None and event.change is not None:
                about = {"camera": event.camera, "change_id": event.change.change_id}
                _log.info("%s", said, extra=about)
            self._told.setdefault(event.camera, _Told()).events[event.event_type] += 1

    def metrics(self) -> bytes:
        """Return all figures as text; any thread may ask."""
        figures = metrics.DeviceFigures(
            device=self._device,
            version=__version__,
            machine=self._board.machine(),
            clock_synced=self._board.clock_synced(),
            config_fault=self._config_error is not None,
            cert_days_left=self._cert_days_left(),
            delivery=self._delivery(),
            delegate=self._delegate,
            cameras=[_camera_figures(name, told) for name, told in list(self._told.items())],
        )
        return exposition(metrics.families(figures))

    def status(self) -> str:
        """Return how it goes in a line, for whoever asks the service manager."""
        views = ", ".join(f"{name} {told.view.value}" for name, told in self._told.items())
        changes = sum(told.open_changes for told in self._told.values())
        delivery = self._delivery()
        fault = f"cannot store: {delivery.storage_fault}; " if delivery.storage_fault else ""
        broker = "connected" if delivery.connected else "away"
        return f"{fault}{views}; open changes: {changes}; broker {broker}"[:STATUS_CHARS]

    def health(self, now: Instant) -> None:
        """Show the device's health when it is due."""
        if self._health_at is None:
            self._health_at = now
        elapsed_s = now.seconds_since(self._health_at)
        if elapsed_s < HEALTH_EVERY_S:
            return
        self._health_at = now
        cameras = [_camera_health(name, told, elapsed_s) for name, told in self._told.items()]
        for told in self._told.values():
            told.counted = told.frames
        payload = reports.health_payload(
            ts_ns=now.wall_ns,
            device=self._device,
            boot=self._boot,
            cameras=cameras,
            machine=self._board.machine(),
            delivery=self._delivery(),
            delegate=self._delegate,
            clock_synced=self._board.clock_synced(),
            config_error=self._config_error,
            cert_days_left=self._cert_days_left(),
            commands=self._commands,
        )
        self._show(topics.health(self._base), payload, retain=False)

    def _show(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self._outbox.show(Message(topic, payload, qos=int(retain), retain=retain))

    def _count(self, told: _Told, tick: Frame | NoFrame, infer_ms: float | None) -> None:
        if not isinstance(tick, Frame):
            return
        told.frames += 1
        if told.last_index is not None:
            told.missed += max(0, tick.index - told.last_index - 1)
        told.last_index = tick.index
        if infer_ms is not None:
            told.infer_ms.append(infer_ms)
            told.engine_runs += 1
            told.engine_s += infer_ms / 1e3


def _remark(told: _Told, watcher: Watcher) -> None:
    """Log the state of a view when it is another."""
    if watcher.view is told.remarked:
        return
    told.remarked = watcher.view
    said = view_remark(watcher.view, watcher.camera)
    if said is not None:
        level = logging.INFO if watcher.view in WELL else logging.WARNING
        _log.log(level, "%s", said, extra={"camera": watcher.camera})


def _camera_health(name: str, told: _Told, elapsed_s: float) -> reports.CameraHealth:
    p50, p95 = np.percentile(told.infer_ms, [50, 95]) if told.infer_ms else (0.0, 0.0)
    return reports.CameraHealth(
        name=name,
        fps=(told.frames - told.counted) / elapsed_s,
        infer_p50_ms=float(p50),
        infer_p95_ms=float(p95),
        missed=told.missed,
        fault=told.fault,
    )


def _camera_figures(name: str, told: _Told) -> metrics.CameraFigures:
    return metrics.CameraFigures(
        name=name,
        online=bool(told.online),
        armed=told.armed,
        view=told.view,
        open_changes=told.open_changes,
        frames=told.frames,
        missed=told.missed,
        outages=told.outages,
        engine_runs=told.engine_runs,
        engine_s=told.engine_s,
        events=dict(told.events),
    )


def _state(watcher: Watcher, now: Instant) -> bytes:
    reference = watcher.reference
    age_s = None if reference is None else max(0.0, (now.wall_ns - reference.taken_ns) / 1e9)
    return wire.state_payload(
        ts_ns=now.wall_ns,
        changes=watcher.changes,
        view=watcher.view,
        light=watcher.light,
        score=watcher.score,
        threshold=watcher.threshold,
        activity=watcher.activity,
        ref=None if reference is None else reference.id,
        ref_age_s=age_s,
        armed=watcher.armed,
        sensitivity=watcher.limits.sensitivity,
        calibration=watcher.calibration,
    )
