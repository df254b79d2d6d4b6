"""One static page that shows a whole run: no scripts, nothing from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.demo.timeline import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge.demo.story import Verdict
    from edge.demo.told import Told

FOOTER = (
    "<footer>Watch something of your own: <code>stillwatch demo --source /dev/video0</code>,"
    " or <code>--source clip.mp4</code>.</footer>"
)
PICTURES = {"before": "before", "after": "after", "heat": "where the two differ"}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One event, and what is shown with it.

    Attributes:
        told: The event.
        payload: Its bytes as they came.
        latency_ms: From its picture to its arrival; ``None`` when time was not real.
        pictures: File names by ``before``, ``after``, ``heat``, as seen from the page.
    """

    told: Told
    payload: bytes
    latency_ms: float | None
    pictures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What a page shows.

    Attributes:
        title: Its heading.
        about: A sentence below it.
        outcome: The result in one sentence.
        good: Whether that is as it should be.
        facts: Figures, each with its name.
        timeline: An SVG element.
        views: Whole frames: file name as seen from the page, and caption.
        verdict: The table; ``None`` where nobody knows what happened.
        exhibits: The events.
    """

    title: str
    about: str
    outcome: str
    good: bool
    facts: Sequence[tuple[str, str]]
    timeline: str
    views: Sequence[tuple[str, str]]
    verdict: Verdict | None
    exhibits: Sequence[Exhibit]


def render(run: Run) -> str:
    """Return the page as HTML."""
    style = files("edge.demo").joinpath("page.css").read_text(encoding="utf-8")
    mood = "good" if run.good else "bad"
    heading = "What happened, and when it was told" if run.verdict else "What was told, and when"
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(run.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>",
        f'<h1>{escape(run.title)}</h1>\n<p class="soft">{escape(run.about)}</p>',
        f'<p class="verdict {mood}">{escape(run.outcome)}</p>',
        *_facts(run.facts),
        f"<h2>{heading}</h2>",
        f'<div class="card wide">{run.timeline}</div>',
        *(_table(run.verdict) if run.verdict else ()),
        *_view(run),
        *_exhibits(run.exhibits),
        FOOTER,
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield '<dl class="facts">'
    for name, figure in facts:
        yield f"<div><dd>{escape(figure)}</dd><dt>{escape(name)}</dt></div>"
    yield "</dl>"


def _table(verdict: Verdict) -> Iterator[str]:
    yield '<div class="card wide"><table>'
    heads = ("at", "what happened", "should be told", "was told", "after", "")
    yield f"<tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"
    for line in verdict.lines:
        after = "" if line.after_s is None else f"{line.after_s:.1f} s"
        mark = '<span class="good">&#10003;</span>' if line.good else '<span class="bad">&#10007;</span>'
        cells = (clock(line.at_s), line.what, line.wanted, line.told, after)
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}<td>{mark}</td></tr>"
    yield "</table></div>"


def _view(run: Run) -> Iterator[str]:
    places = {area for exhibit in run.exhibits for area in exhibit.told.areas}
    marks = [
        f'<div class="mark" style="left:{50 * (area.left + area.right):.2f}%;'
        f'top:{50 * (area.top + area.bottom):.2f}%"></div>'
        for area in sorted(places, key=lambda area: (area.top, area.left))
    ]
    rings = " Rings: where changes were told." if marks else ""
    yield '<h2>The view</h2>\n<div class="views">'
    for file, caption in run.views:
        yield '<figure class="card"><div class="view">'
        yield f'<img src="{escape(file)}" alt="A whole frame">'
        yield from marks
        yield f"</div><figcaption>{escape(caption)}.{rings}</figcaption></figure>"
    yield "</div>"


def _exhibits(exhibits: Sequence[Exhibit]) -> Iterator[str]:
    yield "<h2>Events, as the subscriber got them</h2>"
    if not exhibits:
        yield '<p class="soft">None.</p>'
    for exhibit in exhibits:
        told = exhibit.told
        late = "" if exhibit.latency_ms is None else f"{exhibit.latency_ms:.0f} ms from picture to subscriber"
        yield (
            f'<section class="card"><div class="head"><h3>{escape(told.event_type)}</h3>'
            f'<span>{escape(told.change_id)}</span><span class="soft">at {clock(told.captured_s)}</span>'
            f'<span class="soft">{late}</span></div>'
        )
        if exhibit.pictures:
            yield '<div class="three">'
            for kind, file in exhibit.pictures.items():
                caption = PICTURES.get(kind, kind)
                yield (
                    f'<figure><img src="{escape(file)}" alt="{escape(caption)}" loading="lazy">'
                    f"<figcaption>{escape(caption)}</figcaption></figure>"
                )
            yield "</div>"
        document = escape(_pretty(exhibit.payload))
        yield f"<details><summary>JSON</summary><pre>{document}</pre></details></section>"


def _pretty(payload: bytes) -> str:
    return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
