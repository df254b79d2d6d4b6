"""Where pictures come from, as one line of text says it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from edge.errors import ConfigError

EXAMPLES = (
    "v4l2:/dev/video0, rpicam:0, jetson:0, rtsp://HOST/PATH, rtsps://..., http://..., https://...,"
    " pipe:COMMAND, file:CLIP.mp4 or dir:FOLDER"
)
STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
MAX_CHARS = 2048

_LOCAL = ("/", "v4l2:", "rpicam:", "jetson:", "file:", "dir:", "sim:")
_PIPE = "pipe:"
_SECRETIVE = re.compile(r"(?i)((?:pass|pwd|user|login|token|secret|auth|key|sig)[a-z0-9_-]*=)[^&#\s]*")


class SourceKind(str, Enum):
    """The ways to get pictures."""

    DEVICE = "v4l2"
    STREAM = "stream"
    RPICAM = "rpicam"
    JETSON = "jetson"
    PIPE = "pipe"
    FILE = "file"
    FOLDER = "dir"
    SIM = "sim"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a camera's pictures come from. Shown as text, it hides passwords.

    Attributes:
        kind: Which way.
        location: A device, a URL or a command that may hold a password, a camera's
            number, a path, or what the simulator should play.
    """

    kind: SourceKind
    location: str = field(repr=False)

    def __str__(self) -> str:
        """Return the source as a person would write it, without a password."""
        if self.kind is SourceKind.STREAM:
            return redacted(self.location)
        return redacted(f"{self.kind.value}:{self.location}")


def redacted(source: str) -> str:
    """Return ``source`` fit for logs and messages.

    Of a command, only the program is shown; what lies on this machine is shown
    whole, all else as ``redacted_line`` shows it.
    """
    if source.startswith(_PIPE):
        program, *more = source.removeprefix(_PIPE).split(maxsplit=1) or [""]
        return _PIPE + redacted(program) + (" ..." if more else "")
    if source.startswith(_LOCAL) and not source.startswith("//"):  # that is a URL without its scheme
        return source
    return redacted_line(source)


def redacted_line(line: str) -> str:
    """Return a line in which a source may stand, fit for logs and messages.

    What stands between ``://`` and the last ``@`` is a name and a password; it is
    hidden whole, since passwords hold slashes and colons too. So are values of
    parameters such as ``pwd=``.
    """
    scheme, mark, rest = line.partition("://") if "://" in line else ("", "", line)
    hidden = "***@" + rest.rpartition("@")[2] if "@" in rest else rest
    return _SECRETIVE.sub(r"\1***", scheme + mark + hidden)


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
    if scheme == "v4l2" and rest.startswith("/dev/"):
        return Source(SourceKind.DEVICE, rest)
    if scheme.lower() in STREAM_SCHEMES and rest.startswith("//"):
        return _stream(text)
    source = _local(scheme, rest, folder) if colon else None
    if source is None:
        hint = f"; for a recording write file:{text}, for a folder dir:{text}" if not colon else ""
        msg = f"must be {EXAMPLES}{hint}"
        raise ConfigError(msg)
    return source


def _local(scheme: str, rest: str, folder: Path) -> Source | None:
    """Return what a word before a colon means on this machine, ``None`` for nothing."""
    if scheme in ("file", "dir") and rest:
        return Source(SourceKind(scheme), str(folder / Path(rest)))
    if scheme in ("rpicam", "jetson"):
        return _numbered(SourceKind(scheme), rest)
    if scheme == "pipe":
        return _command(rest)
    return Source(SourceKind.SIM, rest) if scheme == "sim" else None


def _numbered(kind: SourceKind, number: str) -> Source:
    if re.fullmatch(r"[0-9]", number):
        return Source(kind, number)
    msg = f"must name the camera by its number, 0 to 9, such as {kind.value}:0"
    raise ConfigError(msg)


def _command(text: str) -> Source:
    """Check that a command has words, and that its quotes end."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if words and words[0]:
        return Source(SourceKind.PIPE, text)
    msg = "must be a program and its arguments, quoted as for a shell, such as pipe:ffmpeg -i ... -f mjpeg -"
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
