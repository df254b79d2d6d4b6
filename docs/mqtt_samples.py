"""Payloads as a device encodes them, for docs/mqtt.md: a part is gone from a shelf."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from edge.core import reports, topics, wire
from edge.core.answers import Sender, answer
from edge.core.discovery import Described, description
from edge.core.gaps import Gap, gap_message
from edge.core.limits import Limits
from edge.types import (
    Box,
    Calibration,
    Change,
    ChangeStatus,
    Event,
    EventType,
    Kind,
    Mask,
    ModelTag,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

DEVICE, CAMERA, EPOCH, BOOT = "bench1", "shelf", "9f3a6c01", "b7c1d2e3"
DISCOVERY = "discovery"

_NOON_NS = 1_795_348_800_000_000_000  # 2026-11-22T12:00:00Z
_MODEL = ModelTag("stillwatch", "3", "cpu")
_CHANGE = Change(
    "shelf-41",
    CAMERA,
    ChangeStatus.OPEN,
    Mask(Box(791, 238, 805, 251), np.ones((13, 14), np.bool_)),
    Kind.DISAPPEARED,
    score=0.97,
    started_ns=_NOON_NS - 600_000_000,
    seen_ns=_NOON_NS,
    persisted_s=0.6,
)
_COMMAND = {"schema": "stillwatch.cmd/1", "id": "8d5f1c", "op": "accept", "args": {"change_id": "shelf-41"}}


def samples() -> Mapping[str, bytes]:
    """Return an example of each document, by the name of its schema."""
    base = topics.base(DEVICE)
    return {
        "event": _event(),
        "state": _state(),
        "info": _info(),
        "health": _health(),
        "gap": gap_message(
            Gap(3, "full", lost=(1043, 1045)), ts_ns=_NOON_NS, device=DEVICE, epoch=EPOCH, seq=1045
        ).payload,
        "cmd": json.dumps(_COMMAND).encode(),
        "cmd-result": answer(Sender(topics.command_result(base), "8d5f1c"), ts_ns=_NOON_NS).payload,
        DISCOVERY: _discovery(),
    }


def _event() -> bytes:
    event = Event(
        EventType.CHANGE_STARTED,
        CAMERA,
        decided_ns=_NOON_NS,
        captured_ns=_NOON_NS - 188_000_000,
        change=_CHANGE,
        view=View.OK,
        threshold=0.9,
        frame_size=(1920, 1080),
        shift_px=(0.4, -0.2),
        reference=("day-3", "day"),
        model=_MODEL,
        infer_ms=6.1,
    )
    return wire.event_payload(
        event, device=DEVICE, epoch=EPOCH, seq=1042, boot=BOOT, ts_ns=_NOON_NS, clock_synced=True
    )


def _state() -> bytes:
    return wire.state_payload(
        ts_ns=_NOON_NS,
        changes=[_CHANGE],
        view=View.OK,
        light="day",
        score=0.97,
        threshold=0.9,
        activity=False,
        ref="day-3",
        ref_age_s=86_400.0,
        armed=True,
        sensitivity=0.5,
        calibration=Calibration(
            budget_per_day=1.0,
            days=12.5,
            days_needed=1.0,
            told=3,
            interval_per_day=(0.05, 0.7),
            raised=0.02,
            unwatchable=0.0,
            held=True,
        ),
    )


def _info() -> bytes:
    return reports.info_payload(
        ts_ns=_NOON_NS,
        device=DEVICE,
        boot=BOOT,
        version="0.1.0",
        python="3.11.9",
        board="Raspberry Pi 5 Model B Rev 1.0",
        model=_MODEL,
        cameras={CAMERA: Limits()},
        config_sha256="5f8a" * 16,
    )


def _health() -> bytes:
    return reports.health_payload(
        ts_ns=_NOON_NS,
        device=DEVICE,
        boot=BOOT,
        cameras=[reports.CameraHealth(CAMERA, 2.0, 41.2, 55.9, 0)],
        machine=reports.Machine(
            uptime_s=86_400.0,
            rss_mb=131.2,
            temp_c=54.1,
            throttled=False,
            disk_free_mb=21_480.0,
            written_mb=88.1,
            written_mb_per_day=88.1,
        ),
        delivery=reports.DeliveryStats(connected=True, sent=12),
        delegate="cpu",
        clock_synced=True,
        cert_days_left=341,
        commands=reports.CommandCount(taken=2),
    )


def _discovery() -> bytes:
    """Return the beginning of a description: all of it is long."""
    whole = json.loads(description(Described(DEVICE, "0.9.0", "Raspberry Pi 5 Model B Rev 1.0", [CAMERA])))
    kept = (f"{CAMERA}_change", f"{CAMERA}_event", f"{CAMERA}_armed")
    whole["cmps"] = {name: whole["cmps"][name] for name in kept}
    return json.dumps(whole).encode()
