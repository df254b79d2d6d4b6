"""What is in force: every key with its value, where it comes from, and what it takes."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.document import values_of
from edge.config.metrics import HIGHEST_PORT, LOWEST_PORT
from edge.config.model import MOST_THREADS
from edge.config.reading import SCHEMA, parse_with_rules
from edge.config.sources import EXAMPLES, Source
from edge.config.table import Rule, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge.config.places import KeyPath
    from edge.config.settings import (
        CameraConfig,
        Config,
        DeviceConfig,
        MetricsConfig,
        ModelConfig,
        MqttConfig,
    )
    from edge.core.limits import Limits

    AnyTable = DeviceConfig | MqttConfig | ModelConfig | MetricsConfig | CameraConfig | Limits

_SECTION = re.compile(r"^Attributes:\n((?:    .*\n?|\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n     .*)*)", re.MULTILINE)
_FORMS = {
    "url": Rule("mqtts://HOST, mqtts://HOST:PORT, or mqtt:// without encryption"),
    "source": Rule(EXAMPLES),
    "port": Rule(f"{LOWEST_PORT} to {HIGHEST_PORT}"),
    "threads": Rule(f"1 to {MOST_THREADS}"),
    "privacy": Rule("lists of three or more points [x, y], 0 to 1 of the picture"),
    "ignore": Rule("lists of three or more points [x, y], 0 to 1 of the picture"),
}
"""Of the keys that no rule of a table describes."""

_LENGTHS = (("d", 86_400), ("h", 3600), ("m", 60))


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a configuration.

    Attributes:
        key: As people write it: ``camera[0].fps``.
        value: What is in force, as JSON would hold it; ``None`` for nothing.
        line: Where the file says so; ``None`` where it is a default.
        rule: What the key takes.
        about: What it is for, in a sentence.
    """

    key: str
    value: object
    line: int | None
    rule: Rule
    about: str


def explained(text: str, *, origin: str) -> list[Setting]:
    """Return every key there is, in the order of the tables.

    Args:
        text: The whole file.
        origin: Its path, for messages and relative paths.

    Raises:
        ConfigError: The file has faults; all are told.
    """
    config, read = parse_with_rules(text, origin=origin)
    values = values_of(text, origin)
    version = Rule(f"{SCHEMA}")
    settings = [Setting("config", SCHEMA, read.places.line(("config",)), version, "Version of this file.")]
    for path, table in _tables(config):
        abouts = _abouts(type(table))
        for field in fields(table):
            if field.name in _INNER:
                continue
            place = (*path, _key(field.name, path, read.rules))
            settings.append(
                Setting(
                    key=dotted(place),
                    value=_shown(field.name, getattr(table, field.name)),
                    line=read.places.line(place) if _given(values, place) else None,
                    rule=read.rules.get(place) or _FORMS.get(field.name, Rule("text")),
                    about=abouts.get(field.name, ""),
                )
            )
    return settings


_INNER = ("device", "mqtt", "model", "metrics", "cameras", "detect")
"""Fields that are tables of their own."""


def _tables(config: Config) -> Iterator[tuple[KeyPath, AnyTable]]:
    yield ("device",), config.device
    yield ("mqtt",), config.mqtt
    yield ("model",), config.model
    yield ("metrics",), config.metrics
    for number, camera in enumerate(config.cameras):
        yield ("camera", number), camera
        yield ("camera", number, "detect"), camera.detect


def _key(field: str, path: KeyPath, rules: Mapping[KeyPath, Rule]) -> str:
    """Return a field's key: ``absorb`` is read into ``absorb_s``."""
    short = field.removesuffix("_s")
    return short if (*path, short) in rules else field


def _given(values: object, path: KeyPath) -> bool:
    """Whether the file itself has a key."""
    for key in path:
        if isinstance(values, list) and isinstance(key, int):
            values = dict(enumerate(values))
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def _shown(name: str, value: object) -> object:
    """Return a value as the file would hold it, without secrets."""
    if name == "confirm" and isinstance(value, tuple):
        return "/".join(str(part) for part in value)
    if name == "absorb_s":
        return "never" if not isinstance(value, float) else _length(value)
    if isinstance(value, (Source, Path)):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return _listed(value) if isinstance(value, tuple) else value


def _listed(values: Sequence[object]) -> list[object]:
    return [_listed(value) if isinstance(value, tuple) else value for value in values]


def _length(seconds: float) -> str:
    for letter, unit in _LENGTHS:
        if seconds % unit == 0:
            return f"{seconds / unit:g}{letter}"
    return f"{seconds / 60:g}m"


def _abouts(kind: type) -> dict[str, str]:
    """Return what a type's docstring says of each of its attributes."""
    section = _SECTION.search(inspect.getdoc(kind) or "")
    if section is None:
        return {}
    entries = _ENTRY.finditer(section[1])
    # What the code calls None, people call none.
    return {
        entry[1]: re.sub(r"\s+", " ", entry[2]).replace("``None``", "none").replace("``", "").strip()
        for entry in entries
    }
