"""What ``stillwatch why`` and ``stillwatch why-not`` are asked."""

from __future__ import annotations

import argparse
from pathlib import Path

_WHY = "Says why an alarm was told: score, threshold, light, view, with the pictures."
_WHY_NOT = """\
Says why no alarm was told of something: the first reason that holds, with all
figures. The device may be running.
"""
_TIMES = """\
times:
  12:31, 12:31:05, 2026-11-22T12:31   this machine's time; the last there was
  2026-11-22T12:31:05Z, ...+02:00     another zone's
  now, 5m, 90s, 2h                    so long ago; also --at=-5m

places:
  0.41,0.22                           shares of the picture: right and down
  812,431                             pixels of the picture

example:
  stillwatch why-not --camera shelf --at 12:31 --place 0.41,0.22
"""
_EVENT = "a change, such as shelf-3; EPOCH/SEQ of an event; default: the last alarm"


def describe(commands: argparse._SubParsersAction[argparse.ArgumentParser], config: Path, told: str) -> None:
    """Add both commands.

    Args:
        commands: Where to.
        config: The usual configuration.
        told: What to say about it.
    """
    why = commands.add_parser("why", help="say why an alarm was told", description=_WHY, allow_abbrev=False)
    why.add_argument("event", nargs="?", default="last", metavar="CHANGE_ID", help=_EVENT)
    silent = commands.add_parser(
        "why-not",
        help="say why no alarm was told",
        description=_WHY_NOT,
        epilog=_TIMES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    silent.add_argument("--camera", metavar="NAME", help="which one, where there are several")
    silent.add_argument("--at", default="now", metavar="TIME", help="when; default: now")
    silent.add_argument("--place", metavar="X,Y", help="where; default: anywhere in the view")
    for command in (why, silent):
        command.add_argument("--json", action="store_true", help="print JSON instead of sentences")
        command.add_argument("--out", type=Path, metavar="DIR", help="copy the pictures here")
        place = command.add_mutually_exclusive_group()
        place.add_argument("--config", type=Path, default=config, metavar="FILE", help=told)
        place.add_argument(
            "--state", type=Path, metavar="DIR", help="the state folder, without a configuration"
        )
