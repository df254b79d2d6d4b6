"""What the machine says of itself, where the operating system tells."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from edge.core.reports import Machine

STATM = Path("/proc/self/statm")
TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
PI_THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
SYNCED = Path("/run/systemd/timesync/synchronized")
PLAUSIBLE_NS = 1_767_225_600 * 10**9
"""2026-01-01: before this, nobody has set the clock."""

MB = 1e6


class SystemBoard:
    """Reads the kernel's files; what is not there is not known."""

    def __init__(self, state_dir: Path) -> None:
        """Start counting the time we run.

        Args:
            state_dir: The folder whose disk matters.
        """
        self._state_dir = state_dir
        self._began = time.monotonic()

    def machine(self) -> Machine:
        """Return how the machine is doing."""
        temperature = _number(TEMPERATURE)
        throttled = _number(PI_THROTTLED, base=16)
        return Machine(
            uptime_s=time.monotonic() - self._began,
            rss_mb=_rss_mb(),
            temp_c=None if temperature is None else temperature / 1000,
            # The low four bits are now; the others are "since boot".
            throttled=None if throttled is None else bool(throttled & 0xF),
            disk_free_mb=_free_mb(self._state_dir),
        )

    def clock_synced(self) -> bool:
        """Whether somebody has set the wall clock."""
        return time.time_ns() > PLAUSIBLE_NS and (SYNCED.exists() or not SYNCED.parent.exists())


def board_name() -> str:
    """Return what the board calls itself."""
    for path in (Path("/proc/device-tree/model"), Path("/sys/class/dmi/id/product_name")):
        try:
            name = path.read_text(errors="replace").strip("\0 \n")
        except OSError:
            continue
        if name:
            return name[:64]
    return sys.platform


def _rss_mb() -> float | None:
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB
    except (OSError, ValueError, IndexError):
        return None


def _free_mb(folder: Path) -> float | None:
    try:
        return shutil.disk_usage(folder).free / MB
    except OSError:
        return None


def _number(path: Path, *, base: int = 10) -> int | None:
    try:
        return int(path.read_text().strip(), base)
    except (OSError, ValueError):
        return None
