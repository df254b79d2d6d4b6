"""The command line of ``doctor``, ``init`` and ``config``; loads nothing but the parser."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable

COMMANDS = ("doctor", "init", "config")
SECONDS = 6.0

_DOCTOR = """\
Checks all that a device needs: the configuration, who can read what is private,
disk, clock, memory, heat, each camera, the broker, and what compares. A line for
each: OK, or WARN or FAIL with what to do. It changes nothing, and may run beside
`stillwatch run`; to the broker it publishes one message, below DEVICE/doctor.
"""
_DOCTOR_CODES = """\
exit codes (of the first line that says FAIL):
  0  nothing failed                       4  the model cannot be used
  2  fix the configuration, or rights     5  the disk is full or refuses
  3  a camera, the clock or an engine     6  the broker cannot be spoken to
"""
_INIT = """\
Films for a few seconds with the cameras that are there, and writes a first
configuration, and a picture of the view with the places drawn on it that did not
hold still: the file proposes to ignore them.
"""
_CONFIG = "Says what a configuration means, and whether it can be used. It never runs anything."


def describe(
    commands: _SubParsersAction[argparse.ArgumentParser],
    *,
    config: Path,
    config_help: str,
    seconds: Callable[[str], float],
) -> None:
    """Add the commands to a parser.

    Args:
        commands: Where to add them.
        config: The configuration where none is named.
        config_help: How that is found, in words.
        seconds: Reads a number of seconds.
    """
    doctor = commands.add_parser(
        "doctor",
        help="say what is wrong, and how to mend it",
        description=_DOCTOR,
        epilog=_DOCTOR_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    doctor.add_argument("--config", type=Path, default=config, metavar="FILE", help=config_help)
    doctor.add_argument("--json", action="store_true", help="print JSON instead of lines")
    init = commands.add_parser(
        "init",
        help="look at the camera, and write a configuration",
        description=_INIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    init.add_argument(
        "--source", metavar="S", help="this camera: /dev/video0, rtsp://..., CLIP.mp4; default: all found"
    )
    init.add_argument("--url", metavar="URL", help="the broker; default: mqtt://localhost")
    init.add_argument(
        "--allow-plain",
        action="store_true",
        help="let mqtt:// leave this machine: everybody on the network can read along",
    )
    init.add_argument("--out", type=Path, default=Path("my.toml"), metavar="FILE", help="default: my.toml")
    init.add_argument("--force", action="store_true", help="replace files that are there already")
    init.add_argument(
        "--seconds", type=seconds, default=SECONDS, metavar="N", help="film so long; default: 6"
    )
    init.add_argument("--json", action="store_true", help="print JSON instead of lines")
    _describe_config(
        commands.add_parser(
            "config",
            help="check, explain or migrate a configuration",
            description=_CONFIG,
            allow_abbrev=False,
        ),
        config,
    )


def _describe_config(config: argparse.ArgumentParser, default: Path) -> None:
    actions = config.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    check = actions.add_parser("check", help="name every fault in it", allow_abbrev=False)
    explain = actions.add_parser("explain", help="every key: what is in force, and why", allow_abbrev=False)
    migrate = actions.add_parser(
        "migrate", help="bring it to this version, comments kept", allow_abbrev=False
    )
    for action in (check, explain, migrate):
        action.add_argument(
            "file", type=Path, nargs="?", default=default, metavar="FILE", help=f"default: {default}"
        )
    for action in (check, explain):
        action.add_argument("--json", action="store_true", help="print JSON instead of lines")
    migrate.add_argument("--dry-run", action="store_true", help="print it, and leave the file as it is")
