"""From a configuration of an earlier version to one of today, with every comment kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config.document import values_of
from edge.config.reading import SCHEMA
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable


def version_of(text: str, *, origin: str) -> int:
    """Return the version that a configuration is written in; 0 where it names none.

    Args:
        text: The whole file.
        origin: Its path, for messages.

    Raises:
        ConfigError: It is not TOML, or ``config`` is no version that there ever was.
    """
    version = values_of(text, origin).get("config", 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        msg = f"{origin}: config must be a whole number; write config = {SCHEMA}"
        raise ConfigError(msg)
    if version > SCHEMA:
        msg = (
            f"{origin}: written for a later stillwatch: config = {version},"
            f" and this one knows {SCHEMA}; update stillwatch"
        )
        raise ConfigError(msg)
    return version


def migrated(text: str, *, origin: str) -> str:
    """Return a configuration as this version reads it; faults of other kinds stay in it.

    Args:
        text: The whole file, of any version so far.
        origin: Its path, for messages.

    Returns:
        The same text where it is of this version already.

    Raises:
        ConfigError: As ``version_of``.
    """
    for step in _STEPS[version_of(text, origin=origin) :]:
        text = step(text)
    return text


def _name_the_version(text: str) -> str:
    """Take a file that names no version to version 1: its keys are the same."""
    line, _, _ = text.partition("\n")
    end = "\r\n" if line.endswith("\r") else "\n"
    # At the top: a key below a table's header would belong to the table.
    return f"config = 1{end}{text}"


_STEPS: tuple[Callable[[str], str], ...] = (_name_the_version,)
"""The step at place ``n`` takes a file from version ``n`` to ``n + 1``."""
