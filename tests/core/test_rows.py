from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.rows import COLUMNS, change_of, post_of, row_of, serial, text_of
from edge.types import Box, Post, View
from tests.drawn import changes
from tests.samples import NOON_NS, a_change

if TYPE_CHECKING:
    from edge.types import Change


def facts(change: Change) -> tuple[object, ...]:
    """Return what makes two changes the same."""
    bits = change.mask.bits
    told = (change.kind, change.persistent, change.end_reason)
    return (change.change_id, change.camera, change.status, change.mask.box, bits.shape, bits.tobytes(), told)


@given(changes(640, 480))
def test_a_change_survives_being_a_row(change: Change) -> None:
    assert facts(change_of(row_of(change))) == facts(change)


@given(changes(640, 480))
def test_a_row_holds_only_plain_values(change: Change) -> None:
    assert {type(cell) for cell in row_of(change)} <= {int, float, str, bytes, type(None)}


@given(changes(640, 480))
def test_a_row_survives_being_a_change(change: Change) -> None:
    row = row_of(change)
    assert row_of(change_of(row)) == row


@pytest.mark.parametrize(
    ("wall_ns", "kept_ns"),
    [
        pytest.param(-1, 0, id="before-1970"),
        pytest.param(2**63, 2**63 - 1, id="after-the-last-moment"),
        pytest.param(NOON_NS, NOON_NS, id="any-other-moment-exactly"),
    ],
)
def test_a_moment_that_a_row_cannot_hold_is_bent(wall_ns: int, kept_ns: int) -> None:
    assert change_of(row_of(replace(a_change(), started_ns=wall_ns))).started_ns == kept_ns


def test_coordinates_that_numpy_computed_become_plain() -> None:
    sides: list[int] = list(np.array([30, 40, 40, 52]))
    row = row_of(a_change(box=Box(*sides)))
    assert {type(cell) for cell in row[11:15]} == {int}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("change_id", None, id="no-id"),
        pytest.param("change_id", "x" * 129, id="an-endless-id"),
        pytest.param("camera", b"shelf", id="a-camera-of-bytes"),
        pytest.param("status", "gone", id="an-unknown-status"),
        pytest.param("kind", None, id="no-kind"),
        pytest.param("score", None, id="no-score"),
        pytest.param("score", float("inf"), id="an-infinite-score"),
        pytest.param("started_ns", -1, id="before-1970"),
        pytest.param("seen_ns", 2**63, id="after-the-last-moment"),
        pytest.param("persistent", 2, id="neither-yes-nor-no"),
        pytest.param("ended_ns", "noon", id="a-moment-of-text"),
        pytest.param("end_reason", "bored", id="an-unknown-reason"),
        pytest.param("box_right", 30, id="an-empty-box"),
        pytest.param("box_right", 65537, id="a-box-beyond-any-image"),
        pytest.param("box_top", 1.5, id="half-a-pixel"),
        pytest.param("bits", b"", id="no-bits"),
        pytest.param("bits", b"\0" * 99, id="bits-that-do-not-fill-the-box"),
        pytest.param("bits", "0" * 15, id="bits-of-text"),
    ],
)
def test_a_damaged_row_is_no_change(column: str, value: object) -> None:
    row: list[object] = list(row_of(a_change()))
    row[COLUMNS.index(column)] = value
    with pytest.raises(ValueError, match=r"."):
        change_of(row)


cells = st.none() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=8)


@given(st.lists(cells, max_size=len(COLUMNS) + 1))
def test_a_row_of_garbage_is_no_change(row: list[object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        change_of(row)


@pytest.mark.parametrize(
    ("change_id", "number"),
    [
        pytest.param("c-41", 41, id="the-number-at-the-end"),
        pytest.param("shelf-2-7", 7, id="the-last-of-two"),
        pytest.param("c-0007", 7, id="leading-zeros-count-for-nothing"),
        pytest.param("c", 0, id="no-number"),
        pytest.param("41-c", 0, id="not-at-the-end"),
    ],
)
def test_the_number_of_an_id(change_id: str, number: int) -> None:
    assert serial(change_id) == number


@given(
    st.booleans(),
    st.lists(st.sampled_from(View), unique=True),
    st.none() | st.integers(0, 1000).map(lambda share: share / 1000),
)
def test_a_post_comes_back_from_its_text(
    armed: bool,  # noqa: FBT001 - drawn
    alerts: list[View],
    sensitivity: float | None,
) -> None:
    post = Post("shelf", armed, tuple(alerts), sensitivity)
    assert post_of("shelf", text_of(post)) == post


@pytest.mark.parametrize(
    "text",
    [
        "",
        "armd",
        "armed moved?",
        7,
        None,
        "armed " * 40,
        "armed  dark",
        "armed sensitivity=",
        "armed sensitivity=2",
        "armed sensitivity=nan",
        "armed dark sensitivity=0.5",
    ],
)
def test_what_is_no_post_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        post_of("shelf", text)
