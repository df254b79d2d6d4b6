"""The disk, and who else can read what lies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config import SourceKind, read_secret, redacted
from edge.errors import ConfigError
from edge.setup.findings import CONFIGURATION, STORAGE, Finding, failure, failures, ok, warning

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import Config
    from edge.ports.examining import FolderState, Surroundings

USUAL_MB = 200.0
"""Room for a device of which nothing is known."""

CAMERA_MB = 100.0
"""Room for what is known of one camera's view, at 1080p, a rewrite included."""

OTHERS = 0o077
EVERYBODY_READS = 0o004
GROUP_WRITES = 0o020


def room_mb(config: Config) -> float:
    """Return how much of the disk a device may come to use, in 10^6 bytes."""
    return config.device.evidence_mb + CAMERA_MB * len(config.cameras) + config.mqtt.outbox_mb


def check_disk(folder: Path, state: FolderState, *, room: float) -> list[Finding]:
    """Return whether the state can be kept.

    Args:
        folder: The state folder.
        state: How it is.
        room: Megabytes that the device may come to use.
    """
    if state.fault and state.free_mb is not None and state.free_mb < 1:
        fix = "delete what is not needed, or name a folder on another disk in [device] state_dir"
        return [failure("disk", f"{folder}: the disk is full ({state.fault})", fix, code=STORAGE)]
    if state.fault:
        fix = f"give it to the user of stillwatch (sudo chown USER {folder}), or name another state_dir"
        return [failure("disk", f"{folder}: cannot be written to ({state.fault})", fix, code=CONFIGURATION)]
    free = "free room unknown" if state.free_mb is None else f"{state.free_mb:.0f} MB free"
    text = f"{folder}: {free}, at most about {room:.0f} MB will be used"
    if state.free_mb is not None and state.free_mb < room:
        return [warning("disk", text, "make room, or lower device.evidence_mb and mqtt.outbox_mb")]
    return [ok("disk", text)]


def check_rights(config: Config, path: Path, around: Surroundings) -> list[Finding]:
    """Return who can read what is meant for the device alone.

    Args:
        config: What the file says.
        path: The file.
        around: Where folders and files are looked up.
    """
    found = []
    state_dir = config.device.state_dir
    mode = around.mode(state_dir)
    if mode & OTHERS:
        text = f"{state_dir}: other users may look into it (mode {mode:o}): it holds pictures"
        found.append(warning("rights", text, f"chmod 700 {state_dir}"))
    mode = around.mode(path)
    if mode & EVERYBODY_READS and _holds_a_password(config):
        text = f"{path}: everybody may read it, and a camera's address holds a password"
        found.append(warning("rights", text, f"chmod 600 {path}"))
    secret = config.mqtt.password_file
    if secret is not None:
        found += _check_secret(secret, around.mode(secret))
    return found or [ok("rights", "nobody else reads passwords or pictures")]


def _check_secret(path: Path, mode: int) -> list[Finding]:
    try:
        read_secret(path)
    except ConfigError as error:
        return failures("rights", error)
    if mode & GROUP_WRITES:
        return [warning("rights", f"{path}: others of its group may write it", f"chmod 600 {path}")]
    return []


def _holds_a_password(config: Config) -> bool:
    streams = [c.source.location for c in config.cameras if c.source.kind is SourceKind.STREAM]
    # Of a command nobody knows what its arguments are.
    pipes = any(camera.source.kind is SourceKind.PIPE for camera in config.cameras)
    return pipes or any(redacted(location) != location for location in streams)
