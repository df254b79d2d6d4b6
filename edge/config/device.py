"""The ``[device]`` table, and what the machine itself says where it is silent."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.settings import DeviceConfig, LogFormat

if TYPE_CHECKING:
    from edge.config.table import Table

NAME = r"[a-z0-9_-]{1,32}"
NAME_RULE = "must be 1 to 32 characters out of a-z, 0-9, _ and -"
MACHINE_ID = Path("/etc/machine-id")
SYSTEM_STATE = Path("/var/lib/stillwatch")
USER_STATE = Path(".local/state/stillwatch")
LOG_FORMATS: tuple[LogFormat, ...] = ("text", "json")


def read_device(table: Table, folder: Path) -> DeviceConfig:
    """Read the table; its keys may be left out."""
    device_id = table.text("id", None, pattern=NAME, rule=NAME_RULE)
    if not table.has("id"):
        device_id = default_device_id(MACHINE_ID)
        if device_id is None:
            table.fault("id", f"missing, and {MACHINE_ID} does not say which machine this is; write one")
    state_dir = table.path("state_dir", folder) or default_state_dir()
    evidence_mb = table.integer("evidence_mb", 64, low=8, high=4096, unit="megabytes")
    log = table.choice("log", "text", LOG_FORMATS)
    table.finish()
    return DeviceConfig(device_id or "", state_dir, evidence_mb, log)


def default_device_id(machine_id: Path) -> str | None:
    """Return a name for this machine that no other one has, ``None`` when it has no id.

    The machine's id itself is confidential, so only a digest of it is shown.
    """
    try:
        text = machine_id.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        return None
    return "stillwatch-" + hashlib.sha256(f"stillwatch {text}".encode()).hexdigest()[:12]


def default_state_dir(system: Path = SYSTEM_STATE) -> Path:
    """Return ``/var/lib/stillwatch`` where we may write, else a folder of the user's own."""
    existing = system if system.exists() else system.parent
    if os.access(existing, os.W_OK | os.X_OK):
        return system
    return Path(os.path.expanduser("~")) / USER_STATE  # noqa: PTH111 - Path.home() raises for a user without a home
