"""A message of a device, read by whoever keeps it: every value bounded before it is believed.

The topic says who speaks, since a broker's access list guards topics, not payloads;
a payload that names another device is refused.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from edge.core.facts import Facts
from edge.core.told import ToldEvent, ToldGap, digest_of
from edge.core.topics import ROOT
from edge.core.wire import EVENT, GAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.core.told import Key, Told

LARGEST = 16 * 1024
"""Bytes of the longest payload that is read."""

HIGHEST_SEQ = 2**53 - 1
LONGEST_ID = 128

_PLACE = re.compile(
    re.escape(ROOT) + r"/(?P<device>[a-z0-9_-]{1,32})/"
    r"(?:(?P<gap>gap)|cam/(?P<camera>[a-z0-9_-]{1,32})/event(?:/late)?)"
)
_EPOCH = re.compile(r"[a-z0-9_-]{1,32}")  # it becomes part of a topic
_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}")
_MOMENT = re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_ZERO_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def device_of(topic: str) -> str | None:
    """Return whose events or gaps are told on a topic, ``None`` for any other topic."""
    match = _PLACE.fullmatch(topic)
    return match and match["device"]


def read(topic: str, payload: bytes) -> Told:
    """Return what a message says.

    Args:
        topic: Where it was told.
        payload: At most ``LARGEST`` bytes of JSON.

    Raises:
        ValueError: It is no event and no gap, or a value in it is out of bounds.
    """
    place = _place(topic)
    document, text = _document(payload)
    facts = Facts(document)
    _same(facts, "device", place["device"])
    if place["gap"]:
        return _gap(facts, text)
    _same(facts, "camera", place["camera"])
    return _event(facts, text)


def reread(payload: str) -> Told:
    """Return what a payload that ``read`` has let through says.

    Raises:
        ValueError: It was never let through.
    """
    facts = Facts(json.loads(payload))
    return _gap(facts, payload) if facts.text("schema") == GAP else _event(facts, payload)


def numbers_of(topic: str, payload: bytes) -> tuple[Key, int] | None:
    """Return which number a message that is otherwise wrong was given; ``None`` where it does not say."""
    try:
        place = _place(topic)
        facts = Facts(_document(payload)[0])
        return (place["device"], _matching(facts, "epoch", _EPOCH)), facts.whole("seq", 1, HIGHEST_SEQ)
    except ValueError:
        return None


def _place(topic: str) -> Mapping[str, str]:
    match = _PLACE.fullmatch(topic)
    if match is None:
        msg = "not a topic of events or gaps"
        raise ValueError(msg)
    return match.groupdict()


def _document(payload: bytes) -> tuple[object, str]:
    """Return what a payload holds, and the same as JSON that every database takes."""
    if len(payload) > LARGEST:
        msg = f"longer than {LARGEST} bytes"
        raise ValueError(msg)
    try:
        document = json.loads(payload, parse_constant=_no_number)
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except RecursionError as error:
        msg = "nested too deeply"
        raise ValueError(msg) from error
    text.encode()  # half a surrogate pair is no text: UnicodeEncodeError is a ValueError
    if _ZERO_BYTE.search(text):
        msg = "a text holds a zero byte"
        raise ValueError(msg)
    return document, text


def _no_number(word: str) -> NoReturn:
    msg = f"{word} is no number"
    raise ValueError(msg)


def _event(facts: Facts, text: str) -> ToldEvent:
    _same(facts, "schema", EVENT)
    model = facts.inner("model")
    return ToldEvent(
        device=facts.text("device"),
        epoch=_matching(facts, "epoch", _EPOCH),
        seq=facts.whole("seq", 1, HIGHEST_SEQ),
        camera=facts.text("camera"),
        event_type=_matching(facts, "event_type", _WORD),
        change_id=_maybe(facts, "change_id"),
        ts=_moment(facts, "ts"),
        captured=_moment(facts, "captured"),
        clock_synced=facts.flag("clock_synced"),
        started=_moment(facts, "started") if facts.has("started") else None,
        ended=_moment(facts, "ended") if facts.has("ended") else None,
        end_reason=_matching(facts, "end_reason", _WORD) if facts.has("end_reason") else None,
        view=_matching(facts, "view", _WORD),
        kind=_matching(facts, "kind", _WORD) if facts.has("kind") else None,
        score=facts.real("score", 0, 1) if facts.has("score") else None,
        threshold=facts.real("threshold", 0, 1),
        persisted_s=facts.real("persisted_s", 0, 1e9) if facts.has("persisted_s") else None,
        area_px=_area_px(facts),
        late=facts.flag("late"),
        boot=facts.text("boot", most=64),
        model=f"{model.text('id', most=LONGEST_ID)} {model.text('version', most=LONGEST_ID)}".strip(),
        payload=text,
    )


def _gap(facts: Facts, text: str) -> ToldGap:
    _same(facts, "schema", GAP)
    first, last = (
        facts.whole(key, 1, HIGHEST_SEQ) if facts.has(key) else None for key in ("first_seq", "last_seq")
    )
    if (first is None) != (last is None) or (first or 0) > (last or 0):
        msg = "'first_seq' and 'last_seq' are no range"
        raise ValueError(msg)
    return ToldGap(
        device=facts.text("device"),
        epoch=_matching(facts, "epoch", _EPOCH),
        first_seq=first,
        last_seq=last,
        seq=facts.whole("seq", 1, HIGHEST_SEQ) if facts.has("seq") else None,
        count=facts.whole("count", 0, HIGHEST_SEQ) if facts.has("count") else None,
        reason=_matching(facts, "reason", _WORD),
        lost_epoch=_matching(facts, "lost_epoch", _EPOCH) if facts.has("lost_epoch") else None,
        ts=_moment(facts, "ts"),
        digest=digest_of(text.encode()),
        payload=text,
    )


def _area_px(facts: Facts) -> int:
    regions = [Facts(region) for region in facts.items("regions", most=64)]
    return min(HIGHEST_SEQ, sum(region.whole("area_px", 0, HIGHEST_SEQ) for region in regions))


def _same(facts: Facts, key: str, expected: str) -> None:
    if facts.text(key) != expected:
        msg = f"{key!r} is not {expected!r}, as its topic would have it"
        raise ValueError(msg)


def _matching(facts: Facts, key: str, pattern: re.Pattern[str]) -> str:
    text = facts.text(key)
    if not pattern.fullmatch(text):
        msg = f"{key!r} is missing or wrong"
        raise ValueError(msg)
    return text


def _maybe(facts: Facts, key: str) -> str | None:
    return facts.text(key, most=LONGEST_ID) if facts.has(key) else None


def _moment(facts: Facts, key: str) -> str:
    text = _matching(facts, key, _MOMENT)
    np.datetime64(text[:-1], "ms")  # knows the calendar: ValueError for a 30th of February
    return text
