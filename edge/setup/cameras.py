"""A camera: does it open, what does it give, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config import SourceKind
from edge.errors import ConfigError
from edge.setup.filming import Footage, film
from edge.setup.findings import HARDWARE, Finding, failure, failures, ok, warning

if TYPE_CHECKING:
    from edge.config import CameraConfig
    from edge.ports.examining import Surroundings

SECONDS = 3.0
LEAST_LOOKS = 4
"""Even a slow camera is watched for so many of its periods."""

SLOW = 0.8
"""Share of the wanted rate below which a camera is slow."""

SHARED = (SourceKind.STREAM, SourceKind.FILE, SourceKind.FOLDER)
"""Sources that several programs may read at once."""


def check_camera(
    camera: CameraConfig, around: Surroundings, *, holder: str | None, sizes: dict[str, tuple[int, int]]
) -> list[Finding]:
    """Film for a few seconds.

    Args:
        camera: Which.
        around: Gives the camera.
        holder: The process of the device that runs meanwhile; ``None`` for none.
        sizes: Where the width and height of its pictures are put, by its name.
    """
    name = f"camera {camera.name}"
    if holder is not None and camera.source.kind not in SHARED:
        text = f"{camera.source}: not opened, the running stillwatch (process {holder}) films with it"
        return [warning(name, text, "stop that one to check the camera")]
    try:
        driver = around.camera(camera)
    except ConfigError as error:
        return failures(name, error)
    footage = film(driver, seconds=max(SECONDS, LEAST_LOOKS / camera.fps))
    if footage.newest is not None:
        sizes[camera.name] = footage.size
    return [_finding(name, camera, footage)]


def _finding(name: str, camera: CameraConfig, footage: Footage) -> Finding:
    if footage.trouble:
        text, _, fix = footage.trouble.partition("; ")
        fix = fix or "look at it with another program"
        return failure(name, f"{camera.source}: {text}", fix, code=HARDWARE)
    width, height = footage.size
    text = (
        f"{camera.source}: {width} x {height}, brightness {footage.brightness:.0f} of 255,"
        f" {footage.fps:.1f} pictures a second"
    )
    if footage.dark:
        return warning(name, text, "too dark to see anything: take the cover off, or switch a light on")
    if footage.frozen:
        return warning(name, text, "always the same picture, to the last bit: restart the camera")
    if 0 < footage.fps < SLOW * camera.fps:
        fix = f"{camera.fps:g} are wanted: write fps = {max(0.1, footage.fps):.1f}, or find what slows it"
        return warning(name, text, fix)
    return ok(name, text)
