"""From a recording to figures, a page and its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.demo.page import PICTURES, Exhibit, Run, render
from edge.demo.story import Lasting, Passing
from edge.demo.timeline import Row, Span, clock, draw
from edge.drivers.picture_files import write_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.demo.plan import Plan
    from edge.demo.recording import Recording
    from edge.demo.story import Line, Verdict
    from edge.demo.told import Told

PAGE = "index.html"
VIEW_WIDTH = 1280
LIGHT_EVERY_S = 0.2
STORY = (
    "A simulated camera films a photograph with small parts on it. The light changes, one part vanishes,"
    " somebody walks through, and the part comes back. Below is what happened, and what an MQTT subscriber"
    " was told about it."
)
ALL_HEARD = "Frames came, and the subscriber got every event."

Facts = list[tuple[str, str]]


def story_run(story: Plan, verdict: Verdict, recording: Recording, out: Path) -> Run:
    """Return the page of a scripted scene; ``out`` is where it will lie."""
    end_s = max(recording.seconds, 1.0)
    missing = [(truth.at_s, truth.undone_s) for truth in story.truths if isinstance(truth, Lasting)]
    walks = [(truth.at_s, truth.ends_s) for truth in story.truths if isinstance(truth, Passing)]
    rows = [
        Row("learning, told", "learn", tuple(recording.learning())),
        Row("somebody there", "light", _spans(walks, end_s)),
        Row("activity, told", "moves", tuple(recording.activity())),
        Row("part missing", "light", _spans(missing, end_s)),
        Row("change, told", "change", tuple(recording.changes())),
    ]
    seconds = np.arange(0.0, end_s, LIGHT_EVERY_S).tolist()
    light = [(second, story.script.at(second).gain) for second in seconds]
    return Run(
        title="stillwatch: a demonstration",
        about=STORY,
        outcome=outcome(verdict),
        good=verdict.passed,
        facts=story_facts(recording, verdict),
        timeline=draw(end_s, rows, light=light, ticks=_ticks(recording)),
        views=_views(recording),
        verdict=verdict,
        exhibits=_exhibits(recording, out),
    )


def source_run(source: str, recording: Recording, out: Path, *, problem: str) -> Run:
    """Return the page of somebody's own pictures, of which nobody knows the truth.

    Args:
        source: Where they came from, without a password.
        recording: The run.
        out: Where the page will lie.
        problem: What went wrong; empty when nothing did.
    """
    rows = [
        Row("learning, told", "learn", tuple(recording.learning())),
        Row("activity, told", "moves", tuple(recording.activity())),
        Row("change, told", "change", tuple(recording.changes())),
    ]
    return Run(
        title="stillwatch: what it saw",
        about=f"Watched {source} for {recording.seconds:.0f} seconds.",
        outcome=problem or ALL_HEARD,
        good=not problem,
        facts=source_facts(recording),
        timeline=draw(max(recording.seconds, 1.0), rows, ticks=_ticks(recording)),
        views=_views(recording),
        verdict=None,
        exhibits=_exhibits(recording, out),
    )


def outcome(verdict: Verdict) -> str:
    """Return the result in one sentence."""
    if verdict.passed:
        return "Everything that happened was reported, and nothing else was."
    bad = [line for line in verdict.lines if not line.good]
    wrong = [f"{line.what}: {_fault(line)}" for line in bad]
    wrong += [f"told without cause: {event.event_type} {event.change_id}".rstrip() for event in verdict.false]
    return f"Not as it should be. {'; '.join(wrong)}."


def _fault(line: Line) -> str:
    """Return what is wrong with what was told of a moment."""
    if line.late and line.after_s is not None:
        return f"{line.told} came after {line.after_s:.1f} s, too late: try stillwatch demo --fast"
    return f"wanted {line.wanted}, told {line.told}"


def story_facts(recording: Recording, verdict: Verdict) -> Facts:
    """Return the figures of a scripted scene."""
    first = next((line.after_s for line in verdict.lines if line.wanted == "change_started"), None)
    return [
        ("from the change to the frame that confirms it", "none" if first is None else f"{first:.1f} s"),
        *_latency(recording),
        ("events that nothing explains", str(len(verdict.false))),
        *_pace(recording),
    ]


def source_facts(recording: Recording) -> Facts:
    """Return the figures of somebody's own pictures."""
    active_s = sum(span.to_s - span.from_s for span in recording.activity())
    counts = recording.count()
    return [
        *((f"events {name}", str(number)) for name, number in sorted(counts.items())),
        *((("events", "0"),) if not counts else ()),
        ("seconds of activity", f"{active_s:.1f}"),
        *_latency(recording),
        *_pace(recording),
    ]


def write(run: Run, recording: Recording, out: Path) -> Path:
    """Write the page and the whole frames it shows into a folder; return the page's path.

    Raises:
        StorageError: The disk refuses.
    """
    files: dict[str, bytes] = {}
    for view, (file, _) in zip(recording.views, _views(recording), strict=True):
        height, width = view.pixels.shape[:2]
        size = VIEW_WIDTH, round(height * VIEW_WIDTH / width)
        small = cv2.resize(view.pixels, size, interpolation=cv2.INTER_AREA)
        encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
        files[file] = encoded.tobytes()
    write_files(out, {**files, PAGE: render(run).encode()})
    return out / PAGE


def _latency(recording: Recording) -> Facts:
    usual_ms = recording.usual_latency_ms()
    name = "from a frame to the MQTT subscriber (median)"
    return [] if usual_ms is None else [(name, f"{usual_ms:.0f} ms")]


def _pace(recording: Recording) -> Facts:
    pace = f"{recording.frames / recording.seconds:.1f}" if recording.seconds > 0 else "0"
    return [("frames", str(recording.frames)), ("frames a second", pace)]


def _spans(stretches: Sequence[tuple[float, float]], end_s: float) -> tuple[Span, ...]:
    return tuple(Span(since, min(until, end_s)) for since, until in stretches if since < end_s)


def _views(recording: Recording) -> list[tuple[str, str]]:
    """Return a file name and a caption for each view."""
    return [
        (f"view-{number}.jpg", f"{clock(view.at_s)}: {view.caption}")
        for number, view in enumerate(recording.views, 1)
    ]


def _ticks(recording: Recording) -> list[tuple[float, str]]:
    return [(told.captured_s, told.event_type) for _, told in recording.events() if told.change_id]


def _exhibits(recording: Recording, out: Path) -> list[Exhibit]:
    return [
        Exhibit(told, heard.payload, recording.latency_ms(heard, told), _pictures(told, recording, out))
        for heard, told in recording.events()
    ]


def _pictures(told: Told, recording: Recording, out: Path) -> dict[str, str]:
    """Return the files that belong to an event, as seen from the page."""
    found: dict[str, str] = {}
    for kind in PICTURES:
        end = f"-{told.change_id}-{told.event_type}-{kind}.jpg"
        for path in recording.pictures:
            if told.change_id and path.name.endswith(end):
                found[kind] = path.relative_to(out).as_posix()
    return found
