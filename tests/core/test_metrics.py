from __future__ import annotations

import re

from edge.core.exposition import exposition
from edge.core.metrics import CameraFigures, DeviceFigures, families
from edge.core.reports import DeliveryStats, Machine
from edge.types import EventType, View

SHELF = CameraFigures(
    name="shelf",
    online=True,
    armed=True,
    view=View.MOVED,
    open_changes=2,
    frames=100,
    missed=3,
    outages=1,
    engine_runs=90,
    engine_s=0.75,
    events={EventType.CHANGE_STARTED: 4},
)
BARE = Machine(5.0)
FULL = Machine(5.0, 40.5, 55.0, throttled=False, disk_free_mb=1e3, written_mb=2.5, written_mb_per_day=36.0)


def figures(machine: Machine, *cameras: CameraFigures) -> DeviceFigures:
    """Return the figures of a device."""
    return DeviceFigures(
        device="bench1",
        version="0.1.0",
        machine=machine,
        clock_synced=True,
        config_fault=False,
        cert_days_left=-3,
        delivery=DeliveryStats(connected=True, depth=3, sent=7, resent=1, taken_over=2),
        delegate="cpu",
        cameras=cameras,
    )


def told(machine: Machine, *cameras: CameraFigures) -> dict[str, str]:
    """Return every figure by its name and labels."""
    lines = exposition(families(figures(machine, *cameras))).decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_memory_and_disk_are_in_bytes() -> None:
    found = told(FULL)
    names = ("resident_memory_bytes", "disk_written_bytes_total", "disk_written_bytes_per_day")
    assert [found[f"stillwatch_{name}"] for name in names] == ["40500000", "2500000", "36000000"]


def test_a_certificate_that_has_run_out_counts_on_below_nought() -> None:
    assert told(BARE)["stillwatch_certificate_days_left"] == "-3"


def test_what_a_board_cannot_tell_is_left_out() -> None:
    assert not {name for name in told(BARE) if "temperature" in name or "throttled" in name}


def test_what_the_model_runs_on_is_a_label() -> None:
    assert told(BARE)['stillwatch_delegate{delegate="cpu"}'] == "1"


def test_a_camera_is_a_label() -> None:
    found = told(BARE, SHELF)
    assert found['stillwatch_camera_frames_total{camera="shelf"}'] == "100"
    assert found['stillwatch_camera_engine_seconds_total{camera="shelf"}'] == "0.75"


def test_a_view_is_in_one_state() -> None:
    views = {name: value for name, value in told(BARE, SHELF).items() if "_view{" in name}
    assert len(views) == len(View)
    assert [name for name, value in views.items() if value == "1"] == [
        'stillwatch_camera_view{camera="shelf",view="moved"}'
    ]


def test_an_event_that_was_never_told_is_counted_as_none() -> None:
    events = {name: value for name, value in told(BARE, SHELF).items() if "_camera_events_total{" in name}
    assert len(events) == len(EventType)
    assert sorted(events.values())[-2:] == ["0", "4"]


def test_every_name_says_whose_it_is_and_every_counter_that_it_is_one() -> None:
    for family in families(figures(FULL, SHELF)):
        assert re.fullmatch(r"stillwatch_[a-z_]+", family.name)
        assert family.name.endswith("_total") is (family.kind == "counter")
        assert family.about.endswith(".")


def test_no_name_is_used_twice() -> None:
    names = [family.name for family in families(figures(FULL, SHELF))]
    assert len(names) == len(set(names))
