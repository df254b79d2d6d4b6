from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import numbered
from edge.core.evidence import EventEvidence, decoded, encoded, evidence_of
from edge.core.glances import Counts
from edge.types import ChangeStatus, EventType
from tests.drawn import events
from tests.samples import a_change, an_event
from tests.schema_faults import faults

COUNTS = Counts(threshold=0.6, sensitivity=0.5, confirm=(3, 5), least_core_px=18.0)


def evidence(**changes: object) -> EventEvidence:
    event = replace(an_event(a_change("shelf-3")), **changes)  # type: ignore[arg-type]  # a table names the fields
    return evidence_of(event, COUNTS, shown=3, activity=False, reference_age_s=120.0)


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(evidence(), id="of-a-change"),
        pytest.param(evidence(change=None, event_type=EventType.VIEW_ALERT), id="of-the-view"),
        pytest.param(evidence(change=a_change(status=ChangeStatus.ENDED)), id="of-an-end"),
        pytest.param(replace(evidence(), reference_age_s=None, reference=("", "")), id="without-a-reference"),
    ],
)
def test_evidence_survives(kept: EventEvidence) -> None:
    assert decoded(encoded(kept)) == kept


def test_it_says_how_much_was_over_the_threshold() -> None:
    change = json.loads(encoded(evidence()))["change"]
    assert (change["score"], change["over"], change["box"]) == (0.83, 0.23, [30, 40, 10, 12])


@given(events())
def test_evidence_of_any_event_is_as_the_schema_says(event: object) -> None:
    kept = evidence_of(event, COUNTS, shown=0, activity=True, reference_age_s=-5.0)  # type: ignore[arg-type]  # drawn
    assert faults("evidence", encoded(kept)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("schema", "stillwatch.evidence/2", id="another-version"),
        pytest.param("event_type", "holiday", id="an-unknown-event"),
        pytest.param("threshold", 7, id="a-threshold-beyond-1"),
        pytest.param("frame", None, id="no-frame"),
        pytest.param("change", {"id": "x"}, id="half-a-change"),
        pytest.param("ref", [], id="a-reference-that-is-a-list"),
    ],
)
def test_what_cannot_be_is_refused(key: str, value: object) -> None:
    document = json.loads(encoded(evidence())) | {key: value}
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        decoded(json.dumps(document).encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b"[" * 60_000, id="a-deep-nest"),
        pytest.param(encoded(evidence())[:-20], id="torn"),
        pytest.param(encoded(evidence()) + b" " * 70_000, id="too-long"),
    ],
)
def test_damage_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        decoded(content)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        decoded(content)


def test_a_number_leads_to_the_evidence_of_its_event_and_no_other() -> None:
    event = an_event(a_change("shelf-3"))
    said = numbered.decoded(numbered.encoded(numbered.numbered(event, "e1", 7)))
    assert (said.epoch, said.seq) == ("e1", 7)
    assert said.tells(evidence())
    assert not said.tells(evidence(event_type=EventType.CHANGE_ENDED))
    assert not said.tells(evidence(change=None))


@given(st.binary(max_size=100))
def test_foreign_bytes_are_no_number(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        numbered.decoded(content)
