"""The last configuration that a device started with, kept for when the newest has faults.

The copy lies in the state folder and names the file that it is a copy of, so that
no device ever takes up another's. It holds what the file holds: passwords in the
addresses of cameras, so it is for its owner alone, and no others: those are in
files of their own.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.device import default_state_dir
from edge.config.document import read_text, values_of
from edge.config.files import PRIVATE, write_text
from edge.config.reading import MAX_BYTES, parse, text_of
from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.config.settings import Config

COPY = "last-good.toml"
STATE_VARIABLE = "STATE_DIRECTORY"
"""Names the state folder of a systemd unit with ``StateDirectory=``."""

_HEADING = "# The last configuration that stillwatch started with; the newest is "
_ROOM = 8192
"""Bytes by which a copy may be longer than a configuration: its heading."""

_STATE_DIR = re.compile(r"^[ \t]*state_dir[ \t]*=[ \t]*(?:\"([^\"\\\n]+)\"|'([^'\n]+)')", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The configuration to run with.

    Attributes:
        config: What it says.
        text: The whole file.
        faults: Why it is not the newest: what is wrong with that, a sentence
            each; empty when it is the newest.
    """

    config: Config
    text: str
    faults: tuple[str, ...] = ()


def choose(path: Path) -> Chosen:
    """Read a configuration, or where it has faults the last good copy of it.

    The copy is looked for in the ``state_dir`` that the faulty file names, if that can
    still be read out of it, else in ``$STATE_DIRECTORY``, else in the usual place.

    Args:
        path: The newest configuration.

    Raises:
        ConfigError: There is no such file; or it has faults, and there is no copy.
    """
    text = ""
    try:
        text = text_of(path)
        return Chosen(parse(text, origin=str(path)), text)
    except ConfigError as error:
        if not os.path.exists(path):  # noqa: PTH110 - Path.exists() raises where it may not look
            raise
        for folder in _state_dirs(text, path):
            kept = _kept(folder, path)
            if kept is not None:
                return Chosen(kept[0], kept[1], error.faults)
        raise


def keep(chosen: Chosen, path: Path) -> None:
    """Remember what a device has started with; a copy that is the same stays as it is.

    Args:
        chosen: What it runs with.
        path: The file that it came from.

    Raises:
        StorageError: The disk refuses.
    """
    copy = chosen.config.device.state_dir / COPY
    content = f"{_heading(path)}\n{chosen.text}"
    if _content(copy) != content:
        write_text(copy, content, mode=PRIVATE)


def _state_dirs(text: str, path: Path) -> list[Path]:
    named = _named(text, path)
    given = os.environ.get(STATE_VARIABLE, "").partition(":")[0]
    folders = [path.parent / os.path.expanduser(named)] if named else []  # noqa: PTH111 - Path.expanduser() raises
    return [*folders, *([Path(given)] if given else []), default_state_dir()]


def _named(text: str, path: Path) -> str:
    """Return the state folder that a faulty file names, the empty string when it names none."""
    try:
        device = values_of(text, str(path)).get("device")
    except ConfigError:
        line = _STATE_DIR.search(text)
        return (line[1] or line[2]) if line else ""
    named = device.get("state_dir") if isinstance(device, dict) else None
    return named if isinstance(named, str) and named.isprintable() else ""


def _kept(folder: Path, path: Path) -> tuple[Config, str] | None:
    """Return the good copy of a file in a state folder, ``None`` when there is none that can be used."""
    heading, _, text = _content(folder / COPY).partition("\n")
    if heading != _heading(path):
        return None
    try:
        return parse(text, origin=str(path)), text
    except ConfigError:  # of another version, or damaged
        return None


def _content(copy: Path) -> str:
    try:
        return read_text(copy, kind="a configuration", missing="none yet", max_bytes=MAX_BYTES + _ROOM)
    except ConfigError:
        return ""


def _heading(path: Path) -> str:
    return f"{_HEADING}{str(path.absolute())!r}"
