"""A part of a view, as people write it: ``640x360``, or ``640x360+100+50``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.types import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge.types import NoFrame

_GEOMETRY = re.compile(r"([0-9]{1,5})x([0-9]{1,5})(?:\+([0-9]{1,5})\+([0-9]{1,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a view.

    Attributes:
        width: In pixels, at least 1.
        height: The same.
        corner: Left column and upper row; ``None`` for the middle of the view.
    """

    width: int
    height: int
    corner: tuple[int, int] | None = None


def part_of(text: str) -> Part:
    """Read a part.

    Raises:
        ConfigError: It is none.
    """
    found = _GEOMETRY.fullmatch(text)
    sides = [int(number) for number in found.groups() if number is not None] if found else []
    if not sides or 0 in sides[:2]:
        msg = f"--crop {text[:80]!r}: must be WIDTHxHEIGHT or WIDTHxHEIGHT+LEFT+TOP, such as 640x360+100+50"
        raise ConfigError(msg)
    return Part(sides[0], sides[1], (sides[2], sides[3]) if len(sides) > 2 else None)  # noqa: PLR2004 - a corner too


def cut(ticks: Iterable[Frame | NoFrame], part: Part | None) -> Iterator[Frame | NoFrame]:
    """Cut frames to a part, at its own resolution.

    Raises:
        ConfigError: The part is not inside the view.
    """
    for tick in ticks:
        yield tick if part is None or not isinstance(tick, Frame) else _cut(tick, part)


def _cut(frame: Frame, part: Part) -> Frame:
    height, width = frame.pixels.shape[:2]
    left, top = part.corner or ((width - part.width) // 2, (height - part.height) // 2)
    if left < 0 or top < 0 or left + part.width > width or top + part.height > height:
        where = f"{part.width}x{part.height}+{left}+{top}"
        msg = f"--crop: {where} is not inside the view of {width} x {height} pixels; name a smaller part"
        raise ConfigError(msg)
    pixels = frame.pixels[top : top + part.height, left : left + part.width].copy()
    pixels.setflags(write=False)
    return replace(frame, pixels=pixels)
