"""Cameras that this machine seems to have; whether they give pictures is for others to see."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

MOST = 16
SYSFS = Path("/sys/class/video4linux")
DEVICES = Path("/dev")
TEGRA = Path("/etc/nv_tegra_release")


def found_sources(*, devices: Path = DEVICES, sysfs: Path = SYSFS, tegra: Path = TEGRA) -> list[str]:
    """Return sources as a configuration names them, at most ``MOST``.

    Args:
        devices: Where ``video0`` and its like are.
        sysfs: What the kernel says of them.
        tegra: A file that only a Jetson has.
    """
    found = [str(device) for device in _numbered(devices) if not _is_second(sysfs / device.name)]
    if shutil.which("rpicam-vid"):
        found.insert(0, "rpicam:0")
    if tegra.exists() and shutil.which("gst-launch-1.0"):
        found.insert(0, "jetson:0")
    return found[:MOST]


def _numbered(devices: Path) -> list[Path]:
    """Return the video devices in the order of their numbers."""
    try:
        nodes = [node for node in devices.iterdir() if re.fullmatch(r"video[0-9]{1,4}", node.name)]
    except OSError:
        return []
    return sorted(nodes, key=lambda node: int(node.name.removeprefix("video")))


def _is_second(about: Path) -> bool:
    """Whether it is a camera's second device: that gives data about pictures, and none itself."""
    try:
        return (about / "index").read_text().strip() not in {"", "0"}
    except OSError:
        return False
