"""What the machine says of itself, where the operating system tells."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from pathlib import Path

from edge.core.reports import Machine
from edge.core.wear import Wear
from edge.types import EARLIEST_NS

MEMINFO = Path("/proc/meminfo")
USB = Path("/sys/bus/usb/devices")
CORAL_USB = {"1a6e:089a", "18d1:9302"}
"""Before its first use the stick has the other name."""

CORAL_PCIE = Path("/dev/apex_0")
TEGRA = Path("/etc/nv_tegra_release")
STATM = Path("/proc/self/statm")
IO = Path("/proc/self/io")
BLOCK_BYTES = 512
"""What the kernel counts in, where it does not count bytes."""

TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
PI_THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
SYNCED = Path("/run/systemd/timesync/synchronized")

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
        self._wear = Wear()

    def machine(self) -> Machine:
        """Return how the machine is doing."""
        temperature = _number(TEMPERATURE)
        throttled = _number(PI_THROTTLED, base=16)
        uptime_s = time.monotonic() - self._began
        written_mb = written_bytes() / MB
        return Machine(
            uptime_s=uptime_s,
            rss_mb=_rss_mb(),
            temp_c=None if temperature is None else temperature / 1000,
            # The low four bits are now; the others are "since boot".
            throttled=None if throttled is None else bool(throttled & 0xF),
            disk_free_mb=_free_mb(self._state_dir),
            written_mb=written_mb,
            written_mb_per_day=self._wear.a_day(uptime_s, written_mb),
        )

    def clock_synced(self) -> bool:
        """Whether somebody has set the wall clock."""
        return time.time_ns() > EARLIEST_NS and (SYNCED.exists() or not SYNCED.parent.exists())


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


def written_bytes(io: Path = IO) -> int:
    """Return what this process has had written to disks: journal, references, evidence, all of it.

    Args:
        io: The kernel's account; without it, blocks are counted.
    """
    try:
        counts = dict(line.split(": ", 1) for line in io.read_text().splitlines())
        return int(counts["write_bytes"])
    except (OSError, ValueError, KeyError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_oublock * BLOCK_BYTES


def memory_free_mb() -> float | None:
    """Return the memory that programs can still have, in 10^6 bytes; ``None`` where unknown."""
    try:
        line = next(line for line in MEMINFO.read_text().splitlines() if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024 / MB
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def accelerators(*, usb: Path = USB, pcie: Path = CORAL_PCIE, tegra: Path = TEGRA) -> tuple[str, ...]:
    """Return the names of the accelerators that are built in or plugged in.

    Args:
        usb: The kernel's list of what is plugged in.
        pcie: The device of a Coral on a card.
        tegra: A file that only a Jetson has.
    """
    found = []
    if any(_usb_id(device) in CORAL_USB for device in usb.glob("*")):
        found.append("Coral USB")
    if pcie.exists():
        found.append("Coral PCIe")
    if tegra.exists():
        found.append("Jetson")
    return tuple(found)


def _usb_id(device: Path) -> str:
    try:
        return ":".join((device / name).read_text().strip() for name in ("idVendor", "idProduct"))
    except (OSError, UnicodeDecodeError):
        return ""


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
