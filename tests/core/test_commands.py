from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from edge.core.commands import CAMERA_TOPICS, MAX_BYTES, Command, Op, Refusal, camera_command_of, command_of
from tests.schema_faults import read_schema
from tests.strange_commands import CAMERAS, a_command, mangled

VALIDATOR = Draft202012Validator(read_schema("cmd"))


def said(op: object = "ping", args: object = None, **more: object) -> bytes:
    """Return a command as its sender would write it."""
    document = {"schema": "stillwatch.cmd/1", "id": "7f3a", "op": op, **more}
    return json.dumps(document if args is None else document | {"args": args}).encode()


@pytest.mark.parametrize(
    ("op", "args", "taken"),
    [
        pytest.param("accept", {"change_id": "shelf-41"}, {"change_id": "shelf-41"}, id="one-change"),
        pytest.param("accept", {"change_id": "*"}, {"change_id": "*"}, id="all-changes"),
        pytest.param(
            "accept", {"camera": "shelf"}, {"change_id": "*", "camera": "shelf"}, id="all-of-a-camera"
        ),
        pytest.param("relearn", {"camera": "shelf"}, {"camera": "shelf"}, id="learn-anew"),
        pytest.param("arm", {"camera": "*"}, {"camera": "*"}, id="arm-all"),
        pytest.param("disarm", {"camera": "door"}, {"camera": "door"}, id="disarm"),
        pytest.param("snapshot", {"camera": "shelf"}, {"camera": "shelf"}, id="snapshot"),
        pytest.param(
            "sensitivity",
            {"camera": "shelf", "value": 1},
            {"camera": "shelf", "value": "1"},
            id="sensitivity",
        ),
        pytest.param("ping", {}, {}, id="ping"),
    ],
)
def test_a_command_is_taken_as_it_is_meant(op: str, args: dict[str, object], taken: dict[str, str]) -> None:
    assert command_of(said(op, args), CAMERAS) == Command(Op(op), taken, "7f3a")
    assert VALIDATOR.is_valid(json.loads(said(op, args)))


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(b"", "no JSON object", id="nothing"),
        pytest.param(b"PRESS", "no JSON object", id="a-word"),
        pytest.param(b"[]", "no JSON object", id="a-list"),
        pytest.param(b"[" * MAX_BYTES, "no JSON object", id="nested-without-end"),
        pytest.param(b'{"id":"1\xff"}', "UTF-8", id="not-utf-8"),
        pytest.param(said().decode().encode("utf-16"), "UTF-8", id="utf-16"),
        pytest.param(said() + b" " * MAX_BYTES, "bytes are too many", id="too-long"),
        pytest.param(said(id=""), "id must be", id="no-id"),
        pytest.param(said(id=7), "id must be", id="a-number-for-an-id"),
        pytest.param(said(id="a" * 65), "id must be", id="a-long-id"),
        pytest.param(said(id="a\u202eb"), "id must be", id="an-id-that-turns-text-around"),
    ],
)
def test_without_an_id_that_can_be_told_back_nobody_is_named(payload: bytes, why: str) -> None:
    refusal = command_of(payload, CAMERAS)
    assert isinstance(refusal, Refusal)
    assert (refusal.command_id, why in refusal.error) == (None, True)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(said(schema="stillwatch.cmd/2"), "stillwatch.cmd/1", id="another-version"),
        pytest.param(said("reboot"), "'reboot' is unknown; known here: accept", id="unknown-op"),
        pytest.param(said(None), "op is missing", id="no-op"),
        pytest.param(said(["arm"]), "a list is unknown", id="a-list-for-an-op"),
        pytest.param(said("arm", []), "args must be an object", id="a-list-of-args"),
        pytest.param(said("arm"), "camera is missing", id="no-camera"),
        pytest.param(said("arm", {"camera": "cellar"}), "cameras: door, shelf", id="unknown-camera"),
        pytest.param(said("arm", {"camera": "shelf", "for_s": 60}), "'for_s' is unknown", id="unknown-arg"),
        pytest.param(said("ping", {"camera": "shelf"}), "known here: none", id="an-arg-for-ping"),
        pytest.param(said("accept"), "write change_id", id="accept-what"),
        pytest.param(said("accept", {"change_id": "../x"}), "the id of a change", id="no-change-id"),
        pytest.param(said("accept", {"change_id": None}), "the id of a change", id="null-for-a-change-id"),
        pytest.param(said("sensitivity", {"camera": "shelf"}), "0 to 1", id="no-value"),
        pytest.param(said("sensitivity", {"camera": "shelf", "value": True}), "0 to 1", id="true"),
        pytest.param(said("sensitivity", {"camera": "shelf", "value": "0.5"}), "0 to 1", id="text"),
        pytest.param(said("sensitivity", {"camera": "shelf", "value": 1.01}), "0 to 1", id="too-much"),
        pytest.param(said("sensitivity", {"camera": "shelf", "value": float("nan")}), "0 to 1", id="nan"),
        pytest.param(said("sensitivity", {"camera": "shelf", "value": 10**400}), "0 to 1", id="huge"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_what_would_do(payload: bytes, why: str) -> None:
    refusal = command_of(payload, CAMERAS)
    assert isinstance(refusal, Refusal)
    assert refusal.command_id == "7f3a"
    assert why in refusal.error


@pytest.mark.parametrize(
    ("topic", "payload", "op", "args"),
    [
        pytest.param("armed/set", b"ON", Op.ARM, {}, id="on-arms"),
        pytest.param("armed/set", b"OFF", Op.DISARM, {}, id="off-disarms"),
        pytest.param("sensitivity/set", b"0.7", Op.SENSITIVITY, {"value": "0.7"}, id="a-number"),
        pytest.param(
            "sensitivity/set", b"1.0", Op.SENSITIVITY, {"value": "1"}, id="as-home-assistant-writes-it"
        ),
        pytest.param("relearn", b"PRESS", Op.RELEARN, {}, id="learn-anew"),
        pytest.param("accept", b"PRESS", Op.ACCEPT, {"change_id": "*"}, id="press-accepts-all-of-the-camera"),
        pytest.param("accept", b"shelf-3", Op.ACCEPT, {"change_id": "shelf-3"}, id="an-id-accepts-that-one"),
        pytest.param("snapshot", b"PRESS", Op.SNAPSHOT, {}, id="snapshot"),
    ],
)
def test_a_topic_of_a_camera_takes_a_word(topic: str, payload: bytes, op: Op, args: dict[str, str]) -> None:
    assert camera_command_of(f"cam/shelf/{topic}", payload, CAMERAS) == Command(
        op, {"camera": "shelf", **args}
    )


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param("cam/shelf/armed/set", b"on", id="small-letters"),
        pytest.param("cam/shelf/armed/set", b"", id="nothing"),
        pytest.param("cam/shelf/sensitivity/set", b"1.1", id="too-much"),
        pytest.param("cam/shelf/sensitivity/set", b"nan", id="no-number"),
        pytest.param("cam/shelf/sensitivity/set", b"1_0", id="what-only-python-takes-for-a-number"),
        pytest.param("cam/shelf/relearn", b"ON", id="another-word"),
        pytest.param("cam/shelf/accept", b"shelf-3\n", id="an-id-and-a-newline"),
        pytest.param("cam/shelf/accept", b"\xff", id="no-text"),
        pytest.param("cam/cellar/relearn", b"PRESS", id="unknown-camera"),
        pytest.param("cam/*/relearn", b"PRESS", id="every-camera"),
        pytest.param("cam/shelf/restart", b"PRESS", id="unknown-topic"),
    ],
)
def test_what_a_topic_of_a_camera_does_not_take_is_refused(topic: str, payload: bytes) -> None:
    assert isinstance(camera_command_of(topic, payload, CAMERAS), Refusal)


@given(st.binary(max_size=200) | st.builds(mangled, st.randoms(use_true_random=False)))
def test_whatever_comes_is_a_command_or_refused_in_few_words(payload: bytes) -> None:
    read = command_of(payload, CAMERAS)
    assert isinstance(read, Command) or 0 < len(read.error) <= 400


@given(st.sampled_from(sorted(CAMERA_TOPICS)), st.binary(max_size=100))
def test_whatever_comes_on_a_cameras_topic_is_a_command_or_refused(topic: str, payload: bytes) -> None:
    read = camera_command_of(f"cam/shelf/{topic}", payload, CAMERAS)
    assert isinstance(read, Command) or 0 < len(read.error) <= 400


@given(st.randoms(use_true_random=False))
def test_every_command_that_the_schema_describes_is_taken(dice: object) -> None:
    payload = a_command(dice)  # type: ignore[arg-type] # hypothesis's dice are typed as any object
    assert VALIDATOR.is_valid(json.loads(payload))
    assert isinstance(command_of(payload, CAMERAS), Command)


@given(st.builds(mangled, st.randoms(use_true_random=False)))
def test_what_is_taken_is_what_the_schema_describes(payload: bytes) -> None:
    if isinstance(command_of(payload, CAMERAS), Command):
        assert VALIDATOR.is_valid(json.loads(payload))
