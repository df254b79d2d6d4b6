from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.core import topics
from edge.core.wire import event_payload
from edge.drivers.journal_sqlite import SqliteJournal
from edge.sim.journal import SimJournal
from edge.types import ChangeStatus, Message, Post, View
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
        SqliteJournal(tmp_path / "journal.db", encode=encode)
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
    journal.commit([], [an_event(), an_event()], [], NOON_NS)
    journal.commit([], [an_event()], [], NOON_NS)
    assert numbers(journal) == [1, 2, 3]


def test_numbers_go_on_when_everything_was_delivered(journal: Journal) -> None:
    journal.commit([], [an_event(), an_event()], [], NOON_NS)
    journal.confirm([1, 2])
    journal.commit([], [an_event()], [], NOON_NS)
    assert numbers(journal) == [3]


def test_numbers_go_on_when_the_newest_were_delivered_first(journal: Journal) -> None:
    journal.commit([], [an_event(), an_event()], [], NOON_NS)
    journal.confirm([2])
    journal.commit([], [an_event()], [], NOON_NS)
    assert numbers(journal) == [1, 3]


def test_a_number_never_stored_is_confirmed_in_vain(journal: Journal) -> None:
    journal.confirm([7])
    journal.commit([], [an_event()], [], NOON_NS)
    assert (numbers(journal), journal.depth()) == ([1], 1)


def test_an_event_waits_as_the_message_it_will_be(journal: Journal) -> None:
    event = an_event(a_change())
    journal.commit([], [event], [], NOON_NS)
    (waiting,) = journal.queued(0, 10)
    assert waiting.message == encode(event, journal.epoch, 1)
    assert (waiting.stored_ns, waiting.sent) == (NOON_NS, False)


def test_a_reader_gets_no_more_than_it_asks_for(journal: Journal) -> None:
    journal.commit([], [an_event() for _ in range(5)], [], NOON_NS)
    assert [event.seq for event in journal.queued(1, 2)] == [2, 3]


def test_what_was_handed_over_is_remembered(journal: Journal) -> None:
    journal.commit([], [an_event(), an_event()], [], NOON_NS)
    journal.mark_sent([2])
    assert [event.sent for event in journal.queued(0, 10)] == [False, True]


def test_depth_counts_what_waits(journal: Journal) -> None:
    journal.commit([], [an_event() for _ in range(5)], [], NOON_NS)
    journal.confirm([1, 3])
    journal.confirm([])
    assert journal.depth() == 3


def test_open_changes_come_back_oldest_first_and_without_the_ended(journal: Journal) -> None:
    journal.commit(
        [
            a_change("c-1"),
            a_change("c-2", status=ChangeStatus.ENDED),
            a_change("c-3", status=ChangeStatus.SUSPENDED),
            a_change("c-4", camera="door"),
        ],
        [],
        [],
        NOON_NS,
    )
    assert [change.change_id for change in journal.open_changes("shelf")] == ["c-1", "c-3"]


def test_a_change_told_again_replaces_its_row_and_keeps_its_place(journal: Journal) -> None:
    journal.commit([a_change("c-1"), a_change("c-2")], [], [], NOON_NS)
    journal.commit([a_change("c-1", status=ChangeStatus.ENDED)], [], [], NOON_NS)
    assert [(change.change_id, change.status) for change in journal.changes(10)] == [
        ("c-2", ChangeStatus.OPEN),
        ("c-1", ChangeStatus.ENDED),
    ]


def test_the_newest_changes_come_first_and_no_more_than_asked_for(journal: Journal) -> None:
    journal.commit([a_change(f"c-{n}") for n in range(1, 6)], [], [], NOON_NS)
    assert [change.change_id for change in journal.changes(2)] == ["c-5", "c-4"]


def test_a_mask_comes_back_to_the_pixel(journal: Journal) -> None:
    change = a_change()
    journal.commit([change], [], [], NOON_NS)
    (back,) = journal.open_changes("shelf")
    assert (back.mask.box, back.mask.bits.tolist()) == (change.mask.box, change.mask.bits.tolist())


def test_the_last_number_of_a_camera_is_its_highest(journal: Journal) -> None:
    assert journal.last_serial("shelf") == 0
    journal.commit([a_change("c-9"), a_change("c-10"), a_change("c-11", camera="door")], [], [], NOON_NS)
    assert journal.last_serial("shelf") == 10


def test_orders_wait_until_they_are_carried_out(journal: Journal) -> None:
    first = journal.order("accept", {"change_id": "c-1"})
    second = journal.order("relearn", {"camera": "shelf"})
    journal.commit([], [], [first], NOON_NS)
    assert [(order.order_id, order.op, order.args) for order in journal.orders()] == [
        (second, "relearn", {"camera": "shelf"})
    ]


def test_the_id_of_an_order_is_never_used_again(journal: Journal) -> None:
    first = journal.order("accept", {"change_id": "*"})
    journal.commit([], [], [first], NOON_NS)
    assert journal.order("accept", {"change_id": "*"}) != first


def test_a_post_is_as_new_until_something_is_remembered_of_it(journal: Journal) -> None:
    assert journal.post("shelf") == Post("shelf")


def test_what_is_remembered_of_a_post_is_replaced(journal: Journal) -> None:
    journal.commit((), (), (), 0, [Post("shelf", armed=False), Post("door", alerts=(View.MOVED,))])
    journal.commit((), (), (), 0, [Post("shelf", armed=False, alerts=(View.DARK, View.LOST))])
    assert journal.post("shelf") == Post("shelf", armed=False, alerts=(View.DARK, View.LOST))
    assert journal.post("door") == Post("door", alerts=(View.MOVED,))
