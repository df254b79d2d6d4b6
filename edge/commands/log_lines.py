"""What the device says while it runs: lines on standard error, as text or as JSON.

A thing that happens again and again is told once a minute, with a count, so that a
camera with a loose plug fills no disk. No line holds a password of an address.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from typing import TYPE_CHECKING

from edge.core.quiet import Quiet

if TYPE_CHECKING:
    from edge.config.settings import LogFormat

_NUMBER = re.compile(r"0x[0-9a-fA-F]+|[0-9]+")
_CREDENTIALS = re.compile(r"://\S*@")


def log_to_stderr(form: LogFormat = "text") -> None:
    """Write log lines of level INFO and above to standard error.

    Args:
        form: ``text`` for time, level and text; ``json`` for an object a line:
            ``ts``, ``level``, ``event``, ``camera`` and ``change_id`` where it is
            about one, and ``left_out`` where so many of its kind were not told.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(NowAndThen())
    handler.setFormatter(AsJson() if form == "json" else AsText())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class NowAndThen(logging.Filter):
    """Leaves out what was told a moment ago; an error, or a change, is left out only word for word."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = Quiet()
        self._lock = threading.Lock()  # a handler filters before it takes its own

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to tell it, and note in ``left_out`` how many like it were not told."""
        text = record.getMessage()
        exact = record.levelno >= logging.ERROR or _about(record, "change_id")
        if not exact:  # process ids and times differ each time
            text = _NUMBER.sub("#", text)
        kind = f"{_about(record, 'camera')} {record.levelno} {text}"
        with self._lock:
            left_out = self._quiet.passes(kind, time.monotonic())
        record.left_out = left_out
        return left_out is not None


class AsText(logging.Formatter):
    """Time, level, text."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = _without_passwords(super().format(record))
        left_out = getattr(record, "left_out", None)
        return f"{line} ({left_out} more like it since it was last told)" if left_out else line


class AsJson(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        told: dict[str, object] = {
            "ts": f"{moment}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": _without_passwords(record.getMessage()),
        }
        told |= {name: said for name in ("camera", "change_id") if (said := _about(record, name))}
        if left_out := getattr(record, "left_out", None):
            told["left_out"] = left_out
        if record.exc_info:
            told["exception"] = _without_passwords(self.formatException(record.exc_info))
        return json.dumps(told)


def _about(record: logging.LogRecord, name: str) -> str:
    said = getattr(record, name, "")
    return said if isinstance(said, str) else ""


def _without_passwords(text: str) -> str:
    """Return a text for all to read; whoever wrote it should have seen to that already."""
    return _CREDENTIALS.sub("://***@", text)
