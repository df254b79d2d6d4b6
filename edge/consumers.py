"""The composition root's part for a consumer: an address becomes a database, another one a broker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edge.core.topics import ROOT, base
from edge.drivers.broker_paho import PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.events_sql import SqlEventStore
from edge.drivers.events_sql.sqlite import open_sqlite
from edge.errors import ConfigError
from edge.introducing import access

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.config import MqttConfig
    from edge.ports import Clock
    from edge.ports.consuming import EventStore, Subscription

EVERY_DEVICE = "all"

_LASTING_S = 7 * 86_400  # how long a broker keeps what comes while no consumer runs
_POSTGRES = ("postgresql://", "postgres://")


def store_at(into: str, *, read_only: bool = False) -> EventStore:
    """Open the database of events that an address names, or begin one.

    Args:
        into: ``postgresql://...``, or the path of an SQLite file.
        read_only: Whether it must be there, and nothing will be written.

    Raises:
        ConfigError: There cannot be such a database.
        StorageError: It does not open.
    """
    if into.startswith(_POSTGRES):
        return _postgres_at(into, read_only=read_only)
    if "://" in into or not into or not into.isprintable():
        msg = "--into: must be the path of an SQLite file, or postgresql://USER@HOST/DATABASE"
        raise ConfigError(msg)
    return SqlEventStore(open_sqlite(Path(into).expanduser(), read_only=read_only))


def subscription(mqtt: MqttConfig, consumer_id: str, devices: Iterable[str]) -> Subscription:
    """Return the broker, as it is for a consumer: it keeps what comes while we are away.

    Args:
        mqtt: How to reach it.
        consumer_id: Unique, and the same for as long as the database is.
        devices: Whose events; empty for everybody's.

    Raises:
        ConfigError: A secret or a certificate cannot be used, or a device has no such id.
    """
    let_in = replace(access(mqtt, f"stillwatch-consume-{consumer_id}"), lasting_s=_LASTING_S)
    return PahoBroker(let_in, topics=_topics(devices))


def system_clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def _topics(devices: Iterable[str]) -> list[str]:
    try:
        bases = [base(device) for device in sorted(devices)] or [f"{ROOT}/+"]
    except ValueError as error:
        msg = f"--device: {error}"
        raise ConfigError(msg) from error
    below = ("cam/+/event", "cam/+/event/late", "gap")
    return [f"{one}/{topic}" for one in bases for topic in below]


def _postgres_at(address: str, *, read_only: bool) -> EventStore:
    try:
        from edge.drivers.events_sql.postgres import open_postgres  # noqa: PLC0415 - not everybody has its library
    except ImportError as error:
        msg = "--into: PostgreSQL needs its library: pip install '.[consume]' in stillwatch's folder"
        raise ConfigError(msg) from error
    return SqlEventStore(open_postgres(address, read_only=read_only))
