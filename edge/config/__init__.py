"""The device's configuration: one TOML file, read strictly into frozen types.

Every fault in the file is found in one pass and told with its place, its value,
what is allowed, and the nearest key that exists. Relative paths count from the
folder of the file. Secrets are never in the file: it names files that hold them.
"""

from edge.config.reading import load, parse
from edge.config.secret import read_secret
from edge.config.settings import CameraConfig, Config, DeviceConfig, MetricsConfig, ModelConfig, MqttConfig
from edge.config.sources import Source, SourceKind, parse_source, redacted, redacted_line

__all__ = [
    "CameraConfig",
    "Config",
    "DeviceConfig",
    "MetricsConfig",
    "ModelConfig",
    "MqttConfig",
    "Source",
    "SourceKind",
    "load",
    "parse",
    "parse_source",
    "read_secret",
    "redacted",
    "redacted_line",
]
