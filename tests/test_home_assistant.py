from __future__ import annotations

import json

import pytest

from edge.config.settings import DISCOVERY_PREFIX
from edge.core.discovery import BIRTH, PREFIX, Described
from edge.home_assistant import AGAIN_AFTER_S, HomeAssistant
from edge.ports import Received
from edge.sim.announcements import SimAnnouncements
from edge.sim.clock import SimClock

BENCH = Described("bench1", "0.9.0", "Raspberry Pi 5", ["shelf"])
TWO = Described("bench1", "0.9.0", "Raspberry Pi 5", ["shelf", "door"])
WHERE = "homeassistant/device/stillwatch_bench1/config"
BORN = Received(BIRTH, b"online", retained=False)


def test_a_broker_is_given_the_description_to_keep() -> None:
    (message,) = HomeAssistant(BENCH, SimClock(), SimAnnouncements(), prefix=PREFIX).welcome()
    assert (message.topic, message.qos, message.retain) == (WHERE, 1, True)
    assert "shelf_change" in json.loads(message.payload)["cmps"]


def test_a_home_assistant_that_has_started_is_shown_the_device_again() -> None:
    clock = SimClock()
    home_assistant = HomeAssistant(BENCH, clock, SimAnnouncements(), prefix=PREFIX)
    first = home_assistant.welcome()
    clock.advance(AGAIN_AFTER_S)
    assert home_assistant.heard(BORN) == first


def test_somebody_who_says_so_all_the_time_is_not_answered_all_the_time() -> None:
    clock = SimClock()
    home_assistant = HomeAssistant(BENCH, clock, SimAnnouncements(), prefix=PREFIX)
    home_assistant.welcome()
    clock.advance(AGAIN_AFTER_S)
    assert [bool(home_assistant.heard(BORN)) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    "received",
    [
        pytest.param(Received(BIRTH, b"offline", retained=False), id="it-goes"),
        pytest.param(Received(BIRTH, b"online", retained=True), id="it-was-there-before-us"),
        pytest.param(Received("stillwatch/v1/bench1/cmd", b"online", retained=False), id="another-topic"),
    ],
)
def test_nothing_is_said_when(received: Received) -> None:
    assert HomeAssistant(BENCH, SimClock(), SimAnnouncements(), prefix=PREFIX).heard(received) == ()


def test_a_device_that_is_not_to_be_found_writes_nothing_and_listens_to_nobody() -> None:
    home_assistant = HomeAssistant(BENCH, SimClock(), SimAnnouncements(), prefix="")
    assert (home_assistant.welcome(), home_assistant.topics, home_assistant.heard(BORN)) == ((), (), ())


@pytest.mark.parametrize(
    ("prefix", "topics"),
    [
        pytest.param("", [WHERE], id="not-to-be-found-any-more"),
        pytest.param("ha", [WHERE, "ha/device/stillwatch_bench1/config"], id="found-elsewhere"),
    ],
)
def test_what_was_shown_elsewhere_is_taken_away(prefix: str, topics: list[str]) -> None:
    kept = SimAnnouncements()
    HomeAssistant(BENCH, SimClock(), kept, prefix=PREFIX).welcome()
    told = HomeAssistant(BENCH, SimClock(), kept, prefix=prefix).welcome()
    assert [message.topic for message in told] == topics
    assert (told[0].payload, told[0].retain) == (b"", True)


def test_a_camera_that_is_gone_takes_its_entities_along() -> None:
    kept = SimAnnouncements()
    HomeAssistant(TWO, SimClock(), kept, prefix=PREFIX).welcome()
    farewell, description = HomeAssistant(BENCH, SimClock(), kept, prefix=PREFIX).welcome()
    gone = json.loads(farewell.payload)["cmps"]
    assert gone["door_change"] == {"p": "binary_sensor"}
    assert not [name for name in gone if not name.startswith("door_")]
    assert (farewell.retain, description.retain) == (False, True)


def test_a_farewell_is_said_in_one_run_only() -> None:
    kept = SimAnnouncements()
    for described in (TWO, BENCH):
        HomeAssistant(described, SimClock(), kept, prefix=PREFIX).welcome()
    assert len(HomeAssistant(BENCH, SimClock(), kept, prefix=PREFIX).welcome()) == 1


def test_a_full_disk_keeps_nobody_from_showing_the_device() -> None:
    kept = SimAnnouncements()
    kept.full = True
    assert len(HomeAssistant(BENCH, SimClock(), kept, prefix=PREFIX).welcome()) == 1


def test_the_configuration_and_the_rules_mean_the_same_place() -> None:
    assert DISCOVERY_PREFIX == PREFIX
