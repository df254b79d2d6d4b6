from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.limits import Limits
from edge.core.reports import DeliveryStats
from edge.drivers.engine_difference import DifferenceEngine
from edge.fallback import FallbackEngine
from edge.sim.clock import SimClock
from edge.sim.engine import SimAccelerator, SimEngine
from edge.sim.world import SimBoard, SimOutbox
from edge.telling import Teller
from edge.types import Message, NoFrame
from edge.watcher import Watcher
from tests.samples import a_change, an_event
from tests.schema_faults import faults
from tests.stage import BARE, CAMERA, PLACE, Stage, reference
from tests.vision.pictures import with_square

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.ports import Engine
    from edge.types import Frame

BASE = "stillwatch/v1/bench1"
AVAILABILITY = f"{BASE}/cam/shelf/availability"
STATE = f"{BASE}/cam/shelf/state"
HEALTH = f"{BASE}/health"
SEES = np.where(PLACE, np.float32(0.9), np.float32(0.0))


BUSY = DeliveryStats(
    connected=True,
    unstored=7,
    depth=3,
    sent=5,
    resent=1,
    set_aside=2,
    dropped=1,
    taken_over=4,
    unheard=8,
    ignored=9,
)
FULL = "/var/lib/stillwatch/journal.sqlite3: database or disk is full"


class Desk:
    """A teller, the watcher it tells of, and what it has shown."""

    def __init__(self, engine: Engine | None = None, *, learning: bool = False, fps: float = 1.0) -> None:
        self.stage = Stage(fps=fps)
        self.outbox = SimOutbox()
        self.board = SimBoard(uptime_s=90.0)
        self.watcher = Watcher(
            CAMERA,
            Limits(learn_s=10.0),
            engine or SimEngine(),
            self.stage.clock,
            reference=None if learning else reference(),
        )
        self.cert_days_left: int | None = None
        self.delivery = BUSY
        self.teller = Teller(
            self.outbox,
            self.board,
            lambda: self.delivery,
            device="bench1",
            boot="b",
            cert_days_left=lambda: self.cert_days_left,
        )

    def tell(self, ticks: Iterable[Frame | NoFrame], *, infer_ms: float | None = 5.0) -> None:
        """Watch ticks and tell of each."""
        for tick in ticks:
            if isinstance(tick, NoFrame):
                self.watcher.lost(tick.now)
                self.teller.tell(self.watcher, tick, None)
                self.teller.health(tick.now)
            else:
                self.watcher.see(tick)
                self.teller.tell(self.watcher, tick, infer_ms)
                self.teller.health(tick.taken)

    def shown(self, topic: str) -> list[Message]:
        """Return what was shown on a topic, in order."""
        return [message for message in self.outbox.shown if message.topic == topic]

    def documents(self, topic: str) -> list[dict[str, object]]:
        """Return the same, read."""
        documents: list[dict[str, object]] = [json.loads(one.payload) for one in self.shown(topic)]
        return documents


# ---- availability ----


def test_a_camera_that_delivers_is_online_told_once_and_retained() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(2.0))
    assert desk.shown(AVAILABILITY) == [Message(AVAILABILITY, b"online", qos=1, retain=True)]


def test_a_camera_that_comes_and_goes_is_told_each_time_it_changes() -> None:
    desk = Desk()
    stage = desk.stage
    desk.tell([stage.silence(), stage.silence(), stage.frame(), stage.frame(), stage.silence()])
    assert [message.payload for message in desk.shown(AVAILABILITY)] == [b"offline", b"online", b"offline"]


# ---- state ----


def test_a_state_is_what_the_schema_promises_and_retained() -> None:
    desk = Desk(SimEngine(lambda _: SEES))
    desk.tell(desk.stage.frames(6.0))
    for message in desk.shown(STATE):
        assert faults("state", message.payload) == []
        assert (message.qos, message.retain) == (1, True)


def test_a_state_is_told_when_a_change_starts() -> None:
    desk = Desk(SimEngine(lambda _: SEES))
    desk.tell(desk.stage.frames(6.0))
    assert [(state["change"], state["change_ids"]) for state in desk.documents(STATE)] == [
        ("OFF", []),
        ("ON", ["shelf-1"]),
    ]


def test_a_state_is_told_when_the_view_is_lost() -> None:
    desk = Desk()
    desk.tell([desk.stage.frame(), desk.stage.silence()])
    assert [state["view"] for state in desk.documents(STATE)] == ["ok", "lost"]


def test_a_state_is_told_when_something_moves_and_when_it_has_passed() -> None:
    desk = Desk(DifferenceEngine(), fps=5.0)
    walk = (with_square(BARE, 15 * step, 60, 40, -60.0) for step in range(13))
    desk.tell([*(desk.stage.frame(scene) for scene in walk), *desk.stage.frames(3.0)])
    assert [state["activity"] for state in desk.documents(STATE)] == [False, True, False]


def test_a_state_is_told_when_the_reference_is_another() -> None:
    desk = Desk(learning=True)
    desk.tell(desk.stage.frames(14.0))
    states = desk.documents(STATE)
    assert [(state["view"], state["ref"]) for state in states] == [("learning", None), ("ok", "day-1")]
    assert [state["ref_age_s"] for state in states] == [None, 0]


def test_a_state_that_stays_the_same_is_told_every_ten_seconds() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(25.0))
    assert len(desk.documents(STATE)) == 3


def test_a_state_says_what_was_seen() -> None:
    desk = Desk(SimEngine(lambda _: SEES))
    desk.tell(desk.stage.frames(1.0))
    (first, *_) = desk.documents(STATE)
    assert (first["score"], first["threshold"], first["light"], first["armed"]) == (0.9, 0.5, "day", True)


def test_a_state_says_how_old_the_reference_is() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(12.0))
    assert [state["ref_age_s"] for state in desk.documents(STATE)] == [1, 11]


def test_a_reference_from_the_future_has_no_age() -> None:
    desk = Desk()
    desk.stage.clock.set_wall(0)
    desk.tell([desk.stage.frame()])
    assert desk.documents(STATE)[0]["ref_age_s"] == 0


# ---- health ----


def test_health_is_told_every_half_minute_and_not_retained() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(62.0))
    assert len(desk.shown(HEALTH)) == 2
    for message in desk.shown(HEALTH):
        assert faults("health", message.payload) == []
        assert (message.qos, message.retain) == (0, False)


def test_health_counts_frames_a_second_since_it_was_told_last() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(61.0))
    rates = [health["cameras"][0]["fps"] for health in desk.documents(HEALTH)]  # type: ignore[index]  # parsed JSON
    assert rates == [pytest.approx(1.0, abs=0.05)] * 2


def test_health_knows_how_long_the_engine_takes() -> None:
    desk = Desk()
    for n in range(31):
        desk.tell([desk.stage.frame()], infer_ms=float(n))
    (health,) = desk.documents(HEALTH)
    assert health["cameras"][0]["infer_ms"] == {"p50": 15.0, "p95": 28.5}  # type: ignore[index]  # parsed JSON


def test_health_knows_how_long_our_certificate_is_good_and_when_it_was_renewed() -> None:
    desk = Desk()
    for days in (None, 3, 825):
        desk.cert_days_left = days
        desk.tell(desk.stage.frames(31.0))
    assert [health["cert_days_left"] for health in desk.documents(HEALTH)] == [None, 3, 825]


def test_health_of_an_engine_that_never_ran_shows_no_time() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(31.0), infer_ms=None)
    (health,) = desk.documents(HEALTH)
    assert health["cameras"][0]["infer_ms"] == {"p50": 0.0, "p95": 0.0}  # type: ignore[index]  # parsed JSON


def test_health_counts_frames_that_were_never_looked_at() -> None:
    desk = Desk()
    frames = list(desk.stage.frames(32.0))
    desk.tell(frame for frame in frames if frame.index % 4)
    (health,) = desk.documents(HEALTH)
    missed = health["cameras"][0]["missed"]  # type: ignore[index]  # parsed JSON
    assert missed == 7


def test_a_camera_that_counts_anew_has_missed_nothing() -> None:
    desk = Desk()
    frames = list(desk.stage.frames(31.0))
    desk.tell(replace(frame, index=frame.index % 9) for frame in frames)
    (health,) = desk.documents(HEALTH)
    assert health["cameras"][0]["missed"] == 0  # type: ignore[index]  # parsed JSON


def test_silence_is_no_frame() -> None:
    desk = Desk()
    desk.tell(desk.stage.silence() for _ in range(31))
    (health,) = desk.documents(HEALTH)
    assert health["cameras"][0]["fps"] == 0.0  # type: ignore[index]  # parsed JSON


def test_health_says_how_machine_clock_and_delivery_are() -> None:
    desk = Desk()
    desk.board.synced = False
    desk.tell(desk.stage.frames(31.0))
    (health,) = desk.documents(HEALTH)
    assert (health["uptime_s"], health["clock_synced"], health["device"], health["boot"]) == (
        90,
        False,
        "bench1",
        "b",
    )
    assert health["outbox"] == {"depth": 3, "dropped": 1, "set_aside": 2, "unstored": 7}
    assert health["received"] == {"dropped": 8, "ignored": 9}
    assert health["taken_over"] == 4


def test_health_and_figures_say_what_the_model_runs_on_when_the_accelerator_goes_and_comes() -> None:
    accelerator = SimAccelerator()
    clock = SimClock()
    desk = Desk(FallbackEngine(accelerator.wake, SimEngine(delegate="cpu"), clock))

    def told_after(seconds: float) -> object:
        for frame in desk.stage.frames(seconds):
            clock.advance(1.0)
            desk.tell([frame])
        on = desk.documents(HEALTH)[-1]["delegate"]
        assert figures(desk)[f'stillwatch_delegate{{delegate="{on}"}}'] == "1"
        return on

    before = told_after(62.0)
    accelerator.pull()
    without = told_after(31.0)
    accelerator.plug()
    assert (before, without, told_after(62.0)) == ("coral", "cpu", "coral")


def test_the_log_tells_what_a_view_is_in_and_every_change(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    desk = Desk(SimEngine(lambda _: SEES))
    desk.tell(desk.stage.frames(4.0))
    desk.teller.count([an_event(a_change())])
    watching, started = caplog.messages
    assert watching == "camera shelf: watching: what differs from now on is told"
    assert "stillwatch ledger accept" in started


@pytest.mark.parametrize("error", [None, "my.toml:9: camera[0].fsp: unknown key"], ids=["none", "faults"])
def test_health_says_why_the_newest_configuration_is_not_in_force(error: str | None) -> None:
    desk = Desk()
    desk.teller = Teller(desk.outbox, desk.board, lambda: BUSY, device="bench1", boot="b", config_error=error)
    desk.tell(desk.stage.frames(31.0))
    (message,) = desk.shown(HEALTH)
    assert faults("health", message.payload) == []
    assert [health["config_error"] for health in desk.documents(HEALTH)] == [error]


@pytest.mark.parametrize("fault", [None, FULL], ids=["none", "full"])
def test_health_figures_and_status_say_that_the_disk_refuses(fault: str | None) -> None:
    desk = Desk()
    desk.delivery = replace(BUSY, storage_fault=fault)
    desk.tell(desk.stage.frames(31.0))
    (message,) = desk.shown(HEALTH)
    assert faults("health", message.payload) == []
    assert [health["storage_fault"] for health in desk.documents(HEALTH)] == [fault]
    found = figures(desk)
    assert (found["stillwatch_storage_fault"], found["stillwatch_outbox_unstored"]) == (
        "0" if fault is None else "1",
        "7",
    )
    assert desk.teller.status().startswith(f"cannot store: {FULL}; shelf ok") is (fault is not None)


# ---- figures ----


def figures(desk: Desk) -> dict[str, str]:
    """Return what a Prometheus reads: values by name and labels."""
    lines = desk.teller.metrics().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_figures_are_counted_from_the_start_and_not_from_report_to_report() -> None:
    desk = Desk()
    desk.tell(desk.stage.frames(70.0), infer_ms=125.0)
    assert len(desk.shown(HEALTH)) == 2
    found = figures(desk)
    assert found['stillwatch_camera_frames_total{camera="shelf"}'] == "70"
    assert found['stillwatch_camera_engine_seconds_total{camera="shelf"}'] == "8.75"
    assert found["stillwatch_outbox_events"] == "3"
    assert found["stillwatch_received_dropped_total"] == "8"
    assert found["stillwatch_received_ignored_total"] == "9"


def test_an_outage_is_counted_once_however_long_it_is() -> None:
    desk = Desk()
    stage = desk.stage
    desk.tell([stage.silence(), stage.frame(), stage.silence(), stage.silence(), stage.frame()])
    assert figures(desk)['stillwatch_camera_outages_total{camera="shelf"}'] == "1"


def test_events_are_counted_by_what_they_tell() -> None:
    desk = Desk()
    desk.teller.count([an_event(a_change()), an_event(a_change()), an_event()])
    found = figures(desk)
    name = 'stillwatch_camera_events_total{camera="shelf",event_type="%s"}'
    assert [found[name % kind] for kind in ("change_started", "view_alert", "change_ended")] == [
        "2",
        "1",
        "0",
    ]


def test_before_the_first_frame_there_are_figures_of_the_device_alone() -> None:
    found = figures(Desk())
    assert found["stillwatch_broker_connected"] == "1"
    assert not [name for name in found if "camera" in name]


def test_the_status_is_a_line_for_the_service_manager() -> None:
    desk = Desk(SimEngine(lambda _: SEES))
    desk.tell(desk.stage.frames(6.0))
    assert desk.teller.status() == "shelf ok; open changes: 1; broker connected"
