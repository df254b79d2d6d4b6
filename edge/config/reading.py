"""From TOML text to a valid configuration, or to everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from edge.config.camera import read_cameras
from edge.config.device import read_device
from edge.config.document import read_text, table_of
from edge.config.model import read_model
from edge.config.mqtt import read_mqtt
from edge.config.settings import Config
from edge.config.table import LATER_VERSION
from edge.errors import ConfigError

SCHEMA = 1
MAX_BYTES = 256 * 1024
_REFUSED = dict.fromkeys(("runtime",), LATER_VERSION)


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: The file cannot be read, or it holds faults; all are told.
    """
    missing = "no such file; write one, or name yours with --config FILE or $STILLWATCH_CONFIG"
    text = read_text(path, kind="a configuration", missing=missing, max_bytes=MAX_BYTES)
    return parse(text, origin=str(path))


def parse(text: str, *, origin: str) -> Config:
    """Read a configuration.

    Args:
        text: TOML of at most 256 KiB.
        origin: The file's path, for messages; relative paths in the text count
            from its folder.

    Raises:
        ConfigError: With every fault there is.
    """
    if len(text) > MAX_BYTES:
        msg = f"{origin}: longer than {MAX_BYTES} characters; this is hardly a configuration"
        raise ConfigError(msg)
    top, faults = table_of(text, origin)
    folder = Path(origin).parent
    top.constant("config", SCHEMA, rule=f"this version of stillwatch reads files that say config = {SCHEMA}")
    device = read_device(top.table("device"), folder)
    mqtt = read_mqtt(top.table("mqtt"), folder)
    model = read_model(top.table("model"), folder)
    cameras = read_cameras(top, folder)
    top.finish(_REFUSED)
    if found := faults.in_order():
        raise ConfigError(*found)
    return Config(device, mqtt, cameras, model)
