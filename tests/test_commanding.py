from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from edge import __version__
from edge.commanding import Commander
from edge.core.commands import CAMERA_TOPICS
from edge.ports import Entry, Received
from edge.sim.clock import SimClock
from edge.sim.journal import SimJournal
from edge.types import Answer, Message
from tests.samples import NOON_NS
from tests.schema_faults import faults

if TYPE_CHECKING:
    from edge.types import Event

BASE = "stillwatch/v1/bench1"
RESULT = f"{BASE}/cmd/result"


def unsaid(_event: Event, _epoch: str, _seq: int) -> Message:
    """Tell no event."""
    raise NotImplementedError


class Post:
    """A commander before a journal in memory, and a way to order."""

    def __init__(self) -> None:
        self.journal = SimJournal(encode=unsaid)
        self.commander = Commander(
            self.journal, SimClock(), device="bench1", boot="b7c1", cameras=("shelf", "door")
        )

    def order(
        self,
        op: str = "arm",
        *,
        command_id: str = "1",
        reply_to: str | None = None,
        correlation: bytes | None = None,
        retained: bool = False,
    ) -> list[Message]:
        """Order something of the camera ``shelf`` over ``cmd``."""
        args = {} if op == "ping" else {"camera": "shelf"}
        document = {"schema": "stillwatch.cmd/1", "id": command_id, "op": op, "args": args}
        payload = json.dumps(document).encode()
        return self.hear(
            f"{BASE}/cmd", payload, reply_to=reply_to, correlation=correlation, retained=retained
        )

    def hear(
        self,
        topic: str,
        payload: bytes,
        *,
        reply_to: str | None = None,
        correlation: bytes | None = None,
        retained: bool = False,
    ) -> list[Message]:
        """Have a message come in; return what is answered at once."""
        received = Received(topic, payload, retained, reply_to=reply_to, correlation=correlation)
        return list(self.commander.heard(received))

    def carry_out(self) -> None:
        """Do as the watch loop does: all orders, without saying much."""
        for order in self.journal.orders():
            name = order.args.get("command_id")
            answers = [Answer(Message(RESULT, b"done"), name)]
            self.journal.commit(Entry(done=[order.order_id], answers=answers), NOON_NS)

    def ordered(self) -> list[tuple[str, dict[str, str]]]:
        """Return the orders that wait."""
        return [(order.op, dict(order.args)) for order in self.journal.orders()]


def result(answers: list[Message]) -> dict[str, object]:
    """Return the one answer, which must be as its schema says."""
    (answer,) = answers
    assert faults("cmd-result", answer.payload) == []
    said: dict[str, object] = json.loads(answer.payload)
    return said


def test_a_command_becomes_an_order_that_says_whom_to_answer() -> None:
    post = Post()
    assert post.order("arm", command_id="7f3a") == []
    assert post.ordered() == [("arm", {"camera": "shelf", "reply_to": RESULT, "command_id": "7f3a"})]


def test_a_topic_of_a_camera_becomes_an_order_that_nobody_waits_for() -> None:
    post = Post()
    assert post.hear(f"{BASE}/cam/shelf/armed/set", b"OFF") == []
    assert post.ordered() == [("disarm", {"camera": "shelf"})]


def test_with_a_response_topic_somebody_waits_for_a_camera_too() -> None:
    post = Post()
    post.hear(f"{BASE}/cam/shelf/relearn", b"PRESS", reply_to=f"{RESULT}/me", correlation=b"\x01\xff")
    assert post.ordered() == [
        ("relearn", {"camera": "shelf", "reply_to": f"{RESULT}/me", "correlation": "01ff"})
    ]


def test_a_ping_is_answered_at_once() -> None:
    answers = Post().order("ping", correlation=b"c")
    said = result(answers)
    assert (said["id"], said["ok"], said["error"]) == ("1", True, None)
    assert said["data"] == {"version": __version__, "boot": "b7c1"}
    assert (answers[0].topic, answers[0].qos, answers[0].retain, answers[0].correlation) == (
        RESULT,
        1,
        False,
        b"c",
    )


def test_what_cannot_be_carried_out_is_refused_by_name() -> None:
    post = Post()
    said = result(post.order("explode"))
    assert (said["id"], said["ok"], "explode" in str(said["error"])) == ("1", False, True)
    assert post.ordered() == []


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param("cmd", b"{", id="no-json"),
        pytest.param("cmd", b"{}", id="no-id"),
        pytest.param("cam/shelf/armed/set", b"on", id="a-cameras-topic-without-response-topic"),
    ],
)
def test_where_nobody_can_be_told_nothing_is_said(topic: str, payload: bytes) -> None:
    post = Post()
    assert (post.hear(f"{BASE}/{topic}", payload), post.ordered()) == ([], [])
    assert post.commander.count.refused == 1


@pytest.mark.parametrize("topic", ["cmd", *(f"cam/shelf/{topic}" for topic in CAMERA_TOPICS)])
def test_a_retained_command_is_ignored_and_counted(topic: str) -> None:
    post = Post()
    for payload in (b"ON", b"PRESS", b"0.5", b'{"schema":"stillwatch.cmd/1","id":"1","op":"ping"}'):
        assert post.hear(f"{BASE}/{topic}", payload, retained=True) == []
    assert (post.ordered(), post.commander.count.ignored_retained) == ([], 4)


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("stillwatch/v1/bench2/cmd/result", id="of-another-device"),
        pytest.param(f"{BASE}/cam/shelf/state", id="our-own-state"),
        pytest.param(f"{BASE}/cmd", id="our-own-commands"),
        pytest.param(f"{RESULT}s", id="nearly-ours"),
        pytest.param("homeassistant/device/x/config", id="somebody-elses"),
    ],
)
def test_nobody_can_have_us_write_where_we_would_not(topic: str) -> None:
    post = Post()
    answers = post.order("arm", reply_to=topic)
    assert "response topic" in str(result(answers)["error"])
    assert (answers[0].topic, post.ordered()) == (RESULT, [])


def test_a_command_that_comes_twice_is_ordered_once() -> None:
    post = Post()
    post.order("relearn")
    assert post.order("relearn") == []
    assert len(post.ordered()) == 1


def test_a_command_that_is_repeated_is_answered_again_to_whoever_asks_now() -> None:
    post = Post()
    post.order("relearn")
    post.carry_out()
    again = post.order("relearn", reply_to=f"{RESULT}/me", correlation=b"2")
    assert again == [Message(f"{RESULT}/me", b"done", correlation=b"2")]
    assert post.ordered() == []


def test_a_disk_that_refuses_is_told_to_the_sender() -> None:
    post = Post()
    post.journal.refuses = True
    said = result(post.order("arm"))
    assert (said["ok"], said["error"]) == (False, "the disk refuses (scripted)")


def test_the_same_complaint_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            post.order("explode")
    assert len(caplog.records) == 1


def test_the_same_complaint_about_ever_other_topics_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    with caplog.at_level(logging.WARNING):
        for n in range(3):
            post.hear(f"{BASE}/cam/Nobody{n}/accept", b"PRESS")
    assert len(caplog.records) == 1


@pytest.mark.parametrize("retained", [True, False])
def test_a_topic_that_somebody_else_wrote_is_logged_short_and_on_one_line(
    caplog: pytest.LogCaptureFixture, *, retained: bool
) -> None:
    post = Post()
    with caplog.at_level(logging.WARNING):
        post.hear(f"{BASE}/cam/x\n{'y' * 60_000}/accept", b"PRESS", retained=retained)
    (line,) = (record.getMessage() for record in caplog.records)
    assert (len(line) < 250, "\n" in line, f"{BASE}/cam/x" in line) == (True, False, True)


def test_only_topics_of_commands_are_listened_to() -> None:
    post = Post()
    assert post.commander.topics == (
        f"{BASE}/cmd",
        *(f"{BASE}/cam/+/{topic}" for topic in CAMERA_TOPICS),
    )
    for topic in (f"{BASE}/ack/5eed0001", "homeassistant/status", f"{BASE}/cam/shelf/state"):
        assert post.hear(topic, b"PRESS") == []
    assert post.commander.count.refused == 0


def test_commands_are_counted() -> None:
    post = Post()
    post.order("ping")
    post.order("arm")
    post.order("arm")
    post.order("explode")
    assert (post.commander.count.taken, post.commander.count.refused) == (2, 1)
