"""What happens to the camera: alerts of the view, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.sim.optics import Bump, Fog
from edge.sim.script import Fails, FogsUp, Freezes, IsBumped, IsCovered, LightStep, PartVanishes
from edge.types import ChangeStatus, EventType, Post, View
from tests.cinema import CAMERA, LIMITS, PART, Film, film

QUICK = replace(LIMITS, frozen_after_s=4.0)
"""Quicker than any configuration may be, so that the film is short."""


@pytest.mark.parametrize(
    ("cues", "view"),
    [
        pytest.param((IsBumped(8.0, 5.0, Bump(37.0, -21.0, degrees=0.5)),), "moved", id="bumped"),
        pytest.param((IsBumped(8.0, 5.0, Bump(120.0, -50.0)),), "moved", id="turned-far-away"),
        pytest.param((IsCovered(8.0, 5.0),), "covered", id="a-hand-on-the-lens"),
        pytest.param((LightStep(8.0, 0.02), LightStep(13.0, 1.0)), "dark", id="the-light-is-off"),
        pytest.param((FogsUp(8.0, 5.0, Fog(5.0, 0.3)),), "blurred", id="fog-on-the-lens"),
        pytest.param((FogsUp(8.0, 5.0, Fog(12.0, 0.4)),), "blurred", id="thick-fog-on-the-lens"),
        pytest.param((Freezes(8.0, 9.0),), "frozen", id="the-same-picture-again-and-again"),
        pytest.param((Fails(8.0, 5.0),), "lost", id="no-picture"),
    ],
)
def test_a_fault_of_the_view_is_told_once_and_again_when_it_is_well(
    cues: tuple[IsBumped, ...], view: str
) -> None:
    shown = film(*cues, seconds=21.0, limits=QUICK)
    assert shown.events() == [f"view_alert {view}", "view_alert ok"]
    assert shown.states() == ["learning", "ok", view, "ok"]


@pytest.mark.parametrize(
    "cues",
    [
        pytest.param((IsCovered(8.0, 1.4),), id="a-hand-passes"),
        pytest.param((FogsUp(8.0, 1.4, Fog(5.0)),), id="the-focus-hunts"),
        pytest.param((Fails(8.0, 1.4),), id="a-reconnect"),
        pytest.param((IsBumped(8.0, 1.4, Bump(30.0)),), id="a-gust"),
        pytest.param((IsBumped(8.0, 6.0, Bump(5.0, -4.0)),), id="a-shift-that-is-aligned-away"),
        pytest.param((FogsUp(8.0, 6.0, Fog(0.8)),), id="a-little-less-sharp"),
    ],
)
def test_what_passes_or_hardly_shows_is_no_alert(cues: tuple[IsCovered, ...]) -> None:
    assert film(*cues, seconds=17.0).events() == []


def test_a_moved_view_says_how_far() -> None:
    shown = film(IsBumped(8.0, 9.0, Bump(37.0, -21.0, degrees=0.5)), seconds=12.0)
    (alert,) = (event for _, event in shown.told if event.event_type is EventType.VIEW_ALERT)
    assert alert.shift_px == pytest.approx((37.0, -21.0), abs=1.0)
    assert alert.rotation_deg == pytest.approx(-0.5, abs=0.1)
    assert alert.zoom == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(IsCovered(12.0, 6.0), id="covered"),
        pytest.param(IsBumped(12.0, 6.0, Bump(60.0)), id="moved"),
        pytest.param(FogsUp(12.0, 6.0, Fog(6.0)), id="blurred"),
    ],
)
def test_while_the_view_is_bad_a_change_is_suspended_and_no_other_starts(fault: IsCovered) -> None:
    cues = (PartVanishes(8.0, PART), fault, PartVanishes(13.0, 0))
    during = film(*cues, seconds=17.0)
    assert during.events("change_") == ["change_started"]
    assert [change.status for change in during.watcher.changes] == [ChangeStatus.SUSPENDED]
    after = film(*cues, seconds=23.0)
    assert after.events("change_") == ["change_started", "change_started"]
    assert [change.status for change in after.watcher.changes] == [ChangeStatus.OPEN] * 2


def test_a_recording_may_repeat_a_picture() -> None:
    assert film(Freezes(8.0, 9.0), seconds=17.0, limits=QUICK, live=False).events() == []


# ---- after a restart ----


def restarted(first: Film, *cues: IsCovered, alerts: tuple[View, ...]) -> Film:
    """Film on with what the first watcher knew."""
    reference = first.watcher.reference
    assert reference is not None
    return film(*cues, seconds=6.0, known=[reference], post=Post(CAMERA, alerts=alerts))


def test_an_alert_is_remembered_and_not_told_again_after_a_restart() -> None:
    first = film(IsCovered(8.0, 9.0), seconds=12.0)
    posts = [seen.post for seen in first.seen if seen.post is not None]
    assert posts == [Post(CAMERA, armed=True, alerts=(View.COVERED,))]
    second = restarted(first, IsCovered(0.0, 9.0), alerts=posts[0].alerts)
    assert (second.told, second.watcher.view) == ([], View.COVERED)


def test_that_the_view_is_well_again_is_told_after_a_restart_too() -> None:
    first = film(seconds=6.0)
    second = restarted(first, alerts=(View.COVERED,))
    assert [event.view for _, event in second.told] == [View.OK]
    assert [seen.post for seen in second.seen if seen.post is not None] == [Post(CAMERA)]
