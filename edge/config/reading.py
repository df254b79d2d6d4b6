"""From TOML text to a valid configuration, or to everything that is wrong with it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from edge.config.camera import read_cameras
from edge.config.device import read_device
from edge.config.model import read_model
from edge.config.mqtt import read_mqtt
from edge.config.places import Places
from edge.config.settings import Config
from edge.config.table import LATER_VERSION, Faults, Table
from edge.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SCHEMA = 1
MAX_BYTES = 256 * 1024
_REFUSED = dict.fromkeys(("runtime",), LATER_VERSION)


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: The file cannot be read, or it holds faults; all are told.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        msg = f"{path}: no such file; write one, or name yours with --config FILE or $STILLWATCH_CONFIG"
        raise ConfigError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read: {error}"
        raise ConfigError(msg) from error
    if len(content) > MAX_BYTES:
        msg = f"{path}: longer than {MAX_BYTES} bytes; this is hardly a configuration"
        raise ConfigError(msg)
    try:
        # Some editors begin a file with a byte order mark.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{path}:{line}: not UTF-8 text; save the file as UTF-8"
        raise ConfigError(msg) from error
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
    faults = Faults(origin, Places(text))
    top = Table(_toml(text, origin), (), faults)
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


def _toml(text: str, origin: str) -> dict[str, object]:
    if len(text) > MAX_BYTES:
        msg = f"{origin}: longer than {MAX_BYTES} characters; this is hardly a configuration"
        raise ConfigError(msg)
    try:
        values: dict[str, object] = tomllib.loads(text)
    except RecursionError as error:
        msg = f"{origin}: nested too deeply"
        raise ConfigError(msg) from error
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        line = re.search(r" \(at line (\d+), (column \d+)\)", str(error))
        place = f"{origin}:{line[1]}: {line[2]}" if line else origin
        what = str(error).replace(line[0], "") if line else str(error)
        msg = f"{place}: not TOML: {what}"
        raise ConfigError(msg) from error
    return values
