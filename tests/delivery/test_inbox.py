from __future__ import annotations

import pytest

from edge.delivery.inbox import OURS_KEPT, RECEIVED_KEPT, Inbox, Leave
from edge.ports import Confirmed, Received
from edge.types import Message

OURS = Message("d/state", b"{}")
CAME = Received("d/cmd", b"{}", retained=False)


@pytest.fixture
def full() -> Inbox:
    """An inbox in which nothing more fits, of ours or from outside."""
    inbox = Inbox()
    for _ in range(OURS_KEPT):
        inbox.put(OURS)
    for _ in range(RECEIVED_KEPT):
        inbox.note(CAME)
    return inbox


def test_where_there_is_no_room_for_what_is_ours_it_is_not_taken(full: Inbox) -> None:
    assert not full.put(OURS)
    assert len(list(full.taken())) == OURS_KEPT + RECEIVED_KEPT


def test_where_there_is_no_room_for_what_comes_in_it_is_passed_over_and_counted(full: Inbox) -> None:
    full.note(CAME)
    assert full.unheard == 1
    assert len(list(full.taken())) == OURS_KEPT + RECEIVED_KEPT


def test_that_something_was_passed_over_is_logged_once(full: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    full.note(CAME)
    full.note(CAME)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("item", [pytest.param(OURS, id="ours"), pytest.param(CAME, id="from-outside")])
def test_what_is_taken_leaves_its_room_to_another(full: Inbox, item: Message | Received) -> None:
    list(full.taken())
    if isinstance(item, Message):
        assert full.put(item)
    else:
        full.note(item)
    assert list(full.taken()) == [item]


def test_an_acknowledgement_always_finds_room(full: Inbox) -> None:
    full.note(Confirmed(1))
    assert list(full.taken())[-1] == Confirmed(1)


def test_the_wish_to_leave_always_finds_room(full: Inbox) -> None:
    full.leave(Leave(7))
    assert list(full.taken())[-1] == Leave(7)
