from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.images import KINDS, MAX_BYTES, Images
from edge.sim.clock import SimClock
from edge.sim.world import SimOutbox
from edge.types import Event, EventType, Frame, Look, Moment, View
from edge.vision.encoded import decoded
from tests.samples import MODEL, a_change, an_event
from tests.stage import BARE, CAMERA, PLACE, Stage, reference

BASE = f"stillwatch/v1/bench1/cam/{CAMERA}/image"
LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
TOLD = (an_event(a_change()),)


def a_moment(*events: Event, frame: Frame | None = None) -> Moment:
    """Return a moment of a camera that sees a change."""
    frame = frame or Stage().frame()
    look = Look(
        frame.taken,
        View.OK,
        (),
        PLACE,
        np.where(PLACE, np.float32(1.0), np.float32(0.0)),
        (0.0, 0.0),
        MODEL,
        5.0,
    )
    return Moment(
        CAMERA,
        frame.taken,
        View.OK,
        0.6,
        frame=frame,
        look=look,
        reference=reference(),
        changes=(a_change(),),
        events=events,
    )


class Wall:
    """Where pictures of one camera hang."""

    def __init__(self, *kinds: str, private: tuple[tuple[tuple[float, float], ...], ...] = ()) -> None:
        self.outbox = SimOutbox()
        self.images = Images(self.outbox, device="bench1", kinds=kinds, private={CAMERA: private})

    def shown(self) -> list[str]:
        """Return which pictures were shown since the last call, in order."""
        shown = [message.topic.removeprefix(f"{BASE}/") for message in self.outbox.shown]
        self.outbox.shown.clear()
        return shown


def test_nothing_is_shown_where_nothing_is_wanted() -> None:
    wall = Wall()
    wall.images.note(a_moment(*TOLD))
    assert wall.shown() == []


@pytest.mark.parametrize("kinds", [("change",), ("heatmap",), ("reference",), KINDS])
def test_a_change_is_shown_in_the_pictures_that_are_wanted(kinds: tuple[str, ...]) -> None:
    wall = Wall(*kinds)
    wall.images.note(a_moment())
    wall.shown()
    wall.images.note(a_moment(*TOLD))
    assert wall.shown() == list(kinds)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param(EventType.CHANGE_STARTED, list(KINDS), id="a-change-starts"),
        pytest.param(EventType.CHANGE_UPDATED, list(KINDS), id="it-looks-otherwise"),
        pytest.param(EventType.CHANGE_PERSISTENT, [], id="it-lasts"),
        pytest.param(EventType.CHANGE_ENDED, [], id="it-ends"),
        pytest.param(EventType.VIEW_ALERT, [], id="the-view-is-bad"),
        pytest.param(EventType.REFERENCE_UPDATED, ["reference"], id="the-reference-is-another"),
    ],
)
def test_pictures_are_shown_when(told: EventType, shown: list[str]) -> None:
    wall = Wall(*KINDS)
    wall.images.note(a_moment())
    wall.shown()
    wall.images.note(a_moment(replace(an_event(a_change()), event_type=told)))
    assert wall.shown() == shown


def test_the_reference_is_shown_at_the_start_for_a_broker_that_lost_it() -> None:
    wall = Wall(*KINDS)
    for _ in range(3):
        wall.images.note(a_moment())
    assert wall.shown() == ["reference"]


def test_a_picture_is_kept_by_the_broker_and_costs_no_acknowledgement() -> None:
    wall = Wall("change")
    wall.images.note(a_moment(*TOLD))
    (message,) = wall.outbox.shown
    assert (message.qos, message.retain, message.payload[:2]) == (0, True, b"\xff\xd8")


def test_what_is_not_wanted_any_more_is_taken_back() -> None:
    wall = Wall("change")
    wall.images.take_back()
    assert [(message.topic, message.payload) for message in wall.outbox.shown] == [
        (f"{BASE}/heatmap", b""),
        (f"{BASE}/reference", b""),
    ]


def test_what_has_become_private_since_the_reference_was_learned_is_black() -> None:
    wall = Wall("reference", private=(LEFT_HALF,))
    wall.images.note(a_moment())
    pixels = decoded(wall.outbox.shown[0].payload)
    width = pixels.shape[1]
    assert pixels[:, : width // 2 - 8].max() < 16
    assert pixels[:, width // 2 + 8 :].mean() > 50


def test_a_picture_that_is_hard_to_compress_is_small_enough() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    wall = Wall("change")
    wall.images.note(a_moment(*TOLD, frame=Frame(CAMERA, 1, SimClock().now(), noise)))
    assert 0 < len(wall.outbox.shown[0].payload) <= MAX_BYTES


def test_a_heatmap_fits_a_frame_of_another_size() -> None:
    frame = Frame(
        CAMERA, 1, SimClock().now(), np.full((2 * BARE.shape[0], 2 * BARE.shape[1], 3), 90, np.uint8)
    )
    wall = Wall("heatmap")
    wall.images.note(a_moment(*TOLD, frame=frame))
    assert decoded(wall.outbox.shown[0].payload).shape == frame.pixels.shape


# ---- shown again ----


@pytest.mark.parametrize("camera", [CAMERA, "*"])
def test_the_newest_pictures_are_shown_again_on_demand(camera: str) -> None:
    wall = Wall("change")
    wall.images.note(a_moment())
    assert wall.images.again(camera) is None
    assert wall.shown() == ["change"]


def test_before_the_first_frame_there_is_nothing_to_show_again() -> None:
    assert Wall("change").images.again(CAMERA) == "no picture has come from the camera yet"


def test_where_no_pictures_are_wanted_a_demand_is_told_how_to_want_them() -> None:
    wall = Wall()
    wall.images.note(a_moment())
    assert "[mqtt] images" in str(wall.images.again(CAMERA))
    assert wall.shown() == []
