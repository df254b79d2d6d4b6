from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.evidence_files import FileEvidence, around, enlargement
from edge.types import Box, Event, Frame, Instant, Look, Reference, View
from tests.samples import MODEL, a_change, an_event

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (480, 640)
SPOT = Box(300, 200, 312, 212)
BLUE = (20, 20, 200)


def scene(*, changed: bool) -> NDArray[np.uint8]:
    pixels = np.full((*SIZE, 3), 100, np.uint8)
    if changed:
        pixels[SPOT.top : SPOT.bottom, SPOT.left : SPOT.right] = BLUE
    return pixels


REFERENCE = Reference(
    "day-1", "day", scene(changed=False), np.ones(SIZE, np.float32), np.ones(SIZE, np.bool_), taken_ns=0
)
FRAME = Frame("shelf", 0, Instant(0, 0), scene(changed=True))


def a_look(score: NDArray[np.float32] | None = None) -> Look:
    hot = np.zeros(SIZE, np.bool_)
    if score is None:
        score = np.zeros(SIZE, np.float32)
        score[SPOT.top : SPOT.bottom, SPOT.left : SPOT.right] = 1.0
    return Look(FRAME.taken, View.OK, (), hot, score, (0.0, 0.0), MODEL, 1.0)


def keep(evidence: FileEvidence, event: Event | None = None, look: Look | None = None) -> None:
    evidence.keep(event or an_event(a_change("shelf-1", box=SPOT)), FRAME, REFERENCE, look or a_look())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def picture(folder: Path, kind: str) -> NDArray[np.int64]:
    """Return a kept picture as RGB."""
    (path,) = folder.glob(f"*-{kind}.jpg")
    read = cv2.imread(str(path))
    assert read is not None
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB).astype(np.int64)


def centre(pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2])


def test_an_event_leaves_before_after_and_heat(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    start = "000001-20261122T120001Z-shelf-1-change_started"
    assert names(tmp_path) == [f"{start}-{kind}.jpg" for kind in ("after", "before", "heat")]


def test_the_change_is_in_the_middle_and_has_its_colour(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    assert np.abs(centre(picture(tmp_path, "after")) - BLUE).max() < 12
    assert np.abs(centre(picture(tmp_path, "before")) - 100).max() < 12


def test_a_change_of_twelve_pixels_is_plain_to_see(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    blue = picture(tmp_path, "after")[..., 2] > 150
    assert picture(tmp_path, "after").shape == (720, 1280, 3)
    assert np.sqrt(np.count_nonzero(blue)) >= 46


def test_a_rectangle_surrounds_the_change_without_touching_it(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path, margin=4))
    before = picture(tmp_path, "before")
    rows, columns = np.nonzero(before[..., 0] - before[..., 2] > 100)
    assert (np.ptp(rows), np.ptp(columns)) == pytest.approx((4 * 20 - 1, 4 * 20 - 1), abs=2)
    middle = np.array([rows.min() + rows.max(), columns.min() + columns.max()]) / 2
    assert middle == pytest.approx((360, 640), abs=4)


def test_heat_shows_where_the_score_is(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    heat = picture(tmp_path, "heat")
    assert np.abs(heat[10, 10] - 100).max() < 12
    assert centre(heat)[0] > 200


def test_a_coarse_score_is_laid_over_the_same_place(tmp_path: Path) -> None:
    score = np.zeros((48, 64), np.float32)
    score[20:22, 30:32] = 1.0
    keep(FileEvidence(tmp_path), look=a_look(score))
    assert centre(picture(tmp_path, "heat"))[0] > 180


def test_without_a_score_there_is_no_heat(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path), look=a_look(np.zeros((0, 0), np.float32)))
    assert len(names(tmp_path)) == 2


def test_events_about_the_view_leave_no_pictures(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path / "evidence"), an_event())
    assert not (tmp_path / "evidence").exists()


def test_only_the_newest_events_are_kept(tmp_path: Path) -> None:
    for _ in range(5):
        keep(FileEvidence(tmp_path, keep=2))
    assert {name.partition("-")[0] for name in names(tmp_path)} == {"000004", "000005"}


def test_order_survives_a_clock_that_was_set_back(tmp_path: Path) -> None:
    evidence = FileEvidence(tmp_path, keep=1)
    keep(evidence)
    keep(evidence, replace(an_event(a_change("shelf-2", box=SPOT)), decided_ns=0))
    assert {name.split("-", 2)[2].partition("-change")[0] for name in names(tmp_path)} == {"shelf-2"}


def test_files_of_other_people_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    for _ in range(3):
        keep(FileEvidence(tmp_path, keep=1))
    assert "holiday.jpg" in names(tmp_path)


def test_what_a_power_cut_left_unfinished_goes(tmp_path: Path) -> None:
    (tmp_path / "000001-x-before.new").touch()
    keep(FileEvidence(tmp_path))
    assert [name for name in names(tmp_path) if not name.endswith(".jpg")] == []


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path / "evidence"), an_event(a_change("../../x", box=SPOT)))
    assert names(tmp_path) == ["evidence"]
    assert len(names(tmp_path / "evidence")) == 3


def test_a_disk_that_refuses_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    evidence = FileEvidence(tmp_path / "evidence")
    keep(evidence)
    keep(evidence)
    assert len(caplog.records) == 1


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Box, int, int]:
    width, height = draw(st.integers(1, 5000)), draw(st.integers(1, 5000))
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (
        Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height))),
        width,
        height,
    )


@given(boxes())
def test_a_cut_out_holds_the_box_and_lies_inside_the_picture(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert 0 <= crop.left <= box.left < box.right <= crop.right <= width
    assert 0 <= crop.top <= box.top < box.bottom <= crop.bottom <= height


@given(boxes())
def test_a_cut_out_is_never_wider_than_a_screen(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert crop.width * enlargement(box, crop) <= 1280 + 1e-6


@given(boxes())
def test_a_box_is_surrounded_by_its_neighbourhood(drawn: tuple[Box, int, int]) -> None:
    box, width, height = drawn
    crop = around(box, width=width, height=height)
    assert crop.width >= min(width, max(320, 3 * box.width))
    assert crop.height >= min(height, max(180, 3 * box.height))
