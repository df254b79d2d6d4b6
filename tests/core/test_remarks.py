from __future__ import annotations

from dataclasses import replace

import pytest

from edge.core.remarks import event_remark, view_remark
from edge.types import EndReason, EventType, Kind, View
from tests.samples import a_change, an_event


@pytest.mark.parametrize("view", [view for view in View if view is not View.LOST])
def test_every_state_of_a_view_is_told_in_a_line_with_its_camera(view: View) -> None:
    said = view_remark(view, "shelf") or ""
    assert said.startswith("camera shelf: ")
    assert "\n" not in said
    assert "{" not in said


@pytest.mark.parametrize("view", [view for view in View if view not in {View.OK, View.LOST}])
def test_what_is_not_well_comes_with_what_to_do(view: View) -> None:
    assert ";" in (view_remark(view, "shelf") or "")


def test_a_lost_view_is_told_by_the_camera_itself() -> None:
    assert view_remark(View.LOST, "shelf") is None


def test_a_change_is_told_with_its_place_and_how_to_accept_it() -> None:
    change = replace(a_change(), kind=Kind.APPEARED)
    said = event_remark(an_event(change)) or ""
    assert said.startswith(f"camera shelf: {change.change_id}: something appeared at 0.")
    assert said.endswith(f"stillwatch ledger accept {change.change_id}")


def test_a_change_of_unknown_kind_reads_well() -> None:
    assert "something is different at" in (
        event_remark(an_event(replace(a_change(), kind=Kind.UNKNOWN))) or ""
    )


@pytest.mark.parametrize("reason", list(EndReason))
def test_an_end_says_why(reason: EndReason) -> None:
    change = replace(a_change(), end_reason=reason)
    ended = replace(an_event(change), event_type=EventType.CHANGE_ENDED)
    assert (event_remark(ended) or "").startswith(f"camera shelf: {change.change_id}: ")


def test_an_event_of_the_view_is_no_line_of_its_own() -> None:
    assert event_remark(an_event()) is None
