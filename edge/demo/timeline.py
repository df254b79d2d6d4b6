"""The whole scene on one line of time, drawn as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEFT, RIGHT, WIDTH = 128, 16, 1000
ROW, CURVE, TOP, FOOT = 30, 62, 8, 26
BAR = 16
MOST_TICKS = 12
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts.

    Attributes:
        from_s: When it begins, in seconds of the scene.
        to_s: When it ends.
        text: What to write into it.
    """

    from_s: float
    to_s: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Spans of one sort.

    Attributes:
        name: What is written at its left.
        colour: Name of a colour of the page: ``learn``, ``moves``, ``change``.
        spans: What to draw.
    """

    name: str
    colour: str
    spans: tuple[Span, ...]


def draw(
    seconds: float,
    rows: Sequence[Row],
    *,
    light: Sequence[tuple[float, float]] = (),
    ticks: Sequence[tuple[float, str]] = (),
) -> str:
    """Return an SVG element.

    Args:
        seconds: How long the scene is, positive.
        rows: Drawn below one another.
        light: Seconds and gains of a brightness curve above the rows; may be empty.
        ticks: Seconds and names of events, drawn across the last row.
    """
    scale = (WIDTH - LEFT - RIGHT) / seconds
    first = TOP + (CURVE if light else 0)
    bottom = first + ROW * len(rows)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {bottom + FOOT}" role="img" aria-label="The scene on a line of time">'
    ]
    parts += _axis(seconds, scale, bottom)
    if light:
        parts += _curve(light, seconds, scale)
    for number, row in enumerate(rows):
        parts += _row(row, first + ROW * number, scale)
    parts += _ticks(ticks, bottom - ROW, scale)
    return "\n".join([*parts, "</svg>"])


def _axis(seconds: float, scale: float, bottom: int) -> Iterator[str]:
    step = next((step for step in STEPS_S if seconds / step <= MOST_TICKS), STEPS_S[-1])
    second = 0
    while second <= seconds:
        at = LEFT + second * scale
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}" stroke="var(--rule)"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{clock(second)}</text>'
        second += step


def _curve(light: Sequence[tuple[float, float]], seconds: float, scale: float) -> Iterator[str]:
    low, high = min(0.5, *(gain for _, gain in light)), max(1.1, *(gain for _, gain in light))
    places = [
        (LEFT + second * scale, TOP + CURVE - 10 - (CURVE - 24) * (gain - low) / (high - low), gain)
        for second, gain in light
        if second <= seconds
    ]
    points = [f"{across:.1f},{down:.1f}" for across, down, _ in places]
    yield f'<text x="0" y="{TOP + CURVE / 2 + 4}">light</text>'
    yield (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="var(--light)" stroke-width="2.5"'
        ' stroke-linejoin="round"/>'
    )
    for (_, _, before), (across, down, gain), (_, _, after) in zip(
        places, places[1:], places[2:], strict=False
    ):
        if before != gain == after:  # the light has just settled
            yield f'<text x="{across + 6:.1f}" y="{down - 5:.1f}">{gain * 100:.0f} %</text>'


def _row(row: Row, top: int, scale: float) -> Iterator[str]:
    middle = top + ROW / 2
    yield f'<text x="0" y="{middle + 4}">{escape(row.name)}</text>'
    for span in row.spans:
        left, wide = LEFT + span.from_s * scale, max(2.0, (span.to_s - span.from_s) * scale)
        yield (
            f'<rect x="{left:.1f}" y="{middle - BAR / 2}" width="{wide:.1f}" height="{BAR}" rx="4"'
            f' fill="var(--{row.colour})" fill-opacity="0.75"><title>{escape(span.text)}</title></rect>'
        )


def _ticks(ticks: Sequence[tuple[float, str]], top: int, scale: float) -> Iterator[str]:
    for second, name in ticks:
        at = LEFT + second * scale
        yield (
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top + 1}" y2="{top + ROW - 1}" stroke="var(--ink)"'
            f' stroke-width="2.5"><title>{escape(name)} {clock(second)}</title></line>'
        )


def clock(second: float) -> str:
    """Return a time of the scene as ``m:ss``.

    Times that came over the wire are rounded to milliseconds, some of them down.
    """
    minutes, seconds = divmod(int(second + 0.01), 60)
    return f"{minutes}:{seconds:02}"
