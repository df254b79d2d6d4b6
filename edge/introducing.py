"""How a device meets its broker: how it is let in, and what it says first and last."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import replace
from typing import TYPE_CHECKING

from edge import __version__
from edge.config import read_secret
from edge.config.certificate import own_certificate, trusting
from edge.core import reports, topics
from edge.drivers.board import board_name
from edge.drivers.broker_paho import Access, Tls
from edge.drivers.clock import SystemClock
from edge.types import Message

if TYPE_CHECKING:
    from edge.config import Config, MqttConfig
    from edge.ports import Engine


def access_of(config: Config) -> Access:
    """Return how the device is let in by its broker.

    Raises:
        ConfigError: The password, our own certificate, or those to trust cannot be used.
    """
    return replace(access(config.mqtt, config.device.id), will=status(config, b"offline"))


def access(mqtt: MqttConfig, client_id: str) -> Access:
    """Return how anybody is let in by a broker.

    Raises:
        ConfigError: The password, our own certificate, or those to trust cannot be used.
    """
    own_certificate(mqtt)
    if mqtt.tls:
        trusting(mqtt)  # the connection itself would not say which file is at fault
    files = (mqtt.ca_file, mqtt.cert_file, mqtt.key_file)
    return Access(
        host=mqtt.host,
        port=mqtt.port,
        client_id=client_id,
        username=mqtt.username,
        password=None if mqtt.password_file is None else read_secret(mqtt.password_file),
        tls=Tls(*(None if file is None else str(file) for file in files)) if mqtt.tls else None,
        protocol=mqtt.protocol,
    )


def welcome(config: Config, engine: Engine, boot: str) -> list[Message]:
    """Return what a broker is told first: that we are here, and who we are.

    Args:
        config: What is watched.
        engine: What it is compared with.
        boot: Random id of this run of the program.
    """
    payload = reports.info_payload(
        ts_ns=SystemClock().now().wall_ns,
        device=config.device.id,
        boot=boot,
        version=__version__,
        python=platform.python_version(),
        board=board_name(),
        model=engine.contract.tag(engine.delegate),
        cameras={camera.name: camera.detect for camera in config.cameras},
        config_sha256=_digest(config),
    )
    info = Message(topics.info(topics.base(config.device.id)), payload, qos=1, retain=True)
    return [status(config, b"online"), info]


def status(config: Config, payload: bytes) -> Message:
    """Return the word that we are here, ``b"online"``, or not, ``b"offline"``."""
    return Message(topics.status(topics.base(config.device.id)), payload, qos=1, retain=True)


def _digest(config: Config) -> str:
    # The text of a configuration has no sources in it, as they may hold passwords.
    sources = [str(camera.source) for camera in config.cameras]
    return hashlib.sha256(repr((config, sources)).encode()).hexdigest()
