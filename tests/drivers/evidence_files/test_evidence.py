from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.config import CameraConfig, Source, SourceKind
from edge.core.limits import Limits
from edge.drivers.evidence_files import EvidenceVisit, FileEvidence
from edge.types import Box, Event, Frame, Instant, Look, Moment, Reference, View
from tests.samples import MODEL, a_change, an_event
from tests.schema_faults import faults

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
    told = event or an_event(a_change("shelf-1", box=SPOT))
    seen = look or a_look()
    evidence.note(
        Moment("shelf", FRAME.taken, View.OK, 0.6, FRAME, seen, REFERENCE, changes=(), events=(told,))
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def picture(folder: Path, kind: str) -> NDArray[np.int64]:
    """Return a kept picture as RGB."""
    (path,) = folder.glob(f"*-{kind}.jpg")
    read = cv2.imread(str(path))
    assert read is not None
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB).astype(np.int64)


def centre(pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2])


def test_an_event_leaves_a_record_and_before_after_and_heat(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    start = "000001-20261122T120001Z-shelf-1-change_started"
    assert names(tmp_path) == [
        *(f"{start}-{kind}.jpg" for kind in ("after", "before", "heat")),
        f"{start}-record.json",
    ]


def test_the_record_is_as_the_schema_says(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path))
    (path,) = tmp_path.glob("*.json")
    assert faults("evidence", path.read_bytes()) == []


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
    keep(FileEvidence(tmp_path))
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


def test_what_has_become_private_since_it_was_learned_is_black(tmp_path: Path) -> None:
    everything = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    source = Source(SourceKind.SIM, "")
    camera = CameraConfig("shelf", source, 2.0, Limits(), privacy=(everything,))
    keep(FileEvidence(tmp_path, [camera]))
    assert centre(picture(tmp_path, "before")).max() < 12


def test_a_coarse_score_is_laid_over_the_same_place(tmp_path: Path) -> None:
    score = np.zeros((48, 64), np.float32)
    score[20:22, 30:32] = 1.0
    keep(FileEvidence(tmp_path), look=a_look(score))
    assert centre(picture(tmp_path, "heat"))[0] > 180


def test_without_a_score_there_is_no_heat(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path), look=a_look(np.zeros((0, 0), np.float32)))
    assert not list(tmp_path.glob("*heat*"))


def test_events_about_the_view_leave_the_whole_of_it(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path), an_event())
    assert [name.rpartition("-")[2] for name in names(tmp_path)] == ["record.json", "view.jpg"]
    assert picture(tmp_path, "view").shape == (360, 480, 3)


def test_only_as_much_is_kept_as_there_is_room_for(tmp_path: Path) -> None:
    room = 600_000
    evidence = FileEvidence(tmp_path, max_bytes=room)
    for number in range(12):
        keep(evidence, an_event(a_change(f"shelf-{number}", box=SPOT)))
    sizes = [path.stat().st_size for path in tmp_path.iterdir() if path.is_file()]
    assert room / 4 < sum(sizes) <= room / 2
    assert "11" in {name.split("-")[3] for name in names(tmp_path)}


def test_order_survives_a_clock_that_was_set_back(tmp_path: Path) -> None:
    evidence = FileEvidence(tmp_path)
    keep(evidence)
    keep(evidence, replace(an_event(a_change("shelf-2", box=SPOT)), decided_ns=0))
    kept = EvidenceVisit(tmp_path).events()
    assert [one.evidence.change.change_id for one in kept if one.evidence.change] == ["shelf-1", "shelf-2"]


def test_files_of_other_people_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(bytes(1_000_000))
    for _ in range(3):
        keep(FileEvidence(tmp_path, max_bytes=1))
    assert "holiday.jpg" in names(tmp_path)


def test_what_a_power_cut_left_unfinished_goes(tmp_path: Path) -> None:
    (tmp_path / "000001-x-before.new").touch()
    keep(FileEvidence(tmp_path))
    assert [name for name in names(tmp_path) if name.endswith(".new")] == []


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    keep(FileEvidence(tmp_path / "evidence"), an_event(a_change("../../x", box=SPOT)))
    assert names(tmp_path) == []
    assert len(names(tmp_path / "evidence")) == 4


def test_a_disk_that_refuses_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    evidence = FileEvidence(tmp_path / "evidence")
    keep(evidence)
    keep(evidence)
    assert len(caplog.records) == 1
