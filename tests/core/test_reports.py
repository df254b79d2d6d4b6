from __future__ import annotations

import json

import pytest

from edge.core.limits import Limits
from edge.core.reports import CameraHealth, DeliveryStats, Machine, health_payload, info_payload
from tests.samples import MODEL, NOON_NS
from tests.schema_faults import faults, read_schema


def introduction() -> bytes:
    """Return the introduction of a device with two cameras."""
    return info_payload(
        ts_ns=NOON_NS,
        device="bench1",
        boot="b7c1",
        version="0.1.0",
        python="3.11.2",
        board="Raspberry Pi 5 Model B Rev 1.0",
        model=MODEL,
        cameras={"shelf": Limits(), "door": Limits(absorb_s=86400.0)},
        config_sha256="0" * 64,
    )


def health(
    *,
    machine: Machine,
    cameras: tuple[CameraHealth, ...] = (),
    config_error: str | None = None,
    cert_days_left: int | None = None,
    storage_fault: str | None = None,
) -> bytes:
    """Return the health of a device."""
    return health_payload(
        ts_ns=NOON_NS,
        device="bench1",
        boot="b7c1",
        cameras=cameras,
        machine=machine,
        delivery=DeliveryStats(depth=3, set_aside=1, storage_fault=storage_fault),
        delegate="cpu",
        clock_synced=False,
        config_error=config_error,
        cert_days_left=cert_days_left,
    )


def test_an_introduction_obeys_the_schema_to_the_letter() -> None:
    assert faults("info", introduction()) == []


def test_an_introduction_names_every_schema_that_ships() -> None:
    shipped = [
        read_schema(name)["properties"]
        for name in ("event", "state", "info", "health", "gap", "cmd", "cmd-result")
    ]
    consts = [part["schema"]["const"] for part in shipped if isinstance(part, dict)]
    assert json.loads(introduction())["schemas"] == consts


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(health(machine=Machine(0.0)), id="of-a-board-that-can-tell-nothing"),
        pytest.param(
            health(
                machine=Machine(1e300, 41.25, 55.0, throttled=False, disk_free_mb=1e5),
                cameras=(CameraHealth("shelf", 2.0, 6.1, float("nan"), 4),),
                config_error="camera.fps: 200 is over 60",
                cert_days_left=89,
            ),
            id="of-a-board-that-can-tell-all",
        ),
        pytest.param(health(machine=Machine(0.0), cert_days_left=-(10**9)), id="with-an-ancient-certificate"),
        pytest.param(health(machine=Machine(0.0), storage_fault="x" * 10_000), id="of-a-disk-that-refuses"),
    ],
)
def test_health_obeys_the_schema_to_the_letter(payload: bytes) -> None:
    assert faults("health", payload) == []
