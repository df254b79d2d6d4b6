from __future__ import annotations

from edge.delivery.backlog import Backlog
from edge.ports import Entry
from edge.types import Answer, ChangeStatus, EventType, Message, Post
from tests.samples import a_change, an_event


def entry(change_id: str, kind: EventType = EventType.CHANGE_STARTED, *, order: int = 0) -> Entry:
    """Return an entry with one change and one event about it."""
    change = a_change(change_id)
    return Entry((change,), (an_event(change, event_type=kind),), (order,) if order else ())


def backlog(*entries: Entry) -> Backlog:
    """Return a backlog of these."""
    backlog = Backlog()
    for one in entries:
        backlog.add(one)
    return backlog


def told(backlog: Backlog) -> list[str]:
    """Return about which changes something is told, in order."""
    return [event.change.change_id for event in backlog.together().events if event.change]


UPDATED = EventType.CHANGE_UPDATED


def test_all_that_waits_is_stored_together_in_order() -> None:
    waiting = backlog(entry("c-1", order=1), entry("c-2", order=2))
    assert (told(waiting), waiting.together().done) == (["c-1", "c-2"], (1, 2))


def test_what_is_stored_waits_no_longer() -> None:
    waiting = backlog(entry("c-1"))
    waiting.lost = 3
    waiting.stored()
    assert (len(waiting), waiting.lost, told(waiting)) == (0, 0, [])


def test_where_there_is_room_nothing_is_given_up() -> None:
    waiting = backlog(entry("c-1"), entry("c-2"))
    assert (waiting.shed(2), told(waiting)) == (0, ["c-1", "c-2"])


def test_updates_are_given_up_before_what_is_older() -> None:
    waiting = backlog(entry("c-1"), entry("c-2", UPDATED), entry("c-3", UPDATED), entry("c-4"))
    assert (waiting.shed(3), told(waiting)) == (1, ["c-1", "c-3", "c-4"])
    assert (waiting.shed(2), told(waiting)) == (1, ["c-1", "c-4"])


def test_without_updates_the_oldest_is_given_up() -> None:
    waiting = backlog(entry("c-1"), entry("c-2"))
    assert (waiting.shed(1), told(waiting), waiting.lost) == (1, ["c-2"], 1)


def test_the_ledger_loses_nothing_by_it() -> None:
    waiting = backlog(entry("c-1", order=1), entry("c-2", UPDATED, order=2))
    waiting.shed(1)
    together = waiting.together()
    assert [change.change_id for change in together.changes] == ["c-1", "c-2"]
    assert together.done == (1, 2)


def test_of_one_change_the_newest_row_stays() -> None:
    ended = a_change("c-1", status=ChangeStatus.ENDED)
    waiting = backlog(entry("c-1", UPDATED), Entry((ended,), (an_event(ended),)))
    waiting.shed(1)
    assert [change.status for change in waiting.together().changes] == [ChangeStatus.ENDED]


def test_an_older_row_never_comes_after_a_newer_one() -> None:
    ended = a_change("c-1", status=ChangeStatus.ENDED)
    waiting = backlog(entry("c-1"), Entry((ended,), (an_event(ended, event_type=UPDATED),)))
    waiting.shed(1)
    assert [change.status for change in waiting.together().changes] == [ChangeStatus.ENDED]
    assert told(waiting) == ["c-1"]


def test_posts_and_answers_stay_too() -> None:
    answer = Answer(Message("d/back", b"{}"))
    first = Entry((), (an_event(),), posts=(Post("shelf", armed=False),), answers=(answer,))
    waiting = backlog(first, Entry((), (), posts=(Post("shelf"), Post("door"))))
    waiting.shed(1)
    together = waiting.together()
    assert (together.posts, together.answers) == ((Post("shelf"), Post("door")), (answer,))
