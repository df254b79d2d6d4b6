"""The machine: its clock, its memory, how hot it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.encoding import rfc3339
from edge.setup.findings import HARDWARE, Finding, failure, ok, warning
from edge.types import EARLIEST_NS

if TYPE_CHECKING:
    from edge.core.reports import Machine
    from edge.types import Instant

LEAST_MEMORY_MB = 256.0
"""What one camera of 1080p needs, the network and the reference included."""

HOT_C = 80.0
"""From here on boards begin to slow down."""

_SYNC = "switch the time service on (sudo timedatectl set-ntp true), and let the network through to it"


def check_clock(now: Instant, *, synced: bool) -> list[Finding]:
    """Return whether the wall clock can be believed.

    Args:
        now: What it shows.
        synced: Whether somebody has set it since the machine started.
    """
    shown = rfc3339(now.wall_ns)
    if now.wall_ns < EARLIEST_NS:
        return [failure("clock", f"shows {shown[:10]}: certificates will be refused", _SYNC, code=HARDWARE)]
    if not synced:
        return [warning("clock", f"shows {shown}, and no time service has set it", _SYNC)]
    return [ok("clock", f"{shown}, set by a time service")]


def check_memory(free_mb: float | None) -> list[Finding]:
    """Return whether there is enough memory, in 10^6 bytes; ``None`` where unknown."""
    if free_mb is None:
        return []
    text = f"{free_mb:.0f} MB free"
    if free_mb < LEAST_MEMORY_MB:
        return [warning("memory", text, f"end other programs: a camera needs {LEAST_MEMORY_MB:.0f} MB")]
    return [ok("memory", text)]


def check_heat(machine: Machine) -> list[Finding]:
    """Return whether the board slows down; nothing where it has no thermometer."""
    if machine.temp_c is None and machine.throttled is None:
        return []
    text = "temperature unknown" if machine.temp_c is None else f"{machine.temp_c:.0f} degrees Celsius"
    if machine.throttled:
        fix = "cool the board, and give it a supply that is strong enough"
        return [warning("temperature", f"{text}; the board slows itself down", fix)]
    if machine.temp_c is not None and machine.temp_c >= HOT_C:
        return [warning("temperature", text, "cool the board: it is about to slow down")]
    return [ok("temperature", text)]


def check_accelerators(found: tuple[str, ...]) -> list[Finding]:
    """Return which accelerators there are; this version computes on the processor."""
    if not found:
        return [ok("accelerator", "none found; the processor does the work")]
    return [
        ok("accelerator", f"{', '.join(found)}: found, not used by this version; the processor does the work")
    ]
