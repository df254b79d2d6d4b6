from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.core import saying
from edge.core.evidence import EventEvidence, evidence_of
from edge.core.glances import Blind
from edge.core.why_not import Reason, Verdict, why_not
from edge.types import ChangeStatus, EventType, View
from tests.glances import COUNTS, PLACE, a_glance, a_spot, told
from tests.samples import a_change, an_event

if TYPE_CHECKING:
    from edge.core.glances import Glance


def evidence(event_type: EventType = EventType.CHANGE_STARTED, **changes: object) -> EventEvidence:
    change = a_change("shelf-3", status=ChangeStatus.ENDED)
    event = replace(an_event(change, event_type=event_type), **changes)  # type: ignore[arg-type]  # a table names the fields
    return evidence_of(event, COUNTS, shown=4, activity=False, reference_age_s=3 * 3600)


def clock(_wall_ns: int) -> str:
    return "noon"


def test_an_alarm_is_explained_with_all_its_figures() -> None:
    first, second = saying.why(evidence(), at="12:31:04")
    assert first == (
        "shelf-3 was told at 12:31:04 because 4 of the last 5 looks showed 0.83 where 0.60 counts, "
        "over 119 px at 10x12+30+40, standing still; 3 were needed; kind: disappeared"
    )
    assert second == (
        "light: day, reference day-3, 3 h old; view steady (0.4 px); model siam-s 1.4.0 on cpu, 6.1 ms"
    )


@pytest.mark.parametrize(
    ("event_type", "said"),
    [
        (EventType.CHANGE_UPDATED, "because its extent differs"),
        (EventType.CHANGE_PERSISTENT, "because it had lasted 1 s"),
        (EventType.CHANGE_ENDED, "ended at 12:31:04: reverted"),
    ],
)
def test_each_moment_of_a_change_has_its_reason(event_type: EventType, said: str) -> None:
    assert said in saying.why(evidence(event_type), at="12:31:04")[0]


def test_an_alert_of_the_view_says_which() -> None:
    kept = evidence(EventType.VIEW_ALERT, change=None, view=View.COVERED)
    first, second = saying.why(kept, at="12:31:04")
    assert first == "shelf: told at 12:31:04 because the view was covered"
    assert "view covered" in second


@pytest.mark.parametrize(
    ("glance", "said"),
    [
        pytest.param(
            a_glance(view=View.LOST, reason="unplugged"), "no frame came from shelf: unplugged", id="lost"
        ),
        pytest.param(a_glance(view=View.MOVED, shift_px=(30.0, 40.0)), "moved by 50.0 px", id="moved"),
        pytest.param(a_glance(view=View.COVERED), "the view was covered", id="covered"),
        pytest.param(a_glance(known=[told()]), "it was told: shelf-3", id="told"),
        pytest.param(a_glance(blind=Blind.IGNORED), "`ignore` polygon", id="ignored"),
        pytest.param(a_glance(score=0.6), "score 0.60 < 0.72; sensitivity = 0.89 would", id="below"),
        pytest.param(a_glance(score=0.2), "no sensitivity would have counted it", id="far-below"),
        pytest.param(a_glance(score=0.8, hot_px=9), "too small: 9 px", id="too-small"),
        pytest.param(
            a_glance(score=0.9, hot_px=99, spots=[a_spot(hits=0, moving=0.8)]), "80% of it", id="moved-on"
        ),
        pytest.param(
            a_glance(score=0.9, hot_px=99, spots=[a_spot(hits=2)]), "in 2 of 5 looks, and 3", id="seldom"
        ),
    ],
)
def test_a_silence_is_explained_in_one_sentence(glance: Glance, said: str) -> None:
    assert said in saying.why_not(why_not([glance], place=PLACE), camera="shelf", clock=clock)[0]


def test_the_figures_come_after_the_reason() -> None:
    glance = a_glance(score=0.9, hot_px=99, spots=[a_spot(hits=2)])
    assert saying.why_not(why_not([glance], place=PLACE), camera="shelf", clock=clock)[1] == (
        "looks kept of that time: 1, of which 1 could be judged; highest score there 0.93 at noon; "
        "counts from 0.72 at sensitivity 0.5; 140 px over it; standing still in 2 of 5 looks, 3 needed; "
        "light: day, reference day-1; view 0.5 px off; model siam-s 1.4.0 on cpu"
    )


def test_a_view_that_failed_for_a_part_of_the_time_is_mentioned() -> None:
    glances = [a_glance(), a_glance(), a_glance(view=View.DARK)]
    said = saying.why_not(why_not(glances, place=PLACE), camera="shelf", clock=clock)
    assert said[2].endswith("of 3 looks, ok in 2, dark in 1")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    verdict = Verdict(reason, change_ids=("shelf-1",))
    assert saying.why_not(verdict, camera="shelf", clock=clock, reach=(1, 2))[-1] == (
        "looks are kept from noon to noon"
    )


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "5 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_a_duration_is_told_in_the_largest_unit_that_says_enough(seconds: float, said: str) -> None:
    assert saying.duration(seconds) == said
