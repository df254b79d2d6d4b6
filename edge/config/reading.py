"""From TOML text to a valid configuration, or to everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.camera import read_cameras
from edge.config.device import read_device
from edge.config.document import read_text, table_of
from edge.config.metrics import read_metrics
from edge.config.model import read_model
from edge.config.mqtt import read_mqtt
from edge.config.settings import Config
from edge.config.table import LATER_VERSION
from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.config.table import Faults

SCHEMA = 1
MAX_BYTES = 256 * 1024
_REFUSED = dict.fromkeys(("runtime",), LATER_VERSION)


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: The file cannot be read, or it holds faults; all are told.
    """
    return parse(text_of(path), origin=str(path))


def text_of(path: Path) -> str:
    """Return what a configuration file says, unread.

    Raises:
        ConfigError: The file cannot be read.
    """
    missing = (
        "no such file; `stillwatch init` writes one; name yours with --config FILE or $STILLWATCH_CONFIG"
    )
    return read_text(path, kind="a configuration", missing=missing, max_bytes=MAX_BYTES)


_RULE = (
    f"this version of stillwatch reads files that say config = {SCHEMA};"
    " `stillwatch config migrate FILE` brings an older one to that"
)


def parse(text: str, *, origin: str) -> Config:
    """Read a configuration.

    Args:
        text: TOML of at most 256 KiB.
        origin: The file's path, for messages; relative paths in the text count
            from its folder.

    Raises:
        ConfigError: With every fault there is.
    """
    config, _ = parse_with_rules(text, origin=origin)
    return config


def parse_with_rules(text: str, *, origin: str) -> tuple[Config, Faults]:
    """Read a configuration, and keep where its keys stand and what each takes.

    Args:
        text: As for ``parse``.
        origin: As for ``parse``.

    Raises:
        ConfigError: With every fault there is.
    """
    if len(text) > MAX_BYTES:
        msg = f"{origin}: longer than {MAX_BYTES} characters; this is hardly a configuration"
        raise ConfigError(msg)
    top, faults = table_of(text, origin)
    folder = Path(origin).parent
    top.constant("config", SCHEMA, rule=_RULE)
    device = read_device(top.table("device"), folder)
    mqtt = read_mqtt(top.table("mqtt"), folder)
    model = read_model(top.table("model"), folder)
    metrics = read_metrics(top.table("metrics"))
    cameras = read_cameras(top, folder)
    top.finish(_REFUSED)
    if found := faults.in_order():
        raise ConfigError(*found)
    return Config(device, mqtt, cameras, model, metrics), faults
