"""A real Home Assistant finds the running device by itself, shows it, and gives it orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.films import film
from tests.home_assistant import HomeAssistant
from tests.local_broker import unused_port
from tests.system.test_device import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(1800)]

WANTED = {
    "binary_sensor.bench1_shelf_change",
    "binary_sensor.bench1_shelf_view",
    "button.bench1_shelf_accept",
    "button.bench1_shelf_relearn",
    "button.bench1_shelf_snapshot",
    "event.bench1_shelf_event",
    "image.bench1_shelf_image",
    "number.bench1_shelf_sensitivity",
    "sensor.bench1_shelf_score",
    "sensor.bench1_shelf_fps",
    "switch.bench1_shelf_armed",
    "sensor.bench1_temperature",
    "sensor.bench1_memory",
}


@pytest.fixture
def home(tmp_path: Path, mosquitto: StartMosquitto) -> Iterator[tuple[HomeAssistant, Bench]]:
    broker = mosquitto()
    device = Bench(tmp_path, broker)
    device.mqtt = 'images = ["change"]'
    (tmp_path / "home").mkdir()
    house = HomeAssistant(tmp_path / "home", unused_port())
    try:
        house.set_up(broker.port)
        yield house, device
    finally:
        house.stop()
        device.end()


def shown(house: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return the device's entities."""
    return {name: state for name, state in house.states().items() if ".bench1_" in name}


def fired(house: HomeAssistant) -> list[str]:
    """Return the events that automations were told of, in order."""
    kinds, last = [], None
    for change in house.changed.all():
        new = change["new_state"]
        if change["entity_id"] == "event.bench1_shelf_event" and new and new["state"] != last:
            last = new["state"]
            kinds.append(new["attributes"].get("event_type"))
    return [kind for kind in kinds if kind]


def test_a_device_shows_up_fires_each_event_once_obeys_and_goes(
    tmp_path: Path, home: tuple[HomeAssistant, Bench]
) -> None:
    house, device = home
    clip = film(tmp_path / "one.avi", seconds=400, gone_s=10.0)
    device.start(clip)

    def state(entity: str) -> str:
        return str(shown(house)[entity]["state"])

    house.wait(lambda: shown(house).keys() >= WANTED)
    house.wait(lambda: state("binary_sensor.bench1_shelf_change") == "on")
    house.wait(lambda: state("image.bench1_shelf_image") != "unknown")
    house.wait(lambda: state("sensor.bench1_memory") != "unknown")
    house.wait(lambda: state("sensor.bench1_shelf_fps") not in {"unknown", "unavailable"})
    house.call("number/set_value", "number.bench1_shelf_sensitivity", value=0.3)
    house.wait(lambda: state("number.bench1_shelf_sensitivity") == "0.3")
    house.call("button/press", "button.bench1_shelf_accept")
    house.wait(lambda: state("binary_sensor.bench1_shelf_change") == "off")
    house.call("switch/turn_off", "switch.bench1_shelf_armed")
    house.wait(lambda: state("switch.bench1_shelf_armed") == "off")
    device.end()
    device.mqtt = 'discovery_prefix = ""'
    device.start(clip)
    house.wait(lambda: not shown(house))
    told = fired(house)
    assert (told.count("change_started"), told.count("change_ended")) == (1, 1), told
    assert not [line for line in house.log().splitlines() if "components.mqtt" in line]
