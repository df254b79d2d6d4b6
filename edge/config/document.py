"""A strict TOML file: from bytes to a table that remembers what is wrong."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from edge.config.places import Places
from edge.config.table import Faults, Table
from edge.errors import ConfigError
from edge.files import content_of

if TYPE_CHECKING:
    from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


_PLAINLY = {
    "Cannot overwrite a value": "the key was given before: take one of the two lines out",
    "Cannot declare": "the table was begun before: write its keys together, and each camera as [[camera]]",
    "Invalid value": "text goes between quotes, and yes is true",
}


def read_text(path: Path, *, kind: str, missing: str, max_bytes: int) -> str:
    """Read a file of bounded size.

    Args:
        path: The file.
        kind: What it should be, for messages: ``a configuration``.
        missing: What to say when there is none, after its path.
        max_bytes: A longer file is refused.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        content = content_of(path, at_most=max_bytes)
    except FileNotFoundError as error:
        msg = f"{path}: {missing}"
        raise ConfigError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}; name a file with --config FILE"
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = f"{path}: {error}; this is hardly {kind}"
        raise ConfigError(msg) from error
    try:
        # Some editors begin a file with a byte order mark.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{path}:{line}: not UTF-8 text; save the file as UTF-8"
        raise ConfigError(msg) from error


def table_of(text: str, origin: str) -> tuple[Table, Faults]:
    """Return the top table of a TOML text, and where its faults are gathered.

    Args:
        text: The whole file.
        origin: Its path, for messages.

    Raises:
        ConfigError: It is not TOML.
    """
    faults = Faults(origin, Places(text))
    return Table(values_of(text, origin), (), faults), faults


def values_of(text: str, origin: str) -> dict[str, object]:
    """Return the values of a TOML text, unchecked.

    Args:
        text: The whole file.
        origin: Its path, for messages.

    Raises:
        ConfigError: It is not TOML.
    """
    try:
        values: dict[str, object] = tomllib.loads(text)
    except RecursionError as error:
        msg = f"{origin}: nested too deeply"
        raise ConfigError(msg) from error
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        line = re.search(r" \(at line (\d+), (column \d+)\)", str(error))
        place = f"{origin}:{line[1]}: {line[2]}" if line else origin
        what = str(error).replace(line[0], "") if line else str(error)
        msg = f"{place}: not TOML: {what}{_meant(what)}"
        raise ConfigError(msg) from error
    return values


def _meant(what: str) -> str:
    """Return in plain words what the reader of TOML says in its own, the empty string where that is plain."""
    return next((f"; {words}" for said, words in _PLAINLY.items() if said in what), "")
