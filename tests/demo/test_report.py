import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from edge.demo.page import render
from edge.demo.plan import plan
from edge.demo.recording import Recording, Sight
from edge.demo.report import source_run, story_run, write
from edge.demo.story import Line, Verdict
from edge.demo.subscriber import Heard
from edge.demo.timeline import Row, Span, clock, draw
from edge.errors import StorageError
from edge.sim.scene import tabletop

BEGAN_NS = 1_767_225_600_000_000_000
EVENT = (
    b'{"event_type":"change_started","change_id":"table-1","epoch":"e","seq":1,"note":"<script>alert(1)</script>",'
    b'"captured":"2026-01-01T00:00:14.600Z","regions":[{"box":[0.25,0.5,0.5,0.25]}],"end_reason":null}'
)
GOOD = Verdict((Line(14.0, "gone", "change_started", "change_started table-1", 0.6, good=True),), ())
LATE_LINE = Line(14.0, "gone", "change_started", "change_started table-1", 3.6, good=False, late=True)
LATE = Verdict((LATE_LINE,), ())
BAD = Verdict((Line(14.0, "gone", "change_started", "nothing", None, good=False),), ())


class Tags(HTMLParser):
    """Collects tags, and checks that they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an opening tag."""
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag that closes itself."""
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Take a closing tag."""
        if tag not in {"meta", "img"}:
            assert self.open.pop() == tag


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    picture = tmp_path / "evidence" / "000001-x-table-1-change_started-after.jpg"
    other = tmp_path / "evidence" / "000002-x-table-11-change_started-after.jpg"
    return Recording(
        began_ns=BEGAN_NS,
        seconds=40.0,
        frames=200,
        real_time=True,
        heard=[Heard("stillwatch/v1/demo/cam/table/event", EVENT, BEGAN_NS + 14_700_000_000, retained=False)],
        views=[Sight(14.6, "told", np.full((360, 640, 3), 90, np.uint8))],
        pictures=[picture, other],
        made=1,
    )


@pytest.fixture
def page(recording: Recording, tmp_path: Path) -> str:
    story = plan(tabletop(640, 360), seed=0)
    return render(story_run(story, GOOD, recording, tmp_path))


def test_the_page_is_well_formed(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert {tag for tag, _ in tags.seen}.isdisjoint({"script", "link", "iframe"})
    assert not re.search(r"(?i)https?:|@import|url\(", page)


def test_what_came_over_the_wire_is_text_and_nothing_more(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_an_event_is_shown_with_its_own_pictures_and_latency(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    sources = [attrs["src"] for tag, attrs in tags.seen if tag == "img"]
    assert sources == ["view-1.jpg", "evidence/000001-x-table-1-change_started-after.jpg"]
    assert "100 ms from picture to subscriber" in page


def test_the_place_is_marked_in_the_view(page: str) -> None:
    assert '<div class="mark" style="left:50.00%;top:62.50%">' in page


@pytest.mark.parametrize(
    ("table", "says", "mood"),
    [
        pytest.param(GOOD, "Everything that happened was reported", "good", id="good"),
        pytest.param(LATE, "gone: change_started table-1 came after 3.6 s, too late", "bad", id="late"),
        pytest.param(BAD, "gone: wanted change_started, told nothing", "bad", id="bad"),
    ],
)
def test_the_outcome_is_said_first(
    recording: Recording, tmp_path: Path, table: Verdict, says: str, mood: str
) -> None:
    page = render(story_run(plan(tabletop(640, 360), seed=0), table, recording, tmp_path))
    assert f'<p class="verdict {mood}">' in page
    assert says in page.partition("</p>\n<dl")[0]


def test_what_was_told_besides_is_not_called_late(recording: Recording, tmp_path: Path) -> None:
    line = Line(18.0, "a walk", "activity", "activity, change_started table-2", 0.4, good=False)
    run = story_run(plan(tabletop(640, 360), seed=0), Verdict((line,), ()), recording, tmp_path)
    assert "wanted activity, told activity, change_started table-2" in run.outcome


def test_a_page_of_one_s_own_pictures_claims_no_truth(recording: Recording, tmp_path: Path) -> None:
    page = render(source_run("file:clip.mp4", recording, tmp_path, problem=""))
    assert "should be told" not in page
    assert "Frames came, and the subscriber got every event." in page


def test_the_page_and_its_views_are_written(recording: Recording, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    page = write(source_run("file:clip.mp4", recording, tmp_path, problem=""), recording, out)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    view = cv2.imread(str(out / "view-1.jpg"))
    assert view is not None
    assert view.shape == (720, 1280, 3)
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "view-1.jpg"]


def test_a_page_that_cannot_be_written_says_so(recording: Recording, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = source_run("file:clip.mp4", recording, tmp_path, problem="")
    with pytest.raises(StorageError, match="file: cannot be written to"):
        write(run, recording, tmp_path / "file")


def test_the_line_of_time_is_to_scale() -> None:
    svg = ET.fromstring(draw(40.0, [Row("change", "change", (Span(10.0, 30.0, "a<b"),))]))  # noqa: S314 - ours
    (bar,) = svg.iter("rect")
    left, wide = float(bar.attrib["x"]), float(bar.attrib["width"])
    assert [left, left + wide] == pytest.approx([342.0, 770.0])


def test_the_light_is_named_where_it_settles() -> None:
    light = [(0.0, 1.0), (1.0, 1.0), (2.0, 0.8), (3.0, 0.65), (4.0, 0.65), (5.0, 0.65)]
    assert re.findall(r">(\d+ %)<", draw(5.0, [], light=light)) == ["65 %"]


@pytest.mark.parametrize(
    ("second", "text"), [(0.0, "0:00"), (5.999, "0:06"), (61.5, "1:01"), (3599.0, "59:59")]
)
def test_times_are_minutes_and_seconds(second: float, text: str) -> None:
    assert clock(second) == text
