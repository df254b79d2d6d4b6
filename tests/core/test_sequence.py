from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.sequence import Fate, Page, Sequences
from edge.sim.event_store import SimEventStore
from tests.consume.telling import KEY, told, told_gap

if TYPE_CHECKING:
    from edge.core.told import Told

TS = "2026-11-22T12:00:00.000Z"


class Shelf:
    """A store, and the sequences in it."""

    def __init__(self) -> None:
        self.store = SimEventStore()
        self.sequences = Sequences(self.store.positions(), self.store.early)

    def take(self, *messages: Told) -> list[Fate]:
        """Take messages on one page, and write it."""
        page = Page(TS)
        fates = [self.sequences.take(message, page) for message in messages]
        self.store.write(page)
        return fates

    def pass_over(self) -> None:
        """Wait no longer."""
        page = Page(TS)
        self.sequences.pass_over(KEY, page)
        self.store.write(page)

    def restart(self) -> None:
        """Forget everything but the store."""
        self.sequences = Sequences(self.store.positions(), self.store.early)

    def kept(self) -> list[int]:
        """Return the numbers of the events, as they were written."""
        return [event.seq for event in self.store.events]

    def stands(self) -> tuple[int, int, int]:
        """Return how far it is kept, the newest known, what waits."""
        position = self.sequences.position(KEY)
        return position.seq, position.newest, position.waiting


@pytest.fixture
def shelf() -> Shelf:
    """An empty shelf."""
    return Shelf()


@pytest.mark.parametrize(
    ("numbers", "kept", "stands"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], (3, 3, 0), id="in-order"),
        pytest.param([1, 1, 2, 1], [1, 2], (2, 2, 0), id="what-comes-again-is-passed-over"),
        pytest.param([1, 3], [1], (1, 3, 1), id="what-comes-early-waits"),
        pytest.param([1, 3, 3], [1], (1, 3, 1), id="it-waits-once"),
        pytest.param([1, 3, 5, 2], [1, 2, 3], (3, 5, 1), id="what-fits-follows"),
        pytest.param([3, 2, 1], [1, 2, 3], (3, 3, 0), id="backwards"),
        pytest.param([7], [], (0, 7, 1), id="a-newcomer-waits-too"),
    ],
)
@pytest.mark.parametrize("pages", ["one-page", "a-page-each"])
def test_numbers_join_the_sequence(
    shelf: Shelf, numbers: list[int], kept: list[int], stands: tuple[int, int, int], pages: str
) -> None:
    messages = [told(number) for number in numbers]
    if pages == "one-page":
        shelf.take(*messages)
    else:
        for message in messages:
            shelf.take(message)
    assert (shelf.kept(), shelf.stands()) == (kept, stands)


def test_each_message_learns_its_fate(shelf: Shelf) -> None:
    assert shelf.take(told(1), told(1), told(4)) == [Fate.APPLIED, Fate.REPEATED, Fate.EARLY]


def test_a_gap_moves_the_sequence_over_its_numbers(shelf: Shelf) -> None:
    shelf.take(told(1), told_gap(2, 5), told(6))
    assert (shelf.kept(), shelf.stands()) == ([1, 6], (6, 6, 0))


def test_a_gap_that_comes_early_waits_like_an_event(shelf: Shelf) -> None:
    shelf.take(told(1), told_gap(3, 5), told(6))
    shelf.take(told(2))
    assert (shelf.kept(), shelf.stands()) == ([1, 2, 6], (6, 6, 0))


def test_a_gap_over_what_we_have_loses_nothing(shelf: Shelf) -> None:
    shelf.take(told(1), told(4))
    shelf.take(told_gap(2, 5))
    assert (shelf.kept(), shelf.stands()) == ([1, 4], (5, 5, 0))


@pytest.mark.parametrize("pages", ["one-page", "a-page-each"])
@pytest.mark.parametrize(
    ("early", "kept", "gaps", "stands"),
    [
        pytest.param([told(3), told_gap(3, 6)], [1, 2, 3], [], (3, 6, 0), id="an-event-is-not-given-up"),
        pytest.param([told_gap(3, 6), told(3)], [1, 2], [(3, 6)], (6, 6, 0), id="a-gap-over-it-stands"),
        pytest.param([told_gap(3, 4), told_gap(3, 6)], [1, 2], [(3, 6)], (6, 6, 0), id="a-gap-grows"),
        pytest.param([told_gap(3, 6), told_gap(3, 4)], [1, 2], [(3, 6)], (6, 6, 0), id="a-gap-never-shrinks"),
    ],
)
def test_of_what_comes_early_and_begins_alike_one_waits_and_is_counted_once(
    shelf: Shelf,
    early: list[Told],
    kept: list[int],
    gaps: list[tuple[int, int]],
    stands: tuple[int, int, int],
    pages: str,
) -> None:
    messages = [*early, told(1), told(2)]
    if pages == "one-page":
        shelf.take(*messages)
    else:
        for message in messages:
            shelf.take(message)
    assert (shelf.kept(), [gap.span for gap in shelf.store.gaps], shelf.stands()) == (kept, gaps, stands)


def test_a_gap_that_grows_while_it_waits_is_kept_once_when_what_is_missing_comes_with_it(
    shelf: Shelf,
) -> None:
    shelf.take(told_gap(3, 4))
    shelf.take(told_gap(3, 6), told(1), told(2))
    assert ([gap.span for gap in shelf.store.gaps], shelf.stands()) == ([(3, 6)], (6, 6, 0))
    assert shelf.store.early(KEY, 0) is None


def test_a_gap_told_twice_is_kept_once(shelf: Shelf) -> None:
    shelf.take(told_gap(1, 2))
    shelf.take(told_gap(1, 2))
    assert len(shelf.store.gaps) == 1


def test_a_newcomer_begins_at_the_lowest_it_was_offered_and_says_so(shelf: Shelf) -> None:
    shelf.take(told(9), told(8))
    shelf.pass_over()
    (gap,) = shelf.store.gaps
    assert (gap.span, gap.reason, gap.told_by) == ((1, 7), "joined", "consumer")
    assert (shelf.kept(), shelf.stands()) == ([8, 9], (9, 9, 0))


def test_what_never_comes_is_passed_over_up_to_the_next_and_said(shelf: Shelf) -> None:
    shelf.take(told(1), told(4), told(7))
    shelf.pass_over()
    (gap,) = shelf.store.gaps
    assert (gap.span, gap.reason) == ((2, 3), "unanswered")
    assert (shelf.kept(), shelf.stands()) == ([1, 4], (4, 7, 1))


def test_where_nothing_waits_nothing_is_passed_over(shelf: Shelf) -> None:
    shelf.take(told(1))
    shelf.pass_over()
    assert (shelf.store.gaps, shelf.stands()) == ([], (1, 1, 0))


def test_epochs_have_numbers_of_their_own(shelf: Shelf) -> None:
    shelf.take(told(1), told(2), told(1, epoch="another"))
    assert [(event.epoch, event.seq) for event in shelf.store.events][2:] == [("another", 1)]


def test_only_so_much_is_set_aside() -> None:
    store = SimEventStore()
    sequences = Sequences(store.positions(), store.early, early_most=2)
    page = Page(TS)
    for number in (3, 4, 5):
        sequences.take(told(number), page)
    assert (sequences.position(KEY).waiting, sequences.position(KEY).newest) == (2, 5)


arrivals = st.lists(st.integers(1, 12), max_size=40)
"""Numbers in any order, repeated at will, as a broker and a device that go back bring them."""


@given(arrivals, st.lists(st.integers(1, 40), max_size=8), st.sets(st.integers(0, 39)))
def test_in_whatever_order_they_come_they_are_kept_in_order_and_once(
    numbers: list[int], pages: list[int], restarts: set[int]
) -> None:
    shelf = Shelf()
    queue = [*numbers, *range(1, 13)]  # in the end the device goes back to the beginning
    for place, size in enumerate([*pages, len(queue)]):
        page, queue = queue[:size], queue[size:]
        shelf.take(*(told(number) for number in page))
        if place in restarts:
            shelf.restart()
        assert shelf.kept() == list(range(1, len(shelf.kept()) + 1))
    assert (shelf.kept(), shelf.stands()) == (list(range(1, 13)), (12, 12, 0))


@given(
    st.lists(st.tuples(st.integers(2, 6), st.integers(0, 3)), min_size=4, max_size=12),
    st.lists(st.integers(1, 4), min_size=4, max_size=8),
)
def test_whatever_gaps_are_told_between_events_nothing_waits_forever(
    spans: list[tuple[int, int]], pages: list[int]
) -> None:
    shelf = Shelf()
    come = [told_gap(first, first + more) if more else told(first) for first, more in spans]
    queue: list[Told] = [*come, *map(told, range(1, 10))]
    for size in [*pages, len(queue)]:
        page, queue = queue[:size], queue[size:]
        shelf.take(*page)
    assert (shelf.stands()[0], shelf.stands()[2]) == (9, 0)
    assert shelf.store.early(KEY, 0) is None


@given(arrivals)
def test_whatever_came_is_kept_when_a_device_goes_back_for_nobody(numbers: list[int]) -> None:
    shelf = Shelf()
    for number in numbers:
        shelf.take(told(number))
    for _ in numbers:
        shelf.pass_over()
    assert shelf.kept() == sorted(set(numbers))
