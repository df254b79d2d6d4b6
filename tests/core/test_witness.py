from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.core.glances import Blind
from edge.core.limits import Limits
from edge.core.witness import Witness
from edge.types import Box, Instant, Look, Mask, Moment, Reference, Region, View
from tests.samples import MODEL, a_change

SIZE = (540, 960)
HERE, ELSEWHERE = Box(400, 200, 412, 212), Box(800, 400, 812, 412)
THRESHOLD = 0.72


def a_reference(*, learned: np.ndarray[tuple[int, int], np.dtype[np.bool_]] | None = None) -> Reference:
    known = np.ones(SIZE, np.bool_) if learned is None else learned
    return Reference("day-1", "day", np.zeros((*SIZE, 3), np.uint8), np.ones(SIZE, np.float32), known, 0)


def masked(box: Box) -> Mask:
    return Mask(box, np.ones((box.height, box.width), np.bool_))


def a_moment(
    *boxes: Box, second: float = 0.0, moving: float | None = 0.0, score: float = 0.9, view: View = View.OK
) -> Moment:
    """Return a moment in which something lies at each of the boxes."""
    scores = np.zeros(SIZE, np.float32)
    for box in boxes:
        scores[box.top : box.bottom, box.left : box.right] = score
    now = Instant(round(second * 1e9), round(second * 1e9))
    regions = tuple(Region(masked(box), score, moving=moving) for box in boxes if score >= THRESHOLD)
    look = Look(now, view, regions, scores >= THRESHOLD, scores, (0.0, 0.0), MODEL, 5.0)
    return Moment("shelf", now, view, THRESHOLD, look=look, reference=a_reference())


def test_looks_that_show_something_standing_still_are_counted() -> None:
    witness = Witness(Limits(confirm=(3, 5)))
    shown = [a_moment(HERE), a_moment(), a_moment(HERE, moving=0.8), a_moment(ELSEWHERE), a_moment(HERE)]
    for moment in shown:
        witness.saw(moment)
    assert witness.hits(masked(HERE)) == 2


def test_only_the_last_looks_are_counted() -> None:
    witness = Witness(Limits(confirm=(2, 3)))
    for _ in range(9):
        witness.saw(a_moment(HERE))
    assert witness.hits(masked(HERE)) == 3


@pytest.mark.parametrize(
    "gap",
    [
        pytest.param(a_moment(view=View.COVERED), id="covered"),
        pytest.param(Moment("shelf", Instant(0, 0), View.LOST, THRESHOLD), id="lost"),
    ],
)
def test_a_view_that_fails_starts_the_count_anew(gap: Moment) -> None:
    witness = Witness(Limits())
    for moment in (a_moment(HERE), gap, a_moment(HERE)):
        witness.saw(moment)
    assert witness.hits(masked(HERE)) == 1


def test_a_glance_shows_where_and_how_much() -> None:
    witness = Witness(Limits())
    witness.saw(a_moment(HERE))
    glance = witness.glance(replace(a_moment(HERE), changes=(a_change("shelf-3", box=ELSEWHERE),)))
    assert glance.hot.sum() == 144
    assert glance.score[20, 40] == round(0.9 * 255)
    assert [(spot.box, spot.hits) for spot in glance.spots] == [(HERE, 1)]
    assert [(known.change_id, known.box) for known in glance.known] == [("shelf-3", ELSEWHERE)]
    assert (glance.counts.threshold, glance.counts.least_core_px) == (THRESHOLD, 18.0)


def test_a_moment_without_a_look_has_no_grid() -> None:
    glance = Witness(Limits()).glance(
        Moment("shelf", Instant(0, 0), View.LOST, THRESHOLD, reason="unplugged")
    )
    assert (glance.score.size, glance.blind.size, glance.model, glance.reason) == (0, 0, None, "unplugged")


def test_what_is_not_judged_comes_with_its_reason() -> None:
    learned = np.ones(SIZE, np.bool_)
    learned[:, :100] = False
    left, top = np.zeros(SIZE, np.bool_), np.zeros(SIZE, np.bool_)
    left[:, :50], top[:30] = True, True
    witness = Witness(Limits(), lambda _h, _w: {Blind.IGNORED: left, Blind.PRIVATE: top})
    judged = np.ones(SIZE, np.bool_)
    judged[-20:] = False
    moment = a_moment()
    assert moment.look is not None
    moment = replace(moment, reference=a_reference(learned=learned), look=replace(moment.look, judged=judged))
    blind = witness.glance(moment).blind
    assert [Blind(blind[row, column]) for row, column in ((0, 0), (10, 0), (10, 9), (10, 50), (53, 50))] == [
        Blind.PRIVATE,
        Blind.IGNORED,
        Blind.NEVER_LEARNED,
        Blind.JUDGED,
        Blind.OUTSIDE,
    ]


BEFORE = a_moment()


@pytest.mark.parametrize(
    ("moment", "new"),
    [
        pytest.param(a_moment(second=1.0), False, id="nothing-new"),
        pytest.param(a_moment(HERE, score=0.4), False, id="something-faint"),
        pytest.param(a_moment(HERE, score=0.6), True, id="something-that-nearly-counts"),
        pytest.param(a_moment(HERE), True, id="something-that-counts"),
        pytest.param(a_moment(view=View.COVERED), True, id="another-view"),
        pytest.param(replace(BEFORE, activity=True), True, id="movement"),
        pytest.param(replace(BEFORE, armed=False), True, id="disarmed"),
        pytest.param(replace(BEFORE, changes=(a_change(),)), True, id="a-change"),
    ],
)
def test_news_is_what_a_person_would_ask_about(moment: Moment, *, new: bool) -> None:
    witness = Witness(Limits())
    assert (witness.news(moment) != witness.news(BEFORE)) is new


def test_something_that_rests_is_no_news_any_more() -> None:
    witness = Witness(Limits(confirm=(3, 5)))
    news = []
    for _ in range(8):
        witness.saw(a_moment(HERE))
        news.append(witness.news(a_moment(HERE)))
    assert len(set(news)) == 5
    assert news[4] == news[-1]


def test_what_counts_is_said_in_the_sensitivity_of_the_moment() -> None:
    witness = Witness(Limits())
    witness.saw(replace(a_moment(), sensitivity=0.8))
    assert witness.counts(0.4).sensitivity == 0.8
