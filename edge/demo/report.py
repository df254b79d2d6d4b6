"""From a recording to figures, a page and its pictures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.demo.page import PICTURES, Exhibit, Run, render
from edge.demo.story import Lasting, Passing
from edge.demo.timeline import Row, Span, draw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.demo.plan import Plan
    from edge.demo.recording import Recording
    from edge.demo.story import Verdict
    from edge.demo.told import Told

OVERVIEW = "overview.jpg"
OVERVIEW_WIDTH = 1280
LIGHT_EVERY_S = 0.2

Facts = list[tuple[str, str]]


def story_run(
    story: Plan, recording: Recording, verdict: Verdict, pictures: Sequence[Path], out: Path
) -> Run:
    """Return the page of a scripted scene."""
    end_s = max(recording.seconds, 1.0)
    truths = story.truths
    rows = [
        Row("learning", "learn", tuple(recording.learning())),
        Row(
            "part missing",
            "light",
            _spans([(t.at_s, t.undone_s) for t in truths if isinstance(t, Lasting)], end_s),
        ),
        Row(
            "somebody", "moves", _spans([(t.at_s, t.ends_s) for t in truths if isinstance(t, Passing)], end_s)
        ),
        Row("activity, told", "moves", tuple(recording.activity())),
        Row("change, told", "change", tuple(recording.changes())),
    ]
    seconds = np.arange(0.0, end_s, LIGHT_EVERY_S).tolist()
    light = [(second, story.script.at(second).gain) for second in seconds]
    return Run(
        title="stillwatch: a demonstration",
        about=(
            "A camera films a photograph with small parts on it. One vanishes while the lamp is dimmed, somebody"
            " walks through, and it comes back. Below is what happened, and what an MQTT subscriber was told."
        ),
        outcome=outcome(verdict),
        good=verdict.passed,
        facts=story_facts(recording, verdict),
        timeline=draw(end_s, rows, light=light, ticks=_ticks(recording)),
        overview=OVERVIEW,
        verdict=verdict,
        exhibits=_exhibits(recording, pictures, out),
    )


def source_run(
    source: str, recording: Recording, pictures: Sequence[Path], out: Path, *, problem: str
) -> Run:
    """Return the page of somebody's own pictures, of which nobody knows the truth."""
    rows = [
        Row("learning", "learn", tuple(recording.learning())),
        Row("activity, told", "moves", tuple(recording.activity())),
        Row("change, told", "change", tuple(recording.changes())),
    ]
    return Run(
        title="stillwatch: what it saw",
        about=f"Watched {source} for {recording.seconds:.0f} seconds.",
        outcome=problem or "Frames came, and the subscriber got every event.",
        good=not problem,
        facts=source_facts(recording),
        timeline=draw(max(recording.seconds, 1.0), rows, ticks=_ticks(recording)),
        overview=OVERVIEW,
        verdict=None,
        exhibits=_exhibits(recording, pictures, out),
    )


def outcome(verdict: Verdict) -> str:
    """Return the result in one sentence."""
    if verdict.passed:
        return "What happened was told, and nothing else was."
    wrong = [
        f"{line.what}: told {line.told}, wanted {line.wanted}" for line in verdict.lines if not line.good
    ]
    wrong += [f"told without cause: {event.event_type} {event.change_id}".rstrip() for event in verdict.false]
    return f"Not as it should be. {'; '.join(wrong)}."


def story_facts(recording: Recording, verdict: Verdict) -> Facts:
    """Return the figures of a scripted scene."""
    first = next((line.after_s for line in verdict.lines if line.wanted == "change_started"), None)
    return [
        ("from the change to the picture that settled it", "none" if first is None else f"{first:.1f} s"),
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
    """Write the page and the whole frame it shows into a folder; return the page's path."""
    out.mkdir(parents=True, exist_ok=True)
    height, width = recording.overview.shape[:2]
    size = OVERVIEW_WIDTH, round(height * OVERVIEW_WIDTH / width)
    small = cv2.resize(recording.overview, size, interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
    _replace(out / OVERVIEW, encoded.tobytes())
    page = out / "index.html"
    _replace(page, render(run).encode())
    return page


def _latency(recording: Recording) -> Facts:
    usual_ms = recording.usual_latency_ms()
    return [] if usual_ms is None else [("from that picture to the subscriber, median", f"{usual_ms:.0f} ms")]


def _pace(recording: Recording) -> Facts:
    pace = f"{recording.frames / recording.seconds:.1f}" if recording.seconds > 0 else "0"
    return [("frames", str(recording.frames)), ("frames a second", pace)]


def _spans(stretches: Sequence[tuple[float, float]], end_s: float) -> tuple[Span, ...]:
    return tuple(Span(since, min(until, end_s)) for since, until in stretches if since < end_s)


def _ticks(recording: Recording) -> list[tuple[float, str]]:
    return [(told.captured_s, told.event_type) for _, told in recording.events() if told.change_id]


def _exhibits(recording: Recording, pictures: Sequence[Path], out: Path) -> list[Exhibit]:
    return [
        Exhibit(told, heard.payload, recording.latency_ms(heard, told), _pictures(told, pictures, out))
        for heard, told in recording.events()
    ]


def _pictures(told: Told, pictures: Sequence[Path], out: Path) -> dict[str, str]:
    """Return the files that belong to an event, as seen from the page."""
    found: dict[str, str] = {}
    for kind in PICTURES:
        end = f"-{told.change_id}-{told.event_type}-{kind}.jpg"
        for path in pictures:
            if told.change_id and path.name.endswith(end):
                found[kind] = path.relative_to(out).as_posix()
    return found


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
