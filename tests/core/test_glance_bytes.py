from __future__ import annotations

import json
import struct
import zlib
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.glance_bytes import MAX_BYTES, packed, unpacked
from edge.core.glances import Blind, Glance
from edge.types import View
from tests.glances import a_glance, a_spot, told

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = a_glance(
    score=0.93, hot_px=144, blind=Blind.IGNORED, spots=[a_spot(), a_spot(moving=None)], known=[told()]
)


def same(one: Glance, other: Glance) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        if isinstance(getattr(one, field.name), np.ndarray)
        else getattr(one, field.name) == getattr(other, field.name)
        for field in fields(Glance)
    )


@pytest.mark.parametrize(
    "glance",
    [
        pytest.param(FULL, id="with-everything"),
        pytest.param(a_glance(), id="of-a-quiet-view"),
        pytest.param(a_glance(view=View.LOST, reason="unplugged"), id="without-a-frame"),
        pytest.param(replace(a_glance(view=View.LOST), frame_size=(0, 0)), id="that-never-saw-anything"),
    ],
)
def test_a_glance_survives(glance: Glance) -> None:
    assert same(unpacked(packed(glance)), glance)


def test_a_quiet_glance_is_small() -> None:
    assert len(packed(a_glance())) < 400


def doctored(**changes: object) -> bytes:
    """Return a full glance of which some facts were changed."""
    plain = zlib.decompress(packed(FULL))
    (length,) = struct.unpack_from("<I", plain)
    facts = json.loads(plain[4 : 4 + length]) | changes
    text = json.dumps(facts).encode()
    return zlib.compress(struct.pack("<I", len(text)) + text + plain[4 + length :])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"camera": 7}, id="a-name-that-is-none"),
        pytest.param({"view": "upside-down"}, id="an-unknown-view"),
        pytest.param({"size": [10**9, 5]}, id="a-picture-beyond-all-bounds"),
        pytest.param({"size": [640, 480]}, id="another-pictures-grid"),
        pytest.param({"cells": [96, 97]}, id="a-grid-that-is-too-large"),
        pytest.param({"threshold": float("nan")}, id="a-threshold-that-is-no-number"),
        pytest.param({"confirm": [0, 5]}, id="zero-of-five"),
        pytest.param({"armed": 1}, id="neither-true-nor-false"),
        pytest.param({"spots": [[1, 2, 3]]}, id="a-spot-with-parts-missing"),
        pytest.param({"spots": {}}, id="spots-that-are-no-list"),
        pytest.param({"spots": [[0, 0, 1, 1, 1, 0.5, "eaten", 0, 1]]}, id="an-unknown-kind"),
        pytest.param({"known": [["x", "open", 0, 0, 10**7, 1]]}, id="a-change-outside-of-all-pictures"),
        pytest.param({"known": [["x", "open", 0, 0, 1, 1]] * 101}, id="too-many-changes"),
        pytest.param({"reference": [1, 2]}, id="a-reference-without-a-name"),
        pytest.param({"ns": 10**400}, id="a-moment-beyond-all-clocks"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        unpacked(doctored(**changes))


def test_facts_that_are_as_they_were_are_taken() -> None:
    assert same(unpacked(doctored()), FULL)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda content: content[:-3], id="torn"),
        pytest.param(lambda _: zlib.compress(bytes(MAX_BYTES + 1)), id="a-bomb"),
        pytest.param(lambda _: zlib.compress(b"\xff\xff\xff\xff"), id="a-length-beyond-the-end"),
        pytest.param(lambda _: zlib.compress(b"\x02\0\0\0[]"), id="no-object"),
        pytest.param(lambda _: zlib.compress(struct.pack("<I", 60_000) + b"[" * 60_000), id="a-deep-nest"),
    ],
)
def test_damage_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        unpacked(damage(packed(FULL)))


def test_a_cell_that_is_blind_for_no_reason_is_refused() -> None:
    blind = FULL.blind.copy()
    blind[0, 0] = 200
    with pytest.raises(ValueError, match="no reason"):
        unpacked(packed(replace(FULL, blind=blind)))


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused_whatever_they_are(content: bytes) -> None:
    for whole in (content, zlib.compress(content)):
        with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
            unpacked(whole)
