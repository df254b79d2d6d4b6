from __future__ import annotations

import json
import re

import pytest

from docs.mqtt_page import PAGE, page
from docs.mqtt_samples import CAMERA, DEVICE, DISCOVERY, EPOCH, samples
from edge.config.mqtt import IMAGES
from edge.core import discovery, topics
from edge.core.commands import CAMERA_TOPICS
from tests.mqtt_tables import topic_rows
from tests.schema_faults import faults

DOCUMENTS = [name for name in samples() if name != DISCOVERY]


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_example_obeys_its_schema_to_the_letter(name: str) -> None:
    assert faults(name, samples()[name]) == []


def test_every_document_that_a_device_claims_to_speak_is_shown() -> None:
    spoken = json.loads(samples()["info"])["schemas"]
    assert {f"stillwatch.{name}/1" for name in DOCUMENTS} == set(spoken)


def test_every_document_of_the_tables_is_one_of_the_page() -> None:
    named = {row.payload.strip("`") for row in topic_rows() if re.fullmatch(r"`[a-z-]+`", row.payload)}
    assert named - {"online"} == set(DOCUMENTS)


def test_every_topic_that_the_code_can_name_is_in_the_tables() -> None:
    base = topics.base(DEVICE)
    named = [topics.status(base), topics.info(base), topics.health(base), topics.gap(base)]
    named += [topics.doctor(base)]
    named += [topics.command(base), topics.command_result(base), discovery.topic(discovery.PREFIX, DEVICE)]
    named += [topics.ack(base, EPOCH), topics.nack(base, EPOCH), discovery.BIRTH]
    named += [topics.availability(base, CAMERA), topics.state(base, CAMERA), topics.event(base, CAMERA)]
    named += [topics.late(topics.event(base, CAMERA))]
    named += [topics.image(base, CAMERA, kind) for kind in IMAGES]
    named += [f"{base}/cam/{CAMERA}/{topic}" for topic in CAMERA_TOPICS]
    assert sorted(row.topic for row in topic_rows()) == sorted(named)
