from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core import numbered
from edge.core.glance_bytes import packed
from edge.core.segments import LOOK, MAGIC, NUMBER, PICTURE, Record, framed
from edge.drivers.evidence_files import EvidenceVisit
from edge.drivers.evidence_files.ring import SegmentRing, segments
from edge.errors import StorageError
from tests.glances import SECOND_NS, a_glance
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from pathlib import Path

JPEG = b"\xff\xd8 a picture"
HOUR_NS = 3600 * SECOND_NS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the evidence of a device that kept three looks, a picture and a number."""
    ring = SegmentRing(tmp_path / "looks", max_bytes=1 << 20)
    for second in (0, 10, 20):
        ring.append(
            Record(LOOK, NOON_NS + second * SECOND_NS, "shelf", packed(a_glance(after_s=float(second))))
        )
    ring.append(Record(PICTURE, NOON_NS, "shelf", JPEG))
    said = numbered.numbered(an_event(a_change("shelf-3")), "e1", 7)
    ring.append(Record(NUMBER, NOON_NS, "shelf", numbered.encoded(said)))
    return tmp_path


def segment(folder: Path) -> Path:
    return segments(folder / "looks")[0]


def test_looks_of_a_stretch_of_time_are_found(folder: Path) -> None:
    visit = EvidenceVisit(folder)
    found = visit.glances("shelf", NOON_NS + 5 * SECOND_NS, NOON_NS + 20 * SECOND_NS)
    assert [glance.taken_ns - NOON_NS for glance in found] == [10 * SECOND_NS, 20 * SECOND_NS]
    assert visit.glances("door", 0, 2 * NOON_NS) == []


def test_it_says_how_far_the_looks_reach(folder: Path) -> None:
    assert EvidenceVisit(folder).reach() == {"shelf": (NOON_NS, NOON_NS + 20 * SECOND_NS)}


def test_pictures_are_found(folder: Path) -> None:
    assert EvidenceVisit(folder).pictures("shelf", NOON_NS, NOON_NS) == [(NOON_NS, JPEG)]
    assert EvidenceVisit(folder).pictures("shelf", NOON_NS + 1, NOON_NS + 2) == []


def test_a_number_leads_to_its_event(folder: Path) -> None:
    number = EvidenceVisit(folder).number("e1", 7)
    assert number is not None
    assert number.change_id == "shelf-3"
    assert EvidenceVisit(folder).number("e1", 8) is None


def test_without_a_folder_there_is_nothing_to_visit(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="has the device run"):
        EvidenceVisit(tmp_path / "none")


def test_before_the_first_look_there_are_none(tmp_path: Path) -> None:
    visit = EvidenceVisit(tmp_path)
    assert (visit.events(), visit.reach(), visit.skipped) == ([], {}, [])


def test_a_record_that_is_being_written_is_no_damage(folder: Path) -> None:
    with segment(folder).open("ab") as file:
        file.write(framed(Record(LOOK, 0, "shelf", b"x" * 99))[:-9])
    visit = EvidenceVisit(folder)
    assert (len(visit.glances("shelf", 0, 2 * NOON_NS)), visit.skipped) == (3, [])


def test_a_damaged_segment_is_read_up_to_the_damage_and_named(folder: Path) -> None:
    content = bytearray(segment(folder).read_bytes())
    content[-10] ^= 1
    segment(folder).write_bytes(content)
    (folder / "looks" / "000002.segment").write_bytes(MAGIC)
    visit = EvidenceVisit(folder)
    assert (visit.number("e1", 7), len(visit.glances("shelf", 0, 2 * NOON_NS))) == (None, 3)
    assert "000001.segment: damaged after" in visit.skipped[0]


def test_a_look_that_is_none_is_left_out_and_named(folder: Path) -> None:
    with segment(folder).open("ab") as file:
        file.write(framed(Record(LOOK, NOON_NS, "shelf", b"poem")))
    visit = EvidenceVisit(folder)
    assert (len(visit.glances("shelf", 0, 2 * NOON_NS)), visit.skipped) == (3, ["a look: damaged"])


def test_records_of_a_later_version_are_passed_over(folder: Path) -> None:
    with segment(folder).open("ab") as file:
        file.write(framed(Record(200, NOON_NS, "shelf", b"who knows")))
    visit = EvidenceVisit(folder)
    assert (len(visit.glances("shelf", 0, 2 * NOON_NS)), visit.skipped) == (3, [])


def test_an_events_record_that_is_damaged_is_left_out_and_named(folder: Path) -> None:
    (folder / "000001-x-shelf-1-change_started-record.json").write_bytes(b"{}")
    visit = EvidenceVisit(folder)
    assert visit.events() == []
    assert visit.skipped[0].startswith("000001-x-shelf-1-change_started-record.json: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), whole=st.booleans())
def test_no_bytes_break_a_visit(tmp_path: Path, content: bytes, *, whole: bool) -> None:
    looks = tmp_path / "looks"
    looks.mkdir(exist_ok=True)
    kinds = (LOOK, PICTURE, NUMBER)
    framed_ones = b"".join(framed(Record(kind, NOON_NS, "shelf", content)) for kind in kinds)
    (looks / "000001.segment").write_bytes(MAGIC + (framed_ones if whole else content))
    (tmp_path / "000001-x-shelf-1-change_started-record.json").write_bytes(content)
    visit = EvidenceVisit(tmp_path)
    assert (visit.events(), visit.glances("shelf", 0, 2 * NOON_NS)) == ([], [])
    assert visit.number("e1", 1) is None
    visit.pictures("shelf", 0, 2 * NOON_NS)
    visit.reach()
