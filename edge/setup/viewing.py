"""Looks at a camera's view for a few seconds, and proposes how to watch it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config import CameraConfig, SourceKind, parse_source
from edge.core.limits import Limits
from edge.errors import CameraError
from edge.setup.draft import DraftCamera
from edge.setup.filming import film
from edge.vision.drawing import marked
from edge.vision.restless import Restlessness, polygons_around, share_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.config import Source
    from edge.ports import Camera
    from edge.setup.filming import Footage
    from edge.types import Pixels

FPS = 5.0
MOST_RESTLESS = 0.5
"""Share of the view that may be restless before it is the wrong view to watch."""


@dataclass(frozen=True, slots=True, eq=False)
class Viewed:
    """A camera that can be watched.

    Attributes:
        camera: As it will be configured.
        picture: Its newest picture, RGB, uint8 ``(H, W, 3)``, with the proposals drawn.
        remark: What to know of its view; empty for nothing.
    """

    camera: DraftCamera
    picture: Pixels
    remark: str = ""


def source_text(source: Source) -> str:
    """Return a source as a configuration names it, wherever that lies."""
    kind, location = source.kind, source.location
    if kind in {SourceKind.DEVICE, SourceKind.STREAM}:
        return location
    if kind in {SourceKind.FILE, SourceKind.FOLDER}:
        return f"{kind.value}:{Path(location).absolute()}"
    return f"{kind.value}:{location}"


def view(name: str, source: str, driver: Callable[[CameraConfig], Camera], *, seconds: float) -> Viewed:
    """Film, and find what does not hold still.

    Args:
        name: What the camera will be called.
        source: As a configuration names it.
        driver: Gives the camera.
        seconds: How long to film.

    Raises:
        CameraError: It gives no picture that can be judged; the message says why.
        ConfigError: The source cannot be read.
    """
    parsed = parse_source(source, folder=Path())
    restlessness = Restlessness()
    footage = film(
        driver(CameraConfig(name, parsed, FPS, Limits())), seconds=seconds, watch=restlessness.look
    )
    picture, fault = footage.newest, _fault(footage)
    if fault or picture is None:
        raise CameraError(name, str(parsed), fault)
    where = restlessness.where()
    share = share_of(where)
    ignore = polygons_around(where) if share <= MOST_RESTLESS else ()
    width, height = footage.size
    note = f"{width} x {height}, brightness {footage.brightness:.0f} of 255"
    remark = ""
    if share > MOST_RESTLESS:
        remark = f"{share:.0%} of the view does not hold still; point the camera at something that does"
    elif ignore:
        places = "1 place does" if len(ignore) == 1 else f"{len(ignore)} places do"
        remark = (
            f"{places} not hold still; the file proposes to ignore {'it' if len(ignore) == 1 else 'them'}"
        )
    return Viewed(DraftCamera(name, source, note, ignore), marked(picture, ignore), remark)


def _fault(footage: Footage) -> str:
    """Return why a view cannot be judged, the empty string when it can."""
    if footage.trouble:
        return footage.trouble
    if footage.dark:
        return (
            f"the picture is black (brightness {footage.brightness:.0f} of 255);"
            " take the cover off, or switch a light on"
        )
    if footage.frozen:
        return f"all {footage.frames} pictures are equal to the last bit: frozen; restart the camera"
    return ""
