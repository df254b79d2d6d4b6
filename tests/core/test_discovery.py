from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import topics
from edge.core.discovery import MAX_BYTES, PREFIX, Described, births, description, entities, farewell, topic
from edge.types import EventType
from tests.home_assistant_rules import AT_ROOT, OF_DEVICE, OF_ORIGIN, OF_PLATFORM, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Described("bench1", "0.9.0", "Raspberry Pi 5", ["shelf", "meter_box"], ["change", "reference"])
PICTURES = ("change", "heatmap", "reference")
MOST = 64

names = st.text("abz09_-", min_size=1, max_size=32)
devices = st.builds(
    Described,
    device=names,
    version=st.just("0.9.0"),
    board=st.text(max_size=64),
    cameras=st.lists(names, min_size=1, max_size=6, unique=True),
    images=st.lists(st.sampled_from(PICTURES), unique=True),
)


def told(described: Described) -> dict[str, Any]:
    """Return a description as its reader has it."""
    said = json.loads(description(described))
    assert isinstance(said, dict)
    return said


def topics_in(value: object, base: str = "") -> Iterator[str]:
    """Yield every topic of an entity, written out."""
    if not isinstance(value, dict):
        return
    base = value.get("~", base)
    for key, inner in value.items():
        if key == "t" or key.endswith("_t"):
            yield str(inner).replace("~", str(base))
        for one in inner if isinstance(inner, list) else [inner]:
            yield from topics_in(one, base)


@given(devices)
def test_no_key_is_one_that_home_assistant_does_not_know(described: Described) -> None:
    said = told(described)
    unknown = [said.keys() - AT_ROOT, said["dev"].keys() - OF_DEVICE, said["o"].keys() - OF_ORIGIN]
    unknown += [entity.keys() - SHARED - OF_PLATFORM[entity["p"]] for entity in said["cmps"].values()]
    assert not any(unknown)


def test_the_root_says_who_speaks_or_home_assistant_drops_it_all() -> None:
    said = told(BENCH)
    assert (said["o"]["name"], said["dev"]["ids"]) == ("stillwatch", ["stillwatch_bench1"])


def holds_null(value: object) -> bool:
    """Return whether there is a null anywhere in a document."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return value is None or any(map(holds_null, inner))


@given(devices)
def test_nothing_is_null_and_every_entity_has_a_name_and_an_id(described: Described) -> None:
    assert not holds_null(told(described))
    for entity in told(described)["cmps"].values():
        assert entity["name"]
        assert entity["uniq_id"]


@given(devices)
def test_no_two_entities_of_a_device_are_taken_for_one(described: Described) -> None:
    found = entities(described)
    assert len({str(entity["uniq_id"]) for entity in found.values()}) == len(found)


@given(devices)
def test_every_topic_lies_below_the_device_and_holds_no_wildcard(described: Described) -> None:
    base = topics.base(described.device)
    for where in topics_in(told(described)):
        assert where.startswith(f"{base}/")
        assert not set("+#~") & set(where)


@given(devices)
def test_an_entity_id_is_one_that_home_assistant_takes_as_it_is(described: Described) -> None:
    for entity in entities(described).values():
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", str(entity["def_ent_id"]))


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        pytest.param("shelf_change", "p", "binary_sensor", id="a-change"),
        pytest.param("shelf_change", "avty_mode", "all", id="known-only-while-the-camera-films"),
        pytest.param("shelf_view", "dev_cla", "tamper", id="a-view-that-cannot-be-judged"),
        pytest.param("shelf_event", "evt_typ", [kind.value for kind in EventType], id="every-kind-of-event"),
        pytest.param("shelf_event", "stat_t", "~/event", id="only-events-that-are-news"),
        pytest.param("shelf_armed", "cmd_t", "~/armed/set", id="a-switch"),
        pytest.param("shelf_sensitivity", "step", 0.01, id="a-number"),
        pytest.param("shelf_accept", "cmd_t", "~/accept", id="a-button"),
        pytest.param("shelf_relearn", "ent_cat", "config", id="a-button-one-does-not-press-by-the-way"),
        pytest.param("shelf_score", "ent_cat", "diagnostic", id="a-score"),
        pytest.param(
            "meter_box_image", "img_t", "stillwatch/v1/bench1/cam/meter_box/image/change", id="a-picture"
        ),
        pytest.param("temperature", "stat_t", "stillwatch/v1/bench1/health", id="the-boards-temperature"),
    ],
)
def test_the_contracts_entities_are_there(name: str, key: str, value: object) -> None:
    assert told(BENCH)["cmps"][name][key] == value


def test_a_picture_that_nobody_sends_is_no_entity() -> None:
    platforms = [entity["p"] for entity in entities(Described("bench1", "0.9.0", "Pi", ["shelf"])).values()]
    assert "image" not in platforms


def test_the_largest_device_there_may_be_keeps_within_the_bound_and_its_changes() -> None:
    cameras = [f"{'c' * 30}{index:02}" for index in range(MOST)]
    said = description(Described("d" * 32, "10.10.10", "\N{DEGREE SIGN}" * 64, cameras, PICTURES))
    assert len(said) <= MAX_BYTES
    assert {f"{camera}_{word}" for camera in cameras for word in ("change", "view", "event")} <= json.loads(
        said
    )["cmps"].keys()


def test_a_farewell_names_nothing_but_the_platform() -> None:
    gone = {"door_change": "binary_sensor", "door_score": "sensor"}
    assert json.loads(farewell(BENCH, gone))["cmps"] == {
        "door_change": {"p": "binary_sensor"},
        "door_score": {"p": "sensor"},
    }


def test_a_farewell_to_the_largest_device_keeps_within_the_bound() -> None:
    cameras = [f"{'c' * 30}{index:02}" for index in range(MOST)]
    largest = entities(Described("d" * 32, "10.10.10", "b" * 64, cameras, PICTURES))
    said = farewell(BENCH, {name: str(entity["p"]) for name, entity in largest.items()})
    assert len(said) <= MAX_BYTES


def test_the_description_lies_where_home_assistant_looks() -> None:
    assert topic(PREFIX, "bench1") == "homeassistant/device/stillwatch_bench1/config"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        pytest.param("homeassistant", ("homeassistant/status",), id="the-usual-place"),
        pytest.param(
            "ha", ("homeassistant/status", "ha/status"), id="its-birth-topic-is-a-setting-of-its-own"
        ),
    ],
)
def test_home_assistants_birth_is_heard_wherever_it_may_be_told(
    prefix: str, expected: tuple[str, ...]
) -> None:
    assert births(prefix) == expected
