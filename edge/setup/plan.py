"""What is checked, in which order, and for how long at most."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.config import last_good
from edge.config.device import default_state_dir
from edge.errors import ConfigError, ModelError
from edge.setup import machine, rights
from edge.setup.broker import check_broker
from edge.setup.cameras import check_camera
from edge.setup.checkup import Check, examined
from edge.setup.engine import check_engine
from edge.setup.findings import BROKER, CONFIGURATION, HARDWARE, STORAGE, Finding, failures, ok, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.config import Config
    from edge.ports.examining import Surroundings

QUICK_S = 20.0
CAMERA_S = 90.0
"""A slow camera, 0.1 looks a second, gives four pictures in 40 s."""

BROKER_S = 60.0
ENGINE_S = 180.0
"""For the slowest of boards, with a large picture."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined.

    Attributes:
        path: The configuration's file.
        config: What it says, or what its last good copy says; ``None`` where there is neither.
        findings: What is wrong with the file.
    """

    path: Path
    config: Config | None
    findings: tuple[Finding, ...]


def subject_of(path: Path) -> Subject:
    """Read a configuration as ``stillwatch run`` would."""
    try:
        chosen = last_good.choose(path)
    except ConfigError as error:
        return Subject(path, None, (*failures("configuration", error), _rest_unknown()))
    config = chosen.config
    if chosen.faults:
        faults = failures("configuration", ConfigError(*chosen.faults))
        fix = "mend the lines above: until then the device runs with an older file"
        rest = warning("configuration", "the rest is checked with the last good copy of it", fix)
        return Subject(path, config, (*faults, rest))
    cameras = f"{len(config.cameras)} camera{'s' if len(config.cameras) > 1 else ''}"
    return Subject(path, config, (ok("configuration", f"{path}: {cameras}, broker {config.mqtt.url}"),))


def examine(subject: Subject, around: Surroundings, *, begun: Callable[[str], None]) -> Iterator[Finding]:
    """Check everything, also what comes after something that failed.

    Args:
        subject: What to examine.
        around: The machine, its hardware and its network.
        begun: Told the name of each check that is waited for.

    Yields:
        Findings, as they come, in a fixed order.
    """
    yield from subject.findings
    config = subject.config
    yield from examined(_first(subject.path, config, around), begun=begun)
    if config is None:
        return
    sizes: dict[str, tuple[int, int]] = {}
    yield from examined(_outside(config, around, sizes), begun=begun)
    # Last and alone: its time is measured.
    engine = Check("engine", lambda: check_engine(config, around, sizes), ENGINE_S, ModelError.exit_code)
    yield from examined([engine], begun=begun)


def _first(path: Path, config: Config | None, around: Surroundings) -> list[Check]:
    state_dir = default_state_dir() if config is None else config.device.state_dir
    room = rights.USUAL_MB if config is None else rights.room_mb(config)
    board = around.board(state_dir)
    checks = [
        Check(
            "disk",
            lambda: rights.check_disk(state_dir, around.folder(state_dir), room=room),
            QUICK_S,
            STORAGE,
        ),
        Check(
            "clock",
            lambda: machine.check_clock(around.clock.now(), synced=board.clock_synced()),
            QUICK_S,
            HARDWARE,
        ),
        Check("memory", lambda: machine.check_memory(around.memory_free_mb()), QUICK_S, HARDWARE),
        Check("temperature", lambda: machine.check_heat(board.machine()), QUICK_S, HARDWARE),
        Check("accelerator", lambda: machine.check_accelerators(around.accelerators()), QUICK_S, HARDWARE),
    ]
    if config is not None:
        known = config
        rights_of = Check("rights", lambda: rights.check_rights(known, path, around), QUICK_S, CONFIGURATION)
        checks.insert(0, rights_of)
    return checks


def _outside(config: Config, around: Surroundings, sizes: dict[str, tuple[int, int]]) -> list[Check]:
    """Return the checks that mostly wait: all cameras film at once, as they do when the device runs."""
    holder = around.holder(config.device.state_dir)

    def filming(number: int) -> Check:
        camera = config.cameras[number]
        return Check(
            f"camera {camera.name}",
            lambda: check_camera(camera, around, holder=holder, sizes=sizes),
            CAMERA_S,
            HARDWARE,
        )

    word = secrets.token_hex(8)
    cameras = [filming(number) for number in range(len(config.cameras))]
    return [*cameras, Check("broker", lambda: check_broker(config, around, word=word), BROKER_S, BROKER)]


def _rest_unknown() -> Finding:
    return warning(
        "configuration", "cameras, engine and broker are not checked", "mend the lines above first"
    )
