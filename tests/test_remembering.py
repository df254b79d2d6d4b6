from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from edge.agent import Agent, World
from edge.config import CameraConfig, Source, SourceKind
from edge.core.calibration import threshold_of
from edge.core.calibration.record import Record, made_by
from edge.core.limits import Limits
from edge.core.reports import DeliveryStats
from edge.drivers.records_files import FileRecords
from edge.images import Images
from edge.remembering import known_record
from edge.sim.engine import SimEngine
from edge.sim.references import SimReferences
from edge.sim.world import SimBoard, SimEvidence, SimOrders, SimOutbox, SimWatchdog
from edge.telling import Teller
from edge.watcher import Watcher
from tests.stage import CAMERA, Stage, reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from edge.types import Frame

HOUR_S = 3700.0


def camera(limits: Limits) -> CameraConfig:
    """Return a camera with these limits."""
    return CameraConfig(CAMERA, Source(SourceKind.SIM, ""), 0.25, limits)


def watch_an_hour(records: FileRecords) -> None:
    """Let a device watch for an hour, and store what it learned of the view's habits."""
    stage = Stage(fps=0.25)

    def ticks() -> Iterator[Frame]:
        return stage.frames(HOUR_S)

    outbox = SimOutbox()
    world = World(
        ticks=ticks,
        watchers={CAMERA: Watcher(CAMERA, Limits(), SimEngine(), stage.clock, reference=reference())},
        outbox=outbox,
        orders=SimOrders(),
        references=SimReferences(),
        records=records,
        evidence=SimEvidence(),
        images=Images(outbox, device="bench1", kinds=(), private={}),
        teller=Teller(outbox, SimBoard(), DeliveryStats, device="bench1", boot="b"),
        watchdog=SimWatchdog(),
    )
    Agent(world).run(lambda: False)


def test_after_a_restart_the_calibration_goes_on_where_it_was(tmp_path: Path) -> None:
    watch_an_hour(FileRecords(tmp_path))
    record = known_record(camera(Limits()), SimEngine(), FileRecords(tmp_path))
    assert record is not None
    assert len(record.maxima) == 6
    assert np.count_nonzero(record.maxima) == 0


def a_record(folder: Path) -> None:
    """Store a record as a device with the usual limits would."""
    tag = SimEngine().contract.tag("sim")
    maker = made_by(tag, threshold_of(Limits().sensitivity, at=SimEngine().contract.threshold))
    FileRecords(folder).save(CAMERA, Record.empty((2, 3)), maker)


def test_with_another_sensitivity_it_begins_anew(tmp_path: Path) -> None:
    a_record(tmp_path)
    assert known_record(camera(Limits()), SimEngine(), FileRecords(tmp_path)) is not None
    assert known_record(camera(Limits(sensitivity=0.9)), SimEngine(), FileRecords(tmp_path)) is None


def test_a_damaged_record_is_told_and_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    a_record(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    with caplog.at_level(logging.ERROR):
        assert known_record(camera(Limits()), SimEngine(), FileRecords(tmp_path)) is None
    assert "calibration begins anew" in caplog.text
