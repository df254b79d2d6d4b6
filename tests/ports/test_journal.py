from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.commands import REMEMBERED
from edge.core.gaps import Gap, gap_of, gap_teller, is_gap
from edge.core.wire import event_payload
from edge.drivers.journal_sqlite import SqliteJournal
from edge.ports import Entry
from edge.sim.journal import SimJournal
from edge.types import Answer, ChangeStatus, Message, Post, View
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Journal
    from edge.types import Event


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device bench1 would."""
    payload = event_payload(
        event, device="bench1", epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(topics.event(topics.base("bench1"), event.camera), payload)


@pytest.fixture(params=["sqlite", "sim"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """The same suite runs on the real journal and on the one in memory."""
    journal: Journal = (
        SqliteJournal(tmp_path / "journal.db", encode=encode, encode_gap=gap_teller("bench1"))
        if request.param == "sqlite"
        else SimJournal(encode=encode)
    )
    yield journal
    journal.close()


def numbers(journal: Journal, after_seq: int = 0) -> list[int]:
    """Return the numbers of the events that wait."""
    return [event.seq for event in journal.queued(after_seq, 1000)]


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert (journal.depth(), numbers(journal), journal.changes(10), journal.orders()) == (0, [], [], [])


def test_events_are_numbered_from_one_without_holes(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event(), an_event()]), NOON_NS)
    journal.commit(Entry(events=[an_event()]), NOON_NS)
    assert numbers(journal) == [1, 2, 3]


def test_numbers_go_on_when_everything_was_delivered(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event(), an_event()]), NOON_NS)
    journal.confirm([1, 2])
    journal.commit(Entry(events=[an_event()]), NOON_NS)
    assert numbers(journal) == [3]


def test_numbers_go_on_when_the_newest_were_delivered_first(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event(), an_event()]), NOON_NS)
    journal.confirm([2])
    journal.commit(Entry(events=[an_event()]), NOON_NS)
    assert numbers(journal) == [1, 3]


def test_a_number_never_stored_is_confirmed_in_vain(journal: Journal) -> None:
    journal.confirm([7])
    journal.commit(Entry(events=[an_event()]), NOON_NS)
    assert (numbers(journal), journal.depth()) == ([1], 1)


def test_an_event_waits_as_the_message_it_will_be(journal: Journal) -> None:
    event = an_event(a_change())
    journal.commit(Entry(events=[event]), NOON_NS)
    (waiting,) = journal.queued(0, 10)
    assert waiting.message == encode(event, journal.epoch, 1)
    assert (waiting.stored_ns, waiting.sent) == (NOON_NS, False)


def test_a_reader_gets_no_more_than_it_asks_for(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event() for _ in range(5)]), NOON_NS)
    assert [event.seq for event in journal.queued(1, 2)] == [2, 3]


def test_what_was_handed_over_is_remembered(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event(), an_event()]), NOON_NS)
    journal.mark_sent([2])
    assert [event.sent for event in journal.queued(0, 10)] == [False, True]


def test_depth_counts_what_waits(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event() for _ in range(5)]), NOON_NS)
    journal.confirm([1, 3])
    journal.confirm([])
    assert journal.depth() == 3


def test_open_changes_come_back_oldest_first_and_without_the_ended(journal: Journal) -> None:
    journal.commit(
        Entry(
            [
                a_change("c-1"),
                a_change("c-2", status=ChangeStatus.ENDED),
                a_change("c-3", status=ChangeStatus.SUSPENDED),
                a_change("c-4", camera="door"),
            ]
        ),
        NOON_NS,
    )
    assert [change.change_id for change in journal.open_changes("shelf")] == ["c-1", "c-3"]


def test_a_change_told_again_replaces_its_row_and_keeps_its_place(journal: Journal) -> None:
    journal.commit(Entry([a_change("c-1"), a_change("c-2")]), NOON_NS)
    journal.commit(Entry([a_change("c-1", status=ChangeStatus.ENDED)]), NOON_NS)
    assert [(change.change_id, change.status) for change in journal.changes(10)] == [
        ("c-2", ChangeStatus.OPEN),
        ("c-1", ChangeStatus.ENDED),
    ]


def test_the_newest_changes_come_first_and_no_more_than_asked_for(journal: Journal) -> None:
    journal.commit(Entry([a_change(f"c-{n}") for n in range(1, 6)]), NOON_NS)
    assert [change.change_id for change in journal.changes(2)] == ["c-5", "c-4"]


def test_a_mask_comes_back_to_the_pixel(journal: Journal) -> None:
    change = a_change()
    journal.commit(Entry([change]), NOON_NS)
    (back,) = journal.open_changes("shelf")
    assert (back.mask.box, back.mask.bits.tolist()) == (change.mask.box, change.mask.bits.tolist())


def test_the_last_number_of_a_camera_is_its_highest(journal: Journal) -> None:
    assert journal.last_serial("shelf") == 0
    journal.commit(Entry([a_change("c-9"), a_change("c-10"), a_change("c-11", camera="door")]), NOON_NS)
    assert journal.last_serial("shelf") == 10


def test_orders_wait_until_they_are_carried_out(journal: Journal) -> None:
    first = journal.order("accept", {"change_id": "c-1"})
    second = journal.order("relearn", {"camera": "shelf"})
    journal.commit(Entry(done=[first]), NOON_NS)
    assert [(order.order_id, order.op, order.args) for order in journal.orders()] == [
        (second, "relearn", {"camera": "shelf"})
    ]


def test_an_order_for_all_changes_names_those_that_are_open_when_it_is_given(journal: Journal) -> None:
    rows = [
        a_change("c-1"),
        a_change("c-2", status=ChangeStatus.ENDED),
        a_change("c-3", status=ChangeStatus.SUSPENDED),
        a_change("d-4", camera="door"),
    ]
    journal.commit(Entry(rows), NOON_NS)
    journal.order("accept", {"change_id": "*"})
    journal.command("a", "accept", {"change_id": "*", "camera": "shelf"})
    journal.commit(Entry([a_change("c-5")]), NOON_NS)
    assert [order.args for order in journal.orders()] == [
        {"change_id": "*", "change_ids": "c-1 c-3 d-4"},
        {"change_id": "*", "camera": "shelf", "change_ids": "c-1 c-3 d-4"},
    ]


def test_the_id_of_an_order_is_never_used_again(journal: Journal) -> None:
    first = journal.order("accept", {"change_id": "*"})
    journal.commit(Entry(done=[first]), NOON_NS)
    assert journal.order("accept", {"change_id": "*"}) != first


def test_a_post_is_as_new_until_something_is_remembered_of_it(journal: Journal) -> None:
    assert journal.post("shelf") == Post("shelf")


def test_what_is_remembered_of_a_post_is_replaced(journal: Journal) -> None:
    journal.commit(Entry(posts=[Post("shelf", armed=False), Post("door", alerts=(View.MOVED,))]), 0)
    journal.commit(Entry(posts=[Post("shelf", armed=False, alerts=(View.DARK, View.LOST))]), 0)
    assert journal.post("shelf") == Post("shelf", armed=False, alerts=(View.DARK, View.LOST))
    assert journal.post("door") == Post("door", alerts=(View.MOVED,))


# ---- commands ----


def answer(command_id: str, payload: bytes = b"{}") -> Answer:
    """Return what came of a command."""
    return Answer(Message("stillwatch/v1/bench1/cmd/result", payload), command_id)


def test_a_new_command_is_stored_as_an_order(journal: Journal) -> None:
    assert journal.command("a", "arm", {"camera": "shelf"}) is None
    assert [(order.op, order.args) for order in journal.orders()] == [("arm", {"camera": "shelf"})]


def test_a_command_that_comes_again_is_no_second_order(journal: Journal) -> None:
    journal.command("a", "arm", {})
    assert journal.command("a", "arm", {}) == b""
    assert len(journal.orders()) == 1


def test_a_command_that_comes_again_later_is_met_with_what_was_answered(journal: Journal) -> None:
    journal.command("a", "arm", {})
    (order,) = journal.orders()
    journal.commit(
        Entry(done=[order.order_id], answers=[answer("a", b'{"ok":true,"error":"\xc3\xa4 b"}')]), NOON_NS
    )
    assert journal.command("a", "arm", {}) == b'{"ok":true,"error":"\xc3\xa4 b"}'
    assert journal.orders() == []


def test_an_answer_to_a_command_that_is_not_remembered_is_not_kept(journal: Journal) -> None:
    journal.commit(Entry(answers=[answer("a")]), NOON_NS)
    assert journal.command("a", "arm", {}) is None


def test_only_the_newest_commands_are_remembered(journal: Journal) -> None:
    for number in range(REMEMBERED + 1):
        journal.command(f"c-{number}", "arm", {})
    assert (journal.command("c-1", "arm", {}), journal.command("c-0", "arm", {})) == (b"", None)


def test_a_post_is_remembered_with_the_sensitivity_that_was_ordered(journal: Journal) -> None:
    post = Post("shelf", armed=False, alerts=(View.DARK,), sensitivity=0.25)
    journal.commit(Entry(posts=[post]), NOON_NS)
    assert journal.post("shelf") == post


def test_all_up_to_a_number_is_deleted_at_once(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event() for _ in range(5)]), NOON_NS)
    journal.confirm_through(3)
    assert (numbers(journal), journal.depth()) == ([4, 5], 2)


def test_in_place_of_what_is_given_up_comes_a_gap(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event() for _ in range(3)]), NOON_NS)
    assert [journal.give_up([2, 7], NOON_NS), journal.give_up([2], NOON_NS)] == [1, 0]
    gap = journal.queued(1, 1)[0]
    assert gap_of(gap.message.payload) == Gap(1, "refused", (2, 2))
    assert (numbers(journal), gap.sent) == ([1, 2, 3], False)


def test_what_was_lost_before_takes_a_number_before_what_is_stored_now(journal: Journal) -> None:
    journal.commit(Entry(events=[an_event()]), NOON_NS, lost=7)
    first, second = journal.queued(0, 9)
    assert gap_of(first.message.payload) == Gap(7, "full")
    assert (first.seq, second.seq, is_gap(second.message.payload)) == (1, 2, False)


@pytest.mark.parametrize(
    ("through", "sent", "progress"),
    [
        pytest.param(0, [], (0, 0), id="nothing-was-sent"),
        pytest.param(0, [1, 2], (0, 2), id="some-was-sent"),
        pytest.param(2, [3], (2, 3), id="some-is-deleted"),
        pytest.param(2, [], (2, 2), id="what-is-deleted-was-sent"),
        pytest.param(5, [], (5, 5), id="all-is-deleted"),
    ],
)
def test_progress_is_how_far_all_is_deleted_and_how_far_it_was_sent(
    journal: Journal, through: int, sent: list[int], progress: tuple[int, int]
) -> None:
    journal.commit(Entry(events=[an_event() for _ in range(5)]), NOON_NS)
    journal.mark_sent(sent)
    journal.confirm_through(through)
    assert journal.progress() == progress
