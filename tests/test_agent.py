from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.agent import Agent, World
from edge.core.answers import Sender
from edge.core.limits import Limits
from edge.core.reports import DeliveryStats
from edge.errors import ContractError, EngineError, StorageError
from edge.images import Images
from edge.sim.engine import SimEngine
from edge.sim.records import SimRecords
from edge.sim.references import SimReferences
from edge.sim.world import SimBoard, SimEvidence, SimOrders, SimOutbox, SimWatchdog
from edge.telling import Teller
from edge.types import ChangeStatus, EndReason, Order, View
from edge.watcher import Watcher
from tests.schema_faults import faults
from tests.stage import BARE, CAMERA, PLACE, Stage, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edge.types import Event, Frame, NoFrame, Reference

LIMITS = Limits(clear_s=2.0, learn_s=2.0)
SEES = np.where(PLACE, np.float32(0.9), np.float32(0.0))
DARK = np.full_like(BARE, 2.0)


class FullDisk(SimReferences):
    """References on a disk that is full on cue."""

    full = True

    def save(self, camera: str, reference: Reference) -> None:
        """Refuse while full."""
        if self.full:
            msg = "no room for the reference"
            raise StorageError(msg)
        super().save(camera, reference)


@dataclass
class Post:
    """A device with one camera, around which everything is a list."""

    stage: Stage = field(default_factory=Stage)
    engine: SimEngine = field(default_factory=lambda: SimEngine(lambda _: SEES))
    outbox: SimOutbox = field(default_factory=SimOutbox)
    orders: SimOrders = field(default_factory=SimOrders)
    evidence: SimEvidence = field(default_factory=SimEvidence)
    watchdog: SimWatchdog = field(default_factory=SimWatchdog)
    references: SimReferences = field(default_factory=SimReferences)
    records: SimRecords = field(default_factory=SimRecords)
    known: Reference | None = field(default_factory=reference)
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Man the post."""
        self.watcher = Watcher(CAMERA, LIMITS, self.engine, self.stage.clock, reference=self.known)
        self.ticks: Sequence[Frame | NoFrame] = ()
        self.teller = Teller(self.outbox, SimBoard(), DeliveryStats, device="bench1", boot="b")
        self.images = Images(self.outbox, device="bench1", kinds=self.kinds, private={CAMERA: ()})
        self.agent = Agent(
            World(
                ticks=lambda: iter(self.ticks),
                watchers={CAMERA: self.watcher},
                outbox=self.outbox,
                orders=self.orders,
                references=self.references,
                records=self.records,
                evidence=self.evidence,
                images=self.images,
                teller=self.teller,
                watchdog=self.watchdog,
            )
        )

    def watch(self, ticks: Iterable[Frame | NoFrame]) -> int:
        """Let the agent watch these ticks; return how many frames it looked at."""
        self.ticks = tuple(ticks)
        return self.agent.run(lambda: False)

    def told(self) -> list[str]:
        """Return what was told so far, in order."""
        return [event.event_type.value for event in self.outbox.events]

    def accept(self, change_id: str = "shelf-1", *, order_id: int = 1) -> None:
        """Have somebody accept a change."""
        self.orders.ask(Order(order_id, "accept", {"change_id": change_id}))


def with_a_change() -> Post:
    """Return a post that has told one change."""
    post = Post()
    post.watch(post.stage.frames(2.0))
    assert post.told() == ["change_started"]
    return post


def ended(events: Iterable[Event]) -> list[tuple[str, EndReason | None]]:
    """Return which changes ended, and why."""
    return [
        (event.change.change_id, event.change.end_reason)
        for event in events
        if event.change is not None and event.change.status is ChangeStatus.ENDED
    ]


# ---- watching ----


def test_a_change_reaches_the_ledger_and_is_announced() -> None:
    post = with_a_change()
    assert [row.change_id for row in post.outbox.rows.values()] == ["shelf-1"]


def test_a_quiet_view_hands_nothing_over() -> None:
    post = Post(engine=SimEngine())
    post.watch(post.stage.frames(2.0))
    assert (post.outbox.events, post.outbox.rows) == ([], {})


def test_frames_are_counted_and_silence_is_not() -> None:
    post = Post()
    assert post.watch([*post.stage.frames(1.0), post.stage.silence(), post.stage.frame()]) == 6


def test_the_watchdog_is_patted_with_every_tick() -> None:
    post = Post()
    post.watch([*post.stage.frames(1.0), post.stage.silence(), post.stage.frame()])
    assert post.watchdog.pats == 7


def test_states_and_health_are_shown_while_it_watches() -> None:
    post = Post(stage=Stage(fps=1.0), engine=SimEngine())
    post.watch(post.stage.frames(32.0))
    shown = {message.topic.removeprefix("stillwatch/v1/bench1/") for message in post.outbox.shown}
    assert shown == {"cam/shelf/availability", "cam/shelf/state", "health"}


def test_what_is_told_is_counted() -> None:
    post = with_a_change()
    post.accept()
    post.watch([post.stage.frame()])
    told = post.teller.metrics().decode()
    for kind in ("change_started", "change_ended"):
        assert f'stillwatch_camera_events_total{{camera="shelf",event_type="{kind}"}} 1' in told


def test_it_stops_before_the_next_frame_when_told_to() -> None:
    post = Post()
    post.ticks = tuple(post.stage.frames(1.0))
    answers = iter([False, False, True])
    assert post.agent.run(lambda: next(answers)) == 2
    assert (post.engine.runs, post.watchdog.pats) == (2, 2)


def test_a_lost_camera_is_shown_as_offline_and_its_changes_as_suspended() -> None:
    post = with_a_change()
    post.watch([post.stage.silence()])
    assert post.outbox.rows["shelf-1"].status is ChangeStatus.SUSPENDED
    assert (post.watcher.view, post.told()) == (View.LOST, ["change_started"])
    assert post.outbox.shown[-2].payload == b"offline"


def test_evidence_is_offered_of_every_moment_with_what_is_told_then() -> None:
    post = Post()
    frames = list(post.stage.frames(2.0))
    post.watch([*frames, post.stage.silence()])
    moments = post.evidence.moments
    assert [moment.frame or moment.reason for moment in moments] == [*frames, "unplugged"]
    assert [event for moment in moments for event in moment.events] == post.outbox.events
    (told,) = (moment for moment in moments if moment.events)
    assert told.look is not None
    assert (told.reference, told.look.taken) == (post.watcher.reference, told.now)
    assert told.changes[0] is told.events[0].change


def test_what_was_learned_is_stored() -> None:
    post = Post(known=None, engine=SimEngine())
    post.watch(post.stage.frames(4.0))
    assert post.told() == ["reference_updated"]
    assert post.references.load(CAMERA) == (post.watcher.reference,)


# ---- what fails ----


def test_a_dead_engine_is_complained_of_once_and_the_watch_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    post.engine.dead = True
    with caplog.at_level(logging.ERROR):
        assert post.watch(post.stage.frames(2.0)) == 0
    assert [record.getMessage() for record in caplog.records] == ["the accelerator is gone (scripted)"]
    assert (post.watchdog.pats, post.told()) == (10, [])


def test_while_the_engine_is_dead_the_camera_is_offline_and_health_and_evidence_say_why() -> None:
    post = with_a_change()
    post.engine.dead = True
    post.watch(post.stage.frames(31.0))
    assert post.outbox.rows["shelf-1"].status is ChangeStatus.SUSPENDED
    shown = {message.topic.rpartition("/")[2]: message.payload for message in post.outbox.shown}
    assert (shown["availability"], json.loads(shown["state"])["view"]) == (b"offline", "lost")
    (health,) = (m.payload for m in post.outbox.shown if m.topic.endswith("/health"))
    assert faults("health", health) == []
    assert json.loads(health)["cameras"][0]["fault"] == "the accelerator is gone (scripted)"
    assert post.evidence.moments[-1].reason == "the accelerator is gone (scripted)"


def test_an_engine_that_fails_once_leaves_the_camera_online() -> None:
    post = with_a_change()
    post.engine.dead = True
    post.watch([post.stage.frame()])
    post.engine.dead = False
    post.watch(post.stage.frames(1.0))
    payloads = [m.payload for m in post.outbox.shown if m.topic.endswith("/availability")]
    assert payloads[-1] == b"online"
    assert post.outbox.rows["shelf-1"].status is ChangeStatus.OPEN


def test_an_engine_that_does_nothing_but_fail_ends_the_watch() -> None:
    post = Post()
    post.engine.dead = True
    post.watch(post.stage.frames(60.0))
    with pytest.raises(EngineError):
        post.watch(post.stage.frames(1.0))


def test_an_engine_that_serves_one_of_two_cameras_goes_on_and_is_complained_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post()
    post.engine.dead = True
    other = Watcher("door", LIMITS, SimEngine(), post.stage.clock, reference=reference())
    world = replace(post.agent._world, watchers={CAMERA: post.watcher, "door": other})  # noqa: SLF001 - a second camera joins
    post.agent = Agent(world)
    stage = Stage(fps=1.0)
    with caplog.at_level(logging.ERROR):
        post.watch(replace(f, camera=c) for f in stage.frames(70.0) for c in (CAMERA, "door"))
    assert len(caplog.records) == 1


def test_an_engine_that_recovers_and_dies_again_is_complained_of_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post()
    with caplog.at_level(logging.ERROR):
        for dead in (True, False, True):
            post.engine.dead = dead
            post.watch(post.stage.frames(0.6))
    assert len(caplog.records) == 2


def test_an_engine_that_recovers_finds_what_it_should() -> None:
    post = Post()
    post.engine.dead = True
    post.watch(post.stage.frames(1.0))
    post.engine.dead = False
    post.watch(post.stage.frames(2.0))
    assert post.told() == ["change_started"]


def test_an_engine_that_answers_nonsense_ends_the_watch() -> None:
    post = Post()
    post.engine.misshapen = True
    with pytest.raises(ContractError):
        post.watch(post.stage.frames(1.0))


def test_a_disk_that_refuses_is_complained_of_and_the_event_is_told(caplog: pytest.LogCaptureFixture) -> None:
    post = Post(known=None, engine=SimEngine(), references=FullDisk())
    with caplog.at_level(logging.ERROR):
        post.watch(post.stage.frames(4.0))
    assert [record.getMessage() for record in caplog.records] == ["no room for the reference"]
    assert post.told() == ["reference_updated"]


def test_a_disk_that_has_room_again_is_complained_of_anew_when_it_is_full(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = FullDisk()
    post = Post(references=disk)
    with caplog.at_level(logging.ERROR):
        for number, full in enumerate((True, True, False, True), 1):
            disk.full = full
            post.watch(post.stage.frames(2.0))
            post.accept("*", order_id=number)
            post.watch(post.stage.frames(0.2))
    assert len(caplog.records) == 2


def test_a_reference_that_the_disk_refused_is_stored_once_there_is_room() -> None:
    disk = FullDisk()
    post = Post(known=None, engine=SimEngine(), references=disk)
    kept = []

    def ticks() -> Iterator[Frame]:
        yield from post.stage.frames(4.0)
        disk.full = False
        for seconds in (10.0, 52.0):
            yield from post.stage.frames(seconds)
            kept.append(disk.load(CAMERA))

    post.agent = Agent(replace(post.agent._world, ticks=ticks))  # noqa: SLF001 - its disk gets room meanwhile
    post.agent.run(lambda: False)
    assert kept == [(), (post.watcher.reference,)]


def test_a_reference_that_the_disk_refused_is_stored_when_the_watch_ends_by_itself() -> None:
    disk = FullDisk()
    post = Post(known=None, engine=SimEngine(), references=disk)

    def ticks() -> Iterator[Frame]:
        yield from post.stage.frames(4.0)
        disk.full = False

    post.agent = Agent(replace(post.agent._world, ticks=ticks))  # noqa: SLF001 - its disk gets room in the end
    post.agent.run(lambda: False)
    assert disk.load(CAMERA) == (post.watcher.reference,)


def test_what_the_disk_refused_is_forgotten_with_the_view() -> None:
    disk = FullDisk()
    post = Post(references=disk)
    post.watch(post.stage.frames(2.0))
    post.accept()
    post.watch(post.stage.frames(0.2))
    disk.full = False
    ask(post, "relearn")
    post.watch([post.stage.silence(61.0), post.stage.silence()])
    assert disk.load(CAMERA) == ()


# ---- orders ----


def test_an_accepted_change_is_told_stored_and_ticked_off() -> None:
    post = with_a_change()
    post.accept(order_id=7)
    post.watch([post.stage.frame()])
    assert post.told() == ["change_started", "change_ended", "reference_updated"]
    assert ended(post.outbox.events) == [("shelf-1", EndReason.ACCEPTED)]
    assert post.outbox.done == [7]
    assert len(post.references.load(CAMERA)) == 1
    assert post.outbox.rows["shelf-1"].status is ChangeStatus.ENDED


def test_all_changes_can_be_accepted_at_once() -> None:
    two = SEES.copy()
    two[10:30, 10:30] = 0.9
    post = Post(engine=SimEngine(lambda _: two))
    post.watch(post.stage.frames(2.0))
    post.accept("*")
    post.watch([post.stage.frame()])
    assert sorted(ended(post.outbox.events)) == [
        ("shelf-1", EndReason.ACCEPTED),
        ("shelf-2", EndReason.ACCEPTED),
    ]
    assert post.outbox.done == [1]


def test_accepting_one_change_leaves_the_other_open() -> None:
    two = SEES.copy()
    two[10:30, 10:30] = 0.9
    post = Post(engine=SimEngine(lambda _: two))
    post.watch(post.stage.frames(2.0))
    post.accept("shelf-2")
    post.watch([post.stage.frame()])
    assert ended(post.outbox.events) == [("shelf-2", EndReason.ACCEPTED)]


def test_an_order_waits_while_the_view_cannot_be_judged_and_is_then_obeyed() -> None:
    post = with_a_change()
    post.watch([post.stage.frame(DARK)])
    post.accept()
    post.watch([post.stage.frame(DARK), post.stage.frame(DARK)])
    assert (post.told(), post.outbox.done) == (["change_started"], [])
    post.watch([post.stage.frame(), post.stage.frame()])
    assert ended(post.outbox.events) == [("shelf-1", EndReason.ACCEPTED)]
    assert post.outbox.done == [1]


def test_orders_that_wait_are_obeyed_once_each() -> None:
    post = with_a_change()
    post.watch([post.stage.frame(DARK)])
    post.accept(order_id=1)
    post.accept(order_id=2)
    post.watch([post.stage.frame(DARK), *post.stage.frames(1.0)])
    assert (ended(post.outbox.events), post.outbox.done) == ([("shelf-1", EndReason.ACCEPTED)], [1, 2])


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(Order(3, "accept", {"change_id": "shelf-9"}), id="for-a-change-that-is-over"),
        pytest.param(Order(3, "accept", {}), id="for-nothing"),
        pytest.param(Order(3, "dance", {"change_id": "shelf-1"}), id="that-nobody-knows"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_ticked_off(order: Order) -> None:
    post = with_a_change()
    post.orders.ask(order)
    post.watch([post.stage.frame()])
    assert (post.outbox.done, post.told()) == ([3], ["change_started"])


def with_a_change_and_a_second_camera() -> tuple[Post, Stage]:
    """Return a post with an open change, and the stage of a camera that joined it."""
    post = with_a_change()
    other_stage = Stage(camera="door")
    other = Watcher("door", LIMITS, SimEngine(lambda _: SEES), other_stage.clock, reference=reference())
    world = replace(post.agent._world, watchers={CAMERA: post.watcher, "door": other})  # noqa: SLF001 - a second camera joins
    post.agent = Agent(world)
    return post, other_stage


def test_an_order_is_for_all_cameras() -> None:
    post, other_stage = with_a_change_and_a_second_camera()
    post.watch(other_stage.frames(2.0))
    post.accept("*")
    post.watch([other_stage.frame()])
    assert sorted(ended(post.outbox.events)) == [
        ("door-1", EndReason.ACCEPTED),
        ("shelf-1", EndReason.ACCEPTED),
    ]


def test_accepting_all_is_for_what_was_open_when_it_was_asked() -> None:
    post, other_stage = with_a_change_and_a_second_camera()
    post.watch([post.stage.silence()])
    post.accept("*")
    post.watch([post.stage.silence(), *other_stage.frames(3.0)])
    assert (post.told(), post.outbox.done) == (["change_started", "change_started"], [])
    post.watch([*post.stage.frames(1.0), other_stage.frame()])
    assert (ended(post.outbox.events), post.outbox.done) == ([("shelf-1", EndReason.ACCEPTED)], [1])


def test_an_order_for_all_that_were_open_is_ticked_off_when_they_are_over() -> None:
    post = with_a_change()
    post.orders.ask(Order(1, "accept", {"change_id": "*", "change_ids": "shelf-7 shelf-8"}))
    post.watch([post.stage.frame()])
    assert (post.told(), post.outbox.done) == (["change_started"], [1])


# ---- orders for a camera ----


def ask(post: Post, op: str, camera: str = CAMERA, *, order_id: int = 5) -> None:
    """Give an order for a camera, and let it be carried out."""
    post.orders.ask(Order(order_id, op, {"camera": camera}))
    post.watch([post.stage.frame()])


@pytest.mark.parametrize("camera", [CAMERA, "*"])
def test_a_disarmed_camera_is_remembered_and_its_changes_end(camera: str) -> None:
    post = with_a_change()
    ask(post, "disarm", camera)
    assert ended(post.outbox.events) == [("shelf-1", EndReason.DISARMED)]
    assert (post.outbox.posts[CAMERA].armed, post.outbox.done) == (False, [5])
    state = json.loads(post.outbox.shown[-1].payload)
    assert state["armed"] is False


def test_an_armed_camera_is_remembered_and_tells_what_differs() -> None:
    post = with_a_change()
    ask(post, "disarm")
    ask(post, "arm", order_id=6)
    post.watch(post.stage.frames(2.0))
    assert post.told() == ["change_started", "change_ended", "change_started"]
    assert (post.outbox.posts[CAMERA].armed, post.outbox.done) == (True, [5, 6])


def test_learning_anew_forgets_what_is_stored_and_stores_what_is_learned() -> None:
    post = with_a_change()
    post.references.save(CAMERA, reference())
    ask(post, "relearn")
    assert (post.references.load(CAMERA), post.outbox.done) == ((), [5])
    post.watch(post.stage.frames(4.0))
    assert post.told() == ["change_started", "change_ended", "reference_updated", "change_started"]
    assert len(post.references.load(CAMERA)) == 1


@pytest.mark.parametrize("op", ["relearn", "arm", "disarm"])
def test_an_order_for_another_camera_is_ticked_off(op: str) -> None:
    post = with_a_change()
    ask(post, op, "door")
    assert (post.outbox.done, post.outbox.posts, post.told()) == ([5], {}, ["change_started"])


def test_while_an_order_waits_nothing_is_stored() -> None:
    post = with_a_change()
    post.watch([post.stage.frame(DARK)])
    post.accept()
    rows = dict(post.outbox.rows)
    post.watch([post.stage.frame(DARK), post.stage.frame(DARK)])
    assert (post.outbox.rows, post.outbox.done) == (rows, [])


# ---- what came of an order ----


def answered(post: Post, op: str, **args: str) -> list[tuple[bool, str | None]]:
    """Have somebody who waits for an answer give an order; return whether it was done, and why not."""
    sender = Sender("stillwatch/v1/bench1/cmd/result", "7f3a", b"c")
    post.orders.ask(Order(9, op, args | sender.args()))
    post.watch([post.stage.frame()])
    for answer in post.outbox.answers:
        assert faults("cmd-result", answer.message.payload) == []
        assert (answer.command_id, answer.message.topic, answer.message.correlation) == (
            "7f3a",
            sender.reply_to,
            b"c",
        )
    told = [json.loads(answer.message.payload) for answer in post.outbox.answers]
    return [(each["ok"], each["error"]) for each in told]


@pytest.mark.parametrize(
    ("op", "args"),
    [
        pytest.param("accept", {"change_id": "shelf-1"}, id="accept-one"),
        pytest.param("accept", {"change_id": "*", "camera": CAMERA}, id="accept-all-of-a-camera"),
        pytest.param("relearn", {"camera": CAMERA}, id="relearn"),
        pytest.param("arm", {"camera": CAMERA}, id="arm-what-is-armed"),
        pytest.param("disarm", {"camera": "*"}, id="disarm-all"),
        pytest.param("sensitivity", {"camera": CAMERA, "value": "0.7"}, id="sensitivity"),
        pytest.param("sensitivity", {"camera": CAMERA, "value": "0.5"}, id="the-sensitivity-that-is"),
    ],
)
def test_whoever_waits_is_told_that_it_was_done(op: str, args: dict[str, str]) -> None:
    post = with_a_change()
    assert answered(post, op, **args) == [(True, None)]
    assert post.outbox.done == [9]


@pytest.mark.parametrize(
    ("op", "args", "why"),
    [
        pytest.param(
            "accept", {"change_id": "shelf-7"}, "shelf-7: no such change is open", id="no-such-change"
        ),
        pytest.param(
            "accept",
            {"change_id": "shelf-1", "camera": "door"},
            "door: no such camera",
            id="of-another-camera",
        ),
        pytest.param("arm", {"camera": "door"}, "door: no such camera; cameras: shelf", id="no-such-camera"),
        pytest.param("sensitivity", {"camera": CAMERA, "value": "2"}, "0 to 1", id="too-much"),
        pytest.param("sensitivity", {"camera": CAMERA}, "0 to 1", id="no-value"),
        pytest.param("dance", {"camera": CAMERA}, "no such order", id="unknown"),
        pytest.param("snapshot", {"camera": CAMERA}, "[mqtt] images", id="no-pictures"),
    ],
)
def test_whoever_waits_is_told_why_it_was_not_done(op: str, args: dict[str, str], why: str) -> None:
    post = with_a_change()
    ((done, error),) = answered(post, op, **args)
    assert (done, why in str(error), post.outbox.done) == (False, True, [9])
    assert post.told() == ["change_started"]


def test_whoever_waits_is_told_once_it_could_be_done() -> None:
    post = with_a_change()
    post.watch([post.stage.frame(DARK)])
    sender = Sender("stillwatch/v1/bench1/cmd/result", "7f3a")
    post.orders.ask(Order(9, "accept", {"change_id": "shelf-1", **sender.args()}))
    post.watch([post.stage.frame(DARK)])
    assert post.outbox.answers == []
    post.watch(post.stage.frames(2.0))
    assert len(post.outbox.answers) == 1


def test_where_nobody_waits_nobody_is_told() -> None:
    post = with_a_change()
    ask(post, "disarm")
    assert post.outbox.answers == []


def test_a_snapshot_shows_the_pictures_that_are_wanted() -> None:
    post = Post(kinds=("change",))
    post.watch([post.stage.frame()])
    assert answered(post, "snapshot", camera=CAMERA) == [(True, None)]
    assert [message.topic for message in post.outbox.shown if "/image/" in message.topic] == [
        "stillwatch/v1/bench1/cam/shelf/image/change"
    ]


def test_the_sensitivity_that_was_ordered_is_shown_and_remembered() -> None:
    post = with_a_change()
    post.orders.ask(Order(5, "sensitivity", {"camera": CAMERA, "value": "0.7"}))
    post.watch([post.stage.frame()])
    assert json.loads(post.outbox.shown[-1].payload)["sensitivity"] == 0.7
    assert post.outbox.posts[CAMERA].sensitivity == 0.7
