"""Where pictures come from, as one line of text says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from edge.errors import ConfigError

EXAMPLES = (
    "v4l2:/dev/video0, rtsp://HOST/PATH, rtsps://..., http://..., https://..., file:CLIP.mp4 or dir:FOLDER"
)
STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
MAX_CHARS = 2048

_LOCAL = ("/", "v4l2:", "file:", "dir:", "sim:")
_SECRETIVE = re.compile(r"(?i)((?:pass|pwd|user|login|token|secret|auth|key|sig)[a-z_]*=)[^&#/?\s]*")


class SourceKind(str, Enum):
    """The ways to get pictures."""

    DEVICE = "v4l2"
    STREAM = "stream"
    FILE = "file"
    FOLDER = "dir"
    SIM = "sim"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a camera's pictures come from. Shown as text, it hides passwords.

    Attributes:
        kind: Which way.
        location: A device, a URL that may hold a password, a path, or what the
            simulator should play.
    """

    kind: SourceKind
    location: str = field(repr=False)

    def __str__(self) -> str:
        """Return the source as a person would write it, without a password."""
        if self.kind is SourceKind.STREAM:
            return redacted(self.location)
        return f"{self.kind.value}:{self.location}"


def redacted(source: str) -> str:
    """Return ``source`` fit for logs and messages.

    What stands between ``://`` and the last ``@`` is a name and a password; it is
    hidden whole, since passwords hold slashes and colons too. So are values of
    parameters such as ``pwd=``.
    """
    if source.startswith(_LOCAL):
        return source
    scheme, mark, rest = source.partition("://") if "://" in source else ("", "", source)
    hidden = "***@" + rest.rpartition("@")[2] if "@" in rest else rest
    return scheme + mark + _SECRETIVE.sub(r"\1***", hidden)


def parse_source(text: str, *, folder: Path) -> Source:
    """Read a source.

    Args:
        text: One of the forms in ``EXAMPLES``; ``/dev/...`` and ``sim:...`` too.
        folder: What relative paths count from.

    Raises:
        ConfigError: It is none of them; the message says what would be right.
    """
    if not text or len(text) > MAX_CHARS or not text.isprintable():
        msg = f"must be 1 to {MAX_CHARS} printable characters, such as {EXAMPLES}"
        raise ConfigError(msg)
    scheme, colon, rest = text.partition(":")
    if text.startswith("/dev/"):
        return Source(SourceKind.DEVICE, text)
    if colon and rest and scheme in ("file", "dir"):
        return Source(SourceKind(scheme), str(folder / Path(rest)))
    if colon and scheme == "sim":
        return Source(SourceKind.SIM, rest)
    if scheme == "v4l2" and rest.startswith("/dev/"):
        return Source(SourceKind.DEVICE, rest)
    if scheme.lower() in STREAM_SCHEMES and rest.startswith("//"):
        return _stream(text)
    hint = f"; for a recording write file:{text}, for a folder dir:{text}" if not colon else ""
    msg = f"must be {EXAMPLES}{hint}"
    raise ConfigError(msg)


def _stream(url: str) -> Source:
    """Check that a URL names a host, and a port that can exist."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        msg = (
            "must name a host, such as rtsp://camera.lan:554/stream;"
            " in a password, write / @ : # ? as %2F %40 %3A %23 %3F"
        )
        raise ConfigError(msg)
    return Source(SourceKind.STREAM, url)
