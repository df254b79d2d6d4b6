"""What becomes of a change that was told; what holds always is in test_rules_always."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.masks import painted
from edge.core.rules import advance, ended, restored, suspended
from edge.types import ChangeStatus, EndReason, EventType, Kind, Look, Mask, Region, View
from tests.core.looks import (
    ELSEWHERE,
    ENDED,
    LIMITS,
    NEW,
    PERSISTENT,
    PLACE,
    SHAPE,
    STARTED,
    UPDATED,
    Told,
    block,
    instant,
    live,
    look,
    moving,
    said,
    shown,
    square,
    still,
    the_only,
    unwatched,
)

if TYPE_CHECKING:
    from edge.core.watch import Watch


def begun(*regions: Region) -> Watch:
    """Return the watch after seconds 0 to 2, which tell each region."""
    watch, told = live(NEW, shown(0, 2, *(regions or (still(PLACE),))), LIMITS)
    assert len(told) == len(regions or (PLACE,))
    return watch


# ---- the end: reverted ----


@pytest.mark.parametrize(
    ("looks", "ended"),
    [
        pytest.param(shown(3, 5), [], id="not-before-clear_s-have-passed"),
        pytest.param(shown(3, 6), [6.0], id="when-clear_s-have-passed"),
        pytest.param(shown(3, 30, still(PLACE)), [], id="never-while-it-is-there"),
        pytest.param(
            [*shown(3, 5), look(6, still(PLACE)), *shown(7, 9)], [], id="the-count-begins-anew-when-it-shows"
        ),
        pytest.param([*shown(3, 5), look(6, view=View.DARK), *shown(7, 9)], [], id="or-when-nobody-can-see"),
        pytest.param([*shown(3, 5), look(6, moving(PLACE)), *shown(7, 9)], [], id="or-when-it-is-hidden"),
        pytest.param(shown(3, 30, still(ELSEWHERE)), [6.0], id="another-place-does-not-keep-it"),
    ],
)
def test_a_change_ends_when_its_place_has_looked_normal_for_a_while(
    looks: list[Look], ended: list[float]
) -> None:
    told = live(begun(), looks, LIMITS)[1]
    assert [event for event in told if event[1] == ENDED] == [(at, ENDED, "shelf-1") for at in ended]


def test_a_reverted_change_says_when_and_why_it_ended() -> None:
    watch, _ = live(begun(), shown(3, 5), LIMITS)
    outcome = advance(watch, look(6), LIMITS)
    ((event, change),) = outcome.told
    assert (event, change.status, change.end_reason, change.ended_ns) == (
        EventType.CHANGE_ENDED,
        ChangeStatus.ENDED,
        EndReason.REVERTED,
        instant(6).wall_ns,
    )
    assert outcome.rows == (change,)
    assert outcome.watch.standing == ()


@pytest.mark.parametrize(
    ("rows", "there"),
    [
        pytest.param(3, True, id="three-tenths-of-its-pixels-keep-it"),
        pytest.param(2, False, id="fewer-do-not"),
    ],
)
def test_specks_too_small_for_a_region_keep_a_change_open(*, rows: int, there: bool) -> None:
    specks = block(10, 10, 10, rows)
    looks = [look(float(second), specks=[specks]) for second in range(3, 10)]
    assert (live(begun(), looks, LIMITS)[1] == []) is there


def test_traces_of_a_change_keep_it_open_though_nothing_is_hot() -> None:
    traces = painted([PLACE], SHAPE)
    looks = [replace(look(float(second)), traces=traces) for second in range(3, 10)]
    assert live(begun(), looks, LIMITS)[1] == []


def test_what_is_seen_again_is_last_seen_then() -> None:
    watch, _ = live(begun(), [look(9, still(PLACE))], LIMITS)
    assert the_only(watch).seen_ns == instant(9).wall_ns


def test_what_is_not_seen_keeps_when_it_was_last_seen() -> None:
    watch, _ = live(begun(), shown(3, 4), LIMITS)
    assert the_only(watch).seen_ns == instant(2).wall_ns


# ---- suspended ----


@pytest.mark.parametrize("view", [view for view in View if view is not View.OK])
def test_a_view_that_cannot_be_judged_suspends_and_ends_nothing(view: View) -> None:
    outcome = advance(begun(), look(3, view=view), LIMITS)
    assert (outcome.told, outcome.activity) == ((), False)
    assert [row.status for row in outcome.rows] == [ChangeStatus.SUSPENDED]
    watch, told = live(outcome.watch, [look(float(s), view=view) for s in range(4, 40)], LIMITS)
    assert (told, the_only(watch).status) == ([], ChangeStatus.SUSPENDED)


def test_a_view_that_cannot_be_judged_starts_nothing() -> None:
    looks = [look(0, still(PLACE)), look(1, still(PLACE)), look(2, view=View.MOVED), look(3, still(PLACE))]
    assert live(NEW, looks, LIMITS)[1] == []


def test_a_suspended_change_is_told_to_the_ledger_once() -> None:
    first = suspended(begun(), instant(3))
    assert [row.status for row in first.rows] == [ChangeStatus.SUSPENDED]
    assert suspended(first.watch, instant(4)).rows == ()


def test_a_suspended_change_that_shows_again_is_open_under_its_old_id_and_not_told_again() -> None:
    outcome = advance(suspended(begun(), instant(3)).watch, look(4, still(PLACE)), LIMITS)
    assert outcome.told == ()
    assert [(row.change_id, row.status) for row in outcome.rows] == [("shelf-1", ChangeStatus.OPEN)]


def test_a_suspended_change_that_is_gone_when_the_view_is_back_still_waits_for_clear_s() -> None:
    watch = suspended(begun(), instant(3)).watch
    outcome = advance(watch, look(100), LIMITS)
    assert [(row.change_id, row.status) for row in outcome.rows] == [("shelf-1", ChangeStatus.OPEN)]
    assert live(outcome.watch, shown(101, 103), LIMITS)[1] == [(103.0, ENDED, "shelf-1")]


@pytest.mark.parametrize(
    "occluder",
    [
        pytest.param(moving(square(8, 8, 14)), id="something-moves-before-it"),
        pytest.param(still(square(5, 5, 21)), id="something-much-larger-stands-before-it"),
        pytest.param(moving(block(10, 10, 3, 10)), id="something-moves-over-a-part-of-it"),
    ],
)
def test_an_occluder_suspends_and_nothing_ends(occluder: Region) -> None:
    outcome = advance(begun(), look(3, occluder), LIMITS)
    assert outcome.told == ()
    assert [(row.change_id, row.status) for row in outcome.rows] == [("shelf-1", ChangeStatus.SUSPENDED)]
    watch, told = live(outcome.watch, shown(4, 60, occluder), LIMITS)
    assert [event for event in told if event[2] == "shelf-1"] == []
    assert watch.standing[0].change.status is ChangeStatus.SUSPENDED


def test_something_up_to_four_times_as_large_is_no_occluder() -> None:
    outcome = advance(begun(), look(3, still(square(5, 5, 20))), LIMITS)
    assert the_only(outcome.watch).status is ChangeStatus.OPEN


@pytest.mark.parametrize(
    ("top", "status"),
    [
        pytest.param(10, ChangeStatus.SUSPENDED, id="a-quarter-in-common-is-a-meeting"),
        pytest.param(12, ChangeStatus.OPEN, id="a-fifth-is-a-neighbour"),
    ],
)
def test_what_passes_beside_a_change_does_not_hide_it(top: int, status: ChangeStatus) -> None:
    narrow = begun(still(block(10, 10, 8, 10)))
    passing = moving(block(2, top, 10, 10))
    outcome = advance(narrow, look(3, passing, specks=[block(13, 10, 5, 10)]), LIMITS)
    assert the_only(outcome.watch).status is status


def test_what_may_or_may_not_move_hides_nothing() -> None:
    outcome = advance(begun(), look(3, unwatched(PLACE)), LIMITS)
    assert (outcome.rows, the_only(outcome.watch).status) == ((), ChangeStatus.OPEN)


def test_what_stays_before_a_change_is_told_as_a_change_of_its_own() -> None:
    large = still(square(5, 5, 25))
    assert live(begun(), shown(3, 5, large), LIMITS)[1] == [(5.0, STARTED, "shelf-2")]


# ---- persistent ----


def test_persistent_is_told_once_after_its_time() -> None:
    watch, told = live(begun(), shown(3, 60, still(PLACE)), LIMITS)
    assert told == [(20.0, PERSISTENT, "shelf-1")]
    assert (the_only(watch).persistent, the_only(watch).persisted_s) == (True, 60.0)


def test_time_while_nobody_could_see_does_not_count_as_persisting() -> None:
    hidden = [look(float(second), view=View.COVERED) for second in range(3, 33)]
    _, told = live(begun(), hidden + shown(33, 60, still(PLACE)), LIMITS)
    assert told == [(50.0, PERSISTENT, "shelf-1")]


def test_time_behind_an_occluder_does_not_count_as_persisting() -> None:
    hidden = shown(3, 32, moving(PLACE))
    _, told = live(begun(), hidden + shown(33, 60, still(PLACE)), LIMITS)
    assert told == [(50.0, PERSISTENT, "shelf-1")]


def test_a_gap_between_two_looks_counts_five_seconds_at_most() -> None:
    watch, told = live(begun(), [look(100, still(PLACE))], LIMITS)
    assert (told, the_only(watch).persisted_s) == ([], 7.0)


# ---- absorbed ----


def test_a_change_is_never_absorbed_unless_asked() -> None:
    _, told = live(begun(), [look(3.0 + 5 * n, still(PLACE)) for n in range(2000)], LIMITS)
    assert [event[1] for event in told] == [PERSISTENT]


def test_a_change_is_absorbed_after_the_time_that_was_asked_for() -> None:
    limits = replace(LIMITS, absorb_s=30.0)
    watch, told = live(begun(), shown(3, 29, still(PLACE)), limits)
    assert told == [(20.0, PERSISTENT, "shelf-1")]
    outcome = advance(watch, look(30, still(PLACE)), limits)
    ((event, change),) = outcome.told
    assert (event, change.status, change.end_reason, change.ended_ns) == (
        EventType.CHANGE_ENDED,
        ChangeStatus.ENDED,
        EndReason.ABSORBED,
        instant(30).wall_ns,
    )
    assert outcome.watch.standing == ()


def test_an_absorbed_change_is_not_told_anew_in_the_look_that_absorbs_it() -> None:
    limits = replace(LIMITS, confirm=(1, 1), absorb_s=5.0)
    _, told = live(NEW, shown(0, 5, still(PLACE)), limits)
    assert told == [(0.0, STARTED, "shelf-1"), (5.0, ENDED, "shelf-1")]


# ---- updated ----

GROWN = still(block(10, 10, 20, 10), kind=Kind.ALTERED, score=0.7)


def test_material_growth_is_told_once_update_every_s_have_passed() -> None:
    watch, told = live(begun(), shown(3, 40, GROWN), LIMITS)
    assert told[0][1:] == (UPDATED, "shelf-1")
    assert 12.0 <= told[0][0] <= 15.0
    change = the_only(watch)
    assert (change.mask, change.kind, change.score) == (GROWN.mask, Kind.ALTERED, 0.8)
    assert [event[1] for event in told] == [UPDATED, PERSISTENT]


def test_growth_is_told_at_once_when_nothing_was_told_lately() -> None:
    watch, _ = live(begun(), shown(3, 15, still(PLACE)), LIMITS)
    assert live(watch, shown(16, 18, GROWN), LIMITS)[1] == [(18.0, UPDATED, "shelf-1")]


def test_growth_must_be_confirmed_like_a_change() -> None:
    watch, _ = live(begun(), shown(3, 15, still(PLACE)), LIMITS)
    passing = [look(16, GROWN), look(17, GROWN), *shown(18, 40, still(PLACE))]
    assert [event[1] for event in live(watch, passing, LIMITS)[1]] == [PERSISTENT]


def test_a_change_that_keeps_growing_is_told_at_most_every_update_every_s() -> None:
    watch, told = begun(), list[Told]()
    sides = [round(10 * 1.3**n) for n in range(5)]
    for n in range(60):
        side = sides[min(n // 4, 4)]
        watch, more = live(watch, [look(3.0 + n, still(square(10, 10, side)))], LIMITS)
        told += [event for event in more if event[1] == UPDATED]
    assert len(told) >= 2
    assert all(later[0] - sooner[0] >= 10.0 for sooner, later in itertools.pairwise(told))


def test_material_shrinkage_is_told() -> None:
    shrunk = still(block(10, 10, 10, 5))
    watch, told = live(begun(), shown(3, 15, shrunk), LIMITS)
    assert [event[1:] for event in told] == [(UPDATED, "shelf-1")]
    assert the_only(watch).mask is shrunk.mask


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(PLACE, id="the-same-extent"),
        pytest.param(block(10, 10, 15, 10), id="half-as-large-again"),
        pytest.param(block(10, 10, 10, 7), id="seven-tenths"),
    ],
)
def test_a_slight_difference_in_extent_is_not_told(mask: Mask) -> None:
    assert live(begun(), shown(3, 19, still(mask)), LIMITS)[1] == []


def test_one_region_over_two_changes_is_neither_told_again_nor_a_third() -> None:
    one, other = square(10, 10, 10), square(24, 10, 10)
    watch = begun(still(one), still(other))
    joined = still(block(10, 10, 24, 15))
    assert live(watch, shown(3, 19, joined), LIMITS)[1] == []


def test_of_two_changes_the_one_that_grew_is_told() -> None:
    both = still(PLACE), still(ELSEWHERE)
    watch, _ = live(begun(*both), shown(3, 15, *both), LIMITS)
    grown = still(block(50, 30, 10, 20), score=0.95)
    watch, told = live(watch, shown(16, 18, still(PLACE), grown), LIMITS)
    assert told == [(18.0, UPDATED, "shelf-2")]
    assert [s.change.mask for s in watch.standing] == [PLACE, grown.mask]
    assert [s.change.score for s in watch.standing] == [0.8, 0.95]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(block(10, 10, 10, 10), block(10, 10, 16, 10), id="sixteen-tenths"),
        pytest.param(block(10, 10, 16, 10), block(10, 10, 10, 10), id="ten-sixteenths"),
        pytest.param(block(10, 10, 10, 10), block(5, 5, 20, 20), id="four-times-as-large"),
    ],
)
def test_how_different_an_extent_must_be_to_be_told(before: Mask, after: Mask) -> None:
    told = live(begun(still(before)), shown(13, 15, still(after)), LIMITS)[1]
    assert told == [(15.0, UPDATED, "shelf-1")]


def test_what_is_left_of_a_change_that_ended_is_a_change_of_its_own() -> None:
    at_once = replace(LIMITS, confirm=(1, 1), update_every_s=1000.0)
    told = live(begun(), shown(3, 6, still(block(10, 10, 10, 2))), at_once)[1]
    assert told == [(6.0, ENDED, "shelf-1"), (6.0, STARTED, "shelf-2")]


def test_a_change_is_not_told_to_have_grown_while_something_moves_before_it() -> None:
    """Suspended means that nothing is published."""
    wide = still(block(17, 10, 20, 10))
    before = moving(block(10, 10, 6, 10))
    told = live(begun(), shown(3, 40, wide, before), LIMITS)[1]
    assert told == []


# ---- accepted ----


def test_an_accepted_change_ends_at_once_and_says_why() -> None:
    outcome = ended(begun(), ["shelf-1"], instant(9).wall_ns, EndReason.ACCEPTED)
    ((event, change),) = outcome.told
    assert said(outcome, instant(9)) == [(9.0, ENDED, "shelf-1")]
    assert (event, change.status, change.end_reason, change.ended_ns) == (
        EventType.CHANGE_ENDED,
        ChangeStatus.ENDED,
        EndReason.ACCEPTED,
        instant(9).wall_ns,
    )
    assert (outcome.rows, outcome.watch.standing) == ((change,), ())


def test_accepting_one_change_leaves_the_others() -> None:
    outcome = ended(begun(still(PLACE), still(ELSEWHERE)), ["shelf-1"], 0, EndReason.ACCEPTED)
    assert the_only(outcome.watch).change_id == "shelf-2"


def test_accepting_what_is_not_open_tells_nothing() -> None:
    outcome = ended(begun(), ["shelf-9"], 0, EndReason.ACCEPTED)
    assert (outcome.told, outcome.rows, the_only(outcome.watch).change_id) == ((), (), "shelf-1")


def test_accepting_forgets_the_looks_that_were_compared_with_the_old_reference() -> None:
    watch, _ = live(begun(), shown(3, 4, still(PLACE), still(ELSEWHERE)), LIMITS)
    after = ended(watch, ["shelf-1"], 0, EndReason.ACCEPTED).watch
    assert live(after, shown(5, 6, still(ELSEWHERE)), LIMITS)[1] == []


# ---- after a restart ----


def test_a_restored_change_keeps_its_id_and_is_not_told_again() -> None:
    change = the_only(begun())
    watch, told = live(restored("shelf", [change], 1), shown(100, 110, still(PLACE)), LIMITS)
    assert told == []
    assert the_only(watch).change_id == "shelf-1"


def test_a_restored_change_that_was_persistent_is_not_told_so_again() -> None:
    change = the_only(live(begun(), shown(3, 25, still(PLACE)), LIMITS)[0])
    assert live(restored("shelf", [change], 1), shown(100, 199, still(PLACE)), LIMITS)[1] == []


def test_a_restored_change_still_ends_when_its_place_is_normal_again() -> None:
    watch = restored("shelf", [the_only(begun())], 1)
    assert live(watch, shown(100, 103), LIMITS)[1] == [(103.0, ENDED, "shelf-1")]


def test_a_restored_change_persists_from_where_it_stood() -> None:
    change = replace(the_only(begun()), persisted_s=18.0)
    _, told = live(restored("shelf", [change], 1), shown(100, 110, still(PLACE)), LIMITS)
    assert told == [(102.0, PERSISTENT, "shelf-1")]


def test_serial_numbers_go_on_after_a_restart() -> None:
    watch = restored("shelf", [the_only(begun())], 41)
    told = live(watch, shown(100, 102, still(PLACE), still(ELSEWHERE)), LIMITS)[1]
    assert told == [(102.0, STARTED, "shelf-42")]


def test_growth_since_before_a_restart_is_told_without_waiting() -> None:
    watch = restored("shelf", [the_only(begun())], 1)
    assert live(watch, shown(100, 102, GROWN), LIMITS)[1] == [(102.0, UPDATED, "shelf-1")]


def test_a_restored_change_without_a_pixel_meets_nothing() -> None:
    empty = replace(PLACE, bits=np.zeros((10, 10), np.bool_))
    watch = restored("shelf", [replace(the_only(begun()), mask=empty)], 1)
    told = live(watch, shown(100, 103, still(PLACE)), LIMITS)[1]
    assert told == [(102.0, STARTED, "shelf-2"), (103.0, ENDED, "shelf-1")]


def test_only_what_differs_from_the_ledger_is_written_to_it() -> None:
    outcome = advance(begun(), look(3, still(PLACE)), LIMITS)
    assert outcome.rows == ()
