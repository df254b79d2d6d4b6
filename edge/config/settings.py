"""What a configuration says, as the rest of the device uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.sources import Source
    from edge.core.limits import Limits
    from edge.core.polygons import Polygon

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""Schemes of ``mqtt.url``, and the port each means when none is given."""

DISCOVERY_PREFIX = "homeassistant"
"""Where Home Assistant looks for devices, unless it was told another place."""

Protocol = Literal["auto", "5", "3.1.1"]
"""Versions of MQTT; ``auto`` tries the newer one first."""

Confirmation = Literal["broker", "consumer"]
"""Whose acknowledgement lets a stored event be deleted."""

LogFormat = Literal["text", "json"]
"""What log lines are."""

Image = Literal["change", "heatmap", "reference"]
"""Pictures that may be shown over MQTT."""

Method = Literal["network", "difference"]
"""How pictures are compared: by a trained network, or without one."""


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """The ``[device]`` table.

    Attributes:
        id: Name of this device in every topic, ``[a-z0-9_-]{1,32}``.
        state_dir: Folder for the ledger, the outbox, the references and the evidence.
        evidence_mb: Room for what explains alarms and silences, in megabytes.
        log: Whether a line of the log is text, or a JSON object.
    """

    id: str
    state_dir: Path
    evidence_mb: int = 64
    log: LogFormat = "text"


@dataclass(frozen=True, slots=True)
class MqttConfig:
    """The ``[mqtt]`` table.

    Attributes:
        url: ``mqtts://HOST[:PORT]`` or ``mqtt://HOST[:PORT]``, checked.
        username: Who we are at the broker; ``None`` for nobody.
        password_file: File that holds the password; see ``read_secret``.
        ca_file: Certificates to trust; ``None`` for those of the system.
        cert_file: Our own certificate; ``None`` for none. See ``own_certificate``.
        key_file: Its key; there when, and only when, ``cert_file`` is.
        protocol: ``auto``, ``5`` or ``3.1.1``.
        late_after_s: Age from which a stored event counts as late, in seconds.
        allow_plain: Whether ``mqtt://`` may leave this machine.
        confirm: Whose acknowledgement lets a stored event be deleted: the broker's,
            which may still lose it in a crash of its own, or that of the consumer
            that is the system of record.
        outbox_mb: Room for events that wait, in megabytes.
        images: Pictures of each camera that the broker is given, and keeps.
        discovery_prefix: Where Home Assistant looks for devices; empty not to be found.
    """

    url: str
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    protocol: Protocol = "auto"
    late_after_s: float = 60.0
    allow_plain: bool = False
    confirm: Confirmation = "broker"
    outbox_mb: int = 16
    images: tuple[Image, ...] = ()
    discovery_prefix: str = DISCOVERY_PREFIX

    @property
    def host(self) -> str:
        """Name or address of the broker, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The broker's port."""
        parts = urlsplit(self.url)
        return parts.port or PORTS[parts.scheme]

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted and the broker's name verified."""
        return urlsplit(self.url).scheme == "mqtts"


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """One ``[[camera]]`` table.

    Attributes:
        name: Its name in topics and files, ``[a-z0-9_-]{1,32}``.
        source: Where its pictures come from.
        fps: Looks per second, 0.1 to 30.
        detect: What counts as a change; ``[camera.detect]``.
        privacy: Places that are black before anything else sees the picture.
        ignore: Places that are seen, and never judged; nor are those of ``privacy``.
    """

    name: str
    source: Source
    fps: float
    detect: Limits
    privacy: tuple[Polygon, ...] = ()
    ignore: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The ``[model]`` table.

    Attributes:
        method: ``network`` or ``difference``.
        bundle: Folder of the network; ``None`` for the one that comes along.
        threads: Of the processor, for the network; ``None`` for up to four.
    """

    method: Method = "network"
    bundle: Path | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class MetricsConfig:
    """The ``[metrics]`` table.

    Attributes:
        port: Where a Prometheus on this machine finds ``/metrics``; ``None`` for nowhere.
    """

    port: int | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration, valid.

    Attributes:
        device: This device.
        mqtt: The broker.
        cameras: At least one; names differ.
        model: What compares.
        metrics: Figures for a Prometheus.
    """

    device: DeviceConfig
    mqtt: MqttConfig
    cameras: tuple[CameraConfig, ...]
    model: ModelConfig = ModelConfig()
    metrics: MetricsConfig = MetricsConfig()
