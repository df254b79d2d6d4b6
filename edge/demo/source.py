"""What somebody typed after ``--source``, read kindly."""

from __future__ import annotations

import os
from pathlib import Path

from edge.config import Source, SourceKind, parse_source, redacted
from edge.errors import ConfigError
from edge.files import is_there

PATHS = (SourceKind.DEVICE, SourceKind.FILE, SourceKind.FOLDER)
LIVE = (SourceKind.DEVICE, SourceKind.STREAM, SourceKind.RPICAM, SourceKind.JETSON, SourceKind.PIPE)


def read_source(text: str) -> Source:
    """Return where pictures come from.

    Args:
        text: As in a configuration; the path of a recording or a folder will do.

    Raises:
        ConfigError: It is none, or what it names does not exist.
        StorageError: This user may not look at what it names.
    """
    try:
        source = parse_source(_with_kind(text), folder=Path())
    except ConfigError as error:
        fault = f"--source {redacted(text)!r} {error}"
        raise ConfigError(fault) from error
    path = Path(source.location)
    if source.kind is SourceKind.SIM:
        fault = f"--source {text!r}: leave --source away to see the simulated scene"
        raise ConfigError(fault)
    if source.kind in PATHS and not is_there(path, fix="name another, or run this as somebody who may"):
        fault = f"--source {text!r}: there is no {path}; {_remedy(text, source.kind)}"
        raise ConfigError(fault)
    return source


def _remedy(text: str, kind: SourceKind) -> str:
    if text.isdecimal():
        return f"camera number {text} is /dev/video{text}"
    if kind is SourceKind.DEVICE:
        return "is the camera plugged in? ls /dev/video* shows what there is"
    return "name a recording, a folder of pictures, /dev/video0 or rtsp://HOST/PATH"


def _with_kind(text: str) -> str:
    if not text.isprintable() or text.startswith("/dev/"):
        return text
    if os.path.isdir(text):  # noqa: PTH112 - Path.is_dir() raises for a name that is too long
        return f"dir:{text}"
    looks_like_a_path = os.path.isfile(text) or (":" not in text and text.strip() != "")  # noqa: PTH113 - the same
    return f"file:{text}" if looks_like_a_path else text
