"""What somebody typed after ``--source``, read kindly."""

from __future__ import annotations

from pathlib import Path

from edge.config import Source, SourceKind, parse_source, redacted
from edge.errors import ConfigError

LIVE = (SourceKind.DEVICE, SourceKind.STREAM)


def read_source(text: str) -> Source:
    """Return where pictures come from.

    Args:
        text: As in a configuration; the path of a recording or a folder will do.

    Raises:
        ConfigError: It is none, or what it names does not exist.
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
    if source.kind is not SourceKind.STREAM and not path.exists():
        fault = f"--source {text!r}: there is no {path}"
        raise ConfigError(fault)
    return source


def _with_kind(text: str) -> str:
    path = Path(text)
    if not text.isprintable() or text.startswith("/dev/"):
        return text
    if path.is_dir():
        return f"dir:{text}"
    looks_like_a_path = path.is_file() or (":" not in text and text.strip() != "")
    return f"file:{text}" if looks_like_a_path else text
