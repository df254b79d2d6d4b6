"""What people order over MQTT: read with suspicion, answered in plain words.

A command is a JSON document on ``cmd`` (``stillwatch.cmd/1``), or a word on a topic
of its camera, such as ``ON`` on ``cam/shelf/armed/set``. What cannot be read as
exactly one command is refused; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NoReturn

from edge.types import EVERY_CAMERA, EVERY_CHANGE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

COMMAND = "stillwatch.cmd/1"
MAX_BYTES = 4096
"""A longer payload is refused unread."""

REMEMBERED = 256
"""How many commands are remembered, so that one that is repeated is carried out once."""

PRESS, ON, OFF = b"PRESS", b"ON", b"OFF"

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CHANGE = re.compile(r"[a-z0-9_-]{1,64}")
_NUMBER = re.compile(rb"[0-9]{1,3}(\.[0-9]{1,15})?|\.[0-9]{1,15}")
_TOPIC = re.compile(r"cam/([a-z0-9_-]{1,32})/([a-z]+(?:/set)?)")
_SHOWN_CHARS = 40
_PRESS_OR_ID = "PRESS or the id of a change"


class Op(str, Enum):
    """What can be ordered."""

    ACCEPT = "accept"
    RELEARN = "relearn"
    ARM = "arm"
    DISARM = "disarm"
    SENSITIVITY = "sensitivity"
    SNAPSHOT = "snapshot"
    PING = "ping"


_ARGS: Mapping[Op, tuple[str, ...]] = {
    Op.ACCEPT: ("change_id", "camera"),
    Op.SENSITIVITY: ("camera", "value"),
    Op.PING: (),
}

CAMERA_TOPICS: Mapping[str, Op] = {
    "armed/set": Op.ARM,
    "sensitivity/set": Op.SENSITIVITY,
    "relearn": Op.RELEARN,
    "accept": Op.ACCEPT,
    "snapshot": Op.SNAPSHOT,
}
"""Topics below ``cam/<camera>`` on which it takes commands, and which; ``armed/set`` also disarms."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order that can be understood.

    Attributes:
        op: What to do.
        args: ``camera`` or ``change_id`` (``"*"`` for all), ``value`` from 0 to 1; as
            in ``Order``.
        command_id: What its sender calls it; ``None`` on a topic of a camera.
    """

    op: Op
    args: Mapping[str, str]
    command_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order that is not carried out.

    Attributes:
        error: Why not, and what would do, in plain words.
        command_id: What its sender calls it; ``None`` where that cannot be read.
    """

    error: str
    command_id: str | None = None


class _Fault(Exception):  # noqa: N818 - it never leaves this module
    """Why a command is refused."""


def command_of(payload: bytes, cameras: Collection[str]) -> Command | Refusal:
    """Read a command from ``cmd``; never raises.

    Args:
        payload: ``stillwatch.cmd/1``, as anybody may have sent it.
        cameras: The device's.
    """
    command_id = None
    try:
        said = _document(payload)
        command_id = _id(said)
        op = _op(said)
        return Command(op, _args(op, said.get("args", {}), cameras), command_id)
    except _Fault as fault:
        return Refusal(str(fault), command_id)


def camera_command_of(topic: str, payload: bytes, cameras: Collection[str]) -> Command | Refusal:
    """Read a command from a topic of a camera; never raises.

    Args:
        topic: Below the device's base, such as ``cam/shelf/armed/set``.
        payload: A word, a number or a change's id, as anybody may have sent it.
        cameras: The device's.
    """
    found = _TOPIC.fullmatch(topic)
    if found is None or found[2] not in CAMERA_TOPICS:
        return Refusal("no commands are taken on this topic")
    try:
        camera = {"camera": _camera(found[1], cameras)}
        op, args = _said_on(found[2], payload)
    except _Fault as fault:
        return Refusal(str(fault))
    return Command(op, camera | args)


def _said_on(topic: str, payload: bytes) -> tuple[Op, dict[str, str]]:
    """Return what a payload means on a topic of ``CAMERA_TOPICS``."""
    op = CAMERA_TOPICS[topic]
    match op:
        case Op.ARM:
            return (Op.ARM if _word(payload, ON, OFF) == ON else Op.DISARM), {}
        case Op.SENSITIVITY if not _NUMBER.fullmatch(payload):
            return _refuse("must be a number from 0 to 1")
        case Op.SENSITIVITY:
            return op, {"value": _sensitivity(float(payload))}
        case Op.ACCEPT if payload != PRESS:
            return op, {"change_id": _change_id(payload.decode("ascii", "replace"), _PRESS_OR_ID)}
        case Op.ACCEPT:
            return op, {"change_id": EVERY_CHANGE}
        case _:
            _word(payload, PRESS)
            return op, {}


def _document(payload: bytes) -> dict[str, object]:
    if len(payload) > MAX_BYTES:
        _refuse(f"{len(payload)} bytes are too many: {MAX_BYTES} at most")
    try:
        said = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        _refuse("this is no JSON object in UTF-8")
    return said


def _id(said: Mapping[str, object]) -> str:
    command_id = said.get("id")
    if not isinstance(command_id, str) or not _ID.fullmatch(command_id):
        _refuse("id must be 1 to 64 characters of A-Z, a-z, 0-9, . _ : and -; a UUID will do")
    return command_id


def _op(said: Mapping[str, object]) -> Op:
    if said.get("schema") != COMMAND:
        _refuse(f"schema must be {COMMAND}")
    for op in Op:
        if said.get("op") == op.value:
            return op
    return _refuse(f"op {_shown(said.get('op'))} is unknown; known here: {', '.join(Op)}")


def _args(op: Op, args: object, cameras: Collection[str]) -> dict[str, str]:
    if not isinstance(args, dict):
        _refuse("args must be an object")
    known = _ARGS.get(op, ("camera",))
    for name in args:
        # What is asked for beyond what we know must not be left undone in silence.
        if name not in known:
            names = ", ".join(known) or "none"
            _refuse(f"args: {_shown(name)} is unknown for {op.value}; known here: {names}")
    taken: dict[str, str] = {}
    if op is Op.ACCEPT:
        if not args:
            _refuse("args: write change_id, or camera for all that are open there")
        taken["change_id"] = _change_id(args.get("change_id", EVERY_CHANGE), "the id of a change, or *")
    if "camera" in known and (op is not Op.ACCEPT or "camera" in args):
        taken["camera"] = _camera(args.get("camera"), cameras)
    if op is Op.SENSITIVITY:
        taken["value"] = _sensitivity(args.get("value"))
    return taken


def _camera(name: object, cameras: Collection[str]) -> str:
    if isinstance(name, str) and (name == EVERY_CAMERA or name in cameras):
        return name
    return _refuse(f"camera {_shown(name)} is unknown; cameras: {', '.join(sorted(cameras))}, or * for all")


def _change_id(change_id: object, rule: str) -> str:
    if isinstance(change_id, str) and (change_id == EVERY_CHANGE or _CHANGE.fullmatch(change_id)):
        return change_id
    return _refuse(f"{_shown(change_id)}: must be {rule}")


def _sensitivity(value: object) -> str:
    # Compare before converting: an integer may be too big for a float.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        _refuse("value must be a number from 0 to 1")
    return f"{float(value):.6g}"


def _word(payload: bytes, *allowed: bytes) -> bytes:
    if payload not in allowed:
        _refuse(f"must be {' or '.join(word.decode() for word in allowed)}")
    return payload


def _shown(value: object) -> str:
    """Return a value as text, not too long; an integer may have more digits than Python prints."""
    if value is None:
        return "is missing:"
    if not isinstance(value, str):
        return f"a {type(value).__name__}"
    return repr(value) if len(value) <= _SHOWN_CHARS else f"{value[:_SHOWN_CHARS]!r}..."


def _refuse(error: str) -> NoReturn:
    raise _Fault(error)
