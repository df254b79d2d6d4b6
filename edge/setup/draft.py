"""A first configuration: written for people, and valid for the reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.config.reading import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.polygons import Polygon

LOCAL_BROKER = "mqtt://localhost"

_HEAD = """\
# Written by `stillwatch init`; yours from now on. Every key is explained by
#   {program} config explain {file}
# Then: {program} doctor --config {file}; {program} run --config {file}
config = {schema}

[device]
{device}# state_dir = "/var/lib/stillwatch"    where changes and references are kept

[mqtt]
url = {url}
{plain}# username = "bench1"
# password_file = "/etc/stillwatch/mqtt-password"    one line, chmod 600
# ca_file = "/etc/stillwatch/ca.pem"                 for a broker with a certificate of your own
"""

_PLAIN = """\
allow_plain = true       # not encrypted: everybody on the network can read along
"""

_CAMERA = """
[[camera]]
name = {name}
source = {source}    # {note}
fps = {fps}                # looks per second
{ignore}
[camera.detect]
# min_change_px = 12    side of the smallest change, in pixels
# sensitivity = 0.5     0 to 1; more reports fainter differences
# clear_s = 10          seconds it must look right again
"""

_ID = """\
id = {id}
"""
_NO_ID = """\
# id = "bench1"                          its name in every topic; default: from the machine
"""


@dataclass(frozen=True, slots=True)
class DraftCamera:
    """A camera that gave pictures.

    Attributes:
        name: Its name in the configuration.
        source: As a configuration names it.
        note: What it gave, for people.
        ignore: Places that did not hold still.
        fps: Looks per second.
    """

    name: str
    source: str
    note: str = ""
    ignore: tuple[Polygon, ...] = ()
    fps: float = 2.0


def draft(  # noqa: PLR0913 - a configuration says this much
    cameras: Sequence[DraftCamera],
    *,
    url: str,
    allow_plain: bool = False,
    device_id: str | None,
    file: str,
    picture: str,
    program: str = "stillwatch",
) -> str:
    """Return a configuration as text.

    Args:
        cameras: At least one.
        url: The broker.
        allow_plain: Whether it may be spoken to in the open.
        device_id: The device's name; ``None`` to leave it to the machine.
        file: Its own name, for the comments.
        picture: Name of the picture on which proposals are drawn, for the comments.
        program: How stillwatch is called here, for the comments.
    """
    plain = _PLAIN if allow_plain else ""
    device = _NO_ID if device_id is None else _ID.format(id=_text(device_id))
    text = _HEAD.format(schema=SCHEMA, device=device, url=_text(url), plain=plain, file=file, program=program)
    for camera in cameras:
        text += _CAMERA.format(
            name=_text(camera.name),
            source=_text(camera.source),
            note=camera.note,
            fps=camera.fps,
            ignore=_ignored(camera.ignore, picture),
        )
    return text


def _ignored(polygons: tuple[Polygon, ...], picture: str) -> str:
    if not polygons:
        return (
            "# ignore = [[[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]]    places never judged, 0..1 of the picture\n"
        )
    lines = [
        f"# These places did not hold still, and are never judged; they are drawn in {picture}.",
        "# Take out what you want watched.",
        "ignore = [",
    ]
    lines += [f"  {json.dumps([list(corner) for corner in polygon])}," for polygon in polygons]
    return "\n".join([*lines, "]"]) + "\n"


def _text(value: str) -> str:
    """Return a printable text as TOML writes it; for those, JSON writes the same."""
    return json.dumps(value, ensure_ascii=False)
