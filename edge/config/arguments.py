"""The ``[mqtt]`` table, given as arguments of a command that has no configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.mqtt import read_mqtt
from edge.config.places import Places
from edge.config.table import Faults, Table
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.config.settings import MqttConfig


def mqtt_of(given: Mapping[str, object]) -> MqttConfig:
    """Return how to reach a broker, by the rules of a configuration file.

    Args:
        given: Values by key; ``None`` for what was not given. Relative paths count
            from the working directory.

    Raises:
        ConfigError: With every fault there is.
    """
    faults = Faults("arguments", Places(""))
    values = {key: value for key, value in given.items() if value is not None}
    mqtt = read_mqtt(Table(values, ("mqtt",), faults), Path())
    if found := faults.in_order():
        raise ConfigError(*found)
    return mqtt
