"""What a process holds, as the kernel counts it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MB = 1e6
WARM_S = 600.0
"""What grows while a device learns is no leak."""


@dataclass(frozen=True)
class Holding:
    """What a process holds.

    Attributes:
        at_s: Seconds since the beginning.
        rss_mb: Memory, in 10^6 bytes.
        fds: Open descriptors.
        threads: Threads.
        state_mb: What lies in its state folder, in 10^6 bytes.
        written_mb: What it wrote to disks so far, in 10^6 bytes; nothing for disks in memory.
    """

    at_s: float
    rss_mb: float
    fds: int
    threads: int
    state_mb: float
    written_mb: float


def holding(pid: int, state: Path, at_s: float) -> Holding:
    """Return what a process holds now.

    Raises:
        OSError: It has ended.
    """
    folder = Path(f"/proc/{pid}")
    pages = int((folder / "statm").read_text().split()[1])
    written = next(
        line for line in (folder / "io").read_text().splitlines() if line.startswith("write_bytes")
    )
    return Holding(
        at_s=round(at_s, 1),
        rss_mb=round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 2),
        fds=len(list((folder / "fd").iterdir())),
        threads=len(list((folder / "task").iterdir())),
        state_mb=round(sum(_size(path) for path in state.rglob("*")) / MB, 3),
        written_mb=round(int(written.split()[1]) / MB, 3),
    )


def steady(samples: list[Holding]) -> list[Holding]:
    """Return the samples after the start: ten minutes, or of a short run the last two thirds."""
    if not samples:
        return []
    from_s = min(WARM_S, samples[-1].at_s / 3)
    return [sample for sample in samples if sample.at_s >= from_s]


def trend(seconds: list[float], values: list[float], slope: str = "slope_per_h") -> dict[str, float]:
    """Return the first, the middle and the last value, and the growth an hour of a line through all."""
    growth = float(np.polyfit(seconds, values, 1)[0]) * 3600 if len(values) > 1 else 0.0
    return {
        "first": values[0],
        "median": round(float(np.median(values)), 2),
        "last": values[-1],
        slope: round(growth, 2),
    }


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
