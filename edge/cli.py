"""From arguments to a command; imports the rest late."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from edge import __version__
from edge.commands import camera_arguments, consume_arguments, setup_arguments, why_arguments
from edge.program import answered

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIG_VARIABLE = "STILLWATCH_CONFIG"
DEFAULT_CONFIG = "/etc/stillwatch/config.toml"
MAX_SECONDS = 1e9
MAX_SEED_DIGITS = 9
MAX_POSITIONS = 10_000

_ABOUT = """\
Watches a view that should not change, and tells you over MQTT when something
small is different. It keeps telling until you accept the change, and stays
silent when only the light changes.
"""

_FIRST_STEPS = f"""\
first steps:
  stillwatch demo                         see it work: no camera, no broker, no file needed
  stillwatch init                         look at your camera, and write my.toml
  stillwatch doctor --config my.toml      what is wrong, and how to mend it
  stillwatch run --config my.toml         watch your own cameras
  stillwatch ledger list                  what is different right now
  stillwatch why                          why the last alarm was told
  stillwatch why-not --at 12:31           why nothing was told then
  stillwatch compare old.png new.png      what is different between two pictures
  stillwatch consume --broker URL --into DB   keep what devices tell, each event once

a smallest my.toml:
  config = 1
  [mqtt]
  url = "mqtt://localhost"
  [[camera]]
  name = "shelf"
  source = "/dev/video0"

more examples:
  stillwatch demo --source clip.mp4 --fast --out demo-out
  stillwatch ledger accept shelf-3        this is how it should look from now on
  stillwatch ledger accept all
  stillwatch ledger list --all --json

where the configuration is found:
  --config FILE, else ${CONFIG_VARIABLE}, else {DEFAULT_CONFIG}

exit codes:
  0  done                                 4  a model cannot be used
  1  something nobody foresaw             5  storage or an update cannot be trusted
  2  fix the configuration or arguments   130  interrupted by Ctrl-C
  3  a camera or the engine failed
"""

_DEMO = "Runs the whole device on a played scene: camera, detector, ledger, broker."
_RUN = "Watches the configured cameras and reports over MQTT until SIGTERM or Ctrl-C."
_COMPARE = """\
Says what is different between two pictures of one view. The light may have
changed, and the view may have shifted by a few pixels.
"""
_COMPARE_CODES = """\
exit codes:
  0  nothing is different                 3  the engine failed
  1  something is different               4  the model cannot be used
  2  the pictures cannot be compared      5  nothing can be written to DIR
"""
_PROBE = """\
Films a camera for a while, lays patches of known size and contrast into what it
showed, and counts how many of them are told, and how soon. Nothing is published.
Nothing in the view should change meanwhile, and `stillwatch run` must not be
using the camera, unless the camera can be watched twice, as a stream can.
"""
_MODEL = "the folder of a model, or `difference` for none; default: the built-in one"
_LEDGER = "The ledger holds every change that was told, until it is undone or accepted."
_CONFIG = f"the configuration; default: ${CONFIG_VARIABLE}, else {DEFAULT_CONFIG}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments after the program's name; ``None`` for those of the process.

    Returns:
        What the process should exit with; the help text lists the meanings.
    """
    return answered(_parser(), _run, argv)


def _run(args: argparse.Namespace) -> int:
    """Import the command that was asked for, and nothing else, and run it."""
    command = import_module(f"edge.commands.{args.command.replace('-', '_')}")
    code: int = command.run(args)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stillwatch",
        description=_ABOUT,
        epilog=_FIRST_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"stillwatch {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _describe_demo(
        commands.add_parser(
            "demo", help="see it work, without hardware", description=_DEMO, allow_abbrev=False
        )
    )
    _describe_run(
        commands.add_parser("run", help="watch until stopped", description=_RUN, allow_abbrev=False)
    )
    setup_arguments.describe(commands, config=_default_config(), config_help=_CONFIG, seconds=_seconds)
    _describe_ledger(
        commands.add_parser("ledger", help="list or accept changes", description=_LEDGER, allow_abbrev=False)
    )
    camera_arguments.describe(commands, _default_config(), _CONFIG)
    why_arguments.describe(commands, _default_config(), _CONFIG)
    consume_arguments.describe(commands)
    _describe_compare(
        commands.add_parser(
            "compare",
            help="say what is different between two pictures",
            description=_COMPARE,
            epilog=_COMPARE_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
    )
    _describe_probe(
        commands.add_parser(
            "probe",
            help="measure how small a change is found in a camera's view",
            description=_PROBE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
    )
    return parser


def _describe_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument(
        "--source", metavar="S", help="film this instead: CLIP.mp4, FOLDER/, rtsp://..., /dev/video0"
    )
    demo.add_argument("--seconds", type=_seconds, metavar="N", help="stop after N seconds of the scene")
    demo.add_argument("--seed", type=_seed, default=0, metavar="N", help="another scene, the same each time")
    demo.add_argument("--out", type=Path, metavar="DIR", help="keep pictures, ledger and report here")
    demo.add_argument("--fast", action="store_true", help="as fast as the machine can, not in real time")
    demo.add_argument("--json", action="store_true", help="print JSON lines instead of sentences")


def _describe_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--config", type=Path, default=_default_config(), metavar="FILE", help=_CONFIG)
    run.add_argument("--seconds", type=_seconds, metavar="N", help="stop after N seconds")


def _describe_compare(compare: argparse.ArgumentParser) -> None:
    compare.add_argument("before", type=Path, metavar="BEFORE", help="how it looked: a JPEG, PNG or BMP file")
    compare.add_argument("after", type=Path, metavar="AFTER", help="how it looks now, in the same size")
    compare.add_argument("--model", default="default", metavar="BUNDLE", help=_MODEL)
    compare.add_argument("--out", type=Path, metavar="DIR", help="keep before, after and heat pictures here")
    compare.add_argument("--json", action="store_true", help="print JSON instead of sentences")


def _describe_probe(probe: argparse.ArgumentParser) -> None:
    probe.add_argument("--config", type=Path, default=_default_config(), metavar="FILE", help=_CONFIG)
    probe.add_argument("--camera", metavar="NAME", help="which one, where there are several")
    probe.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="N", help="film this long; default: 60"
    )
    probe.add_argument(
        "--positions", type=_positions, default=40, metavar="N", help="patches of each size; default: 40"
    )
    probe.add_argument(
        "--loop-frames", type=_seed, default=600, metavar="N", help="watch patches this long; default: 600"
    )
    probe.add_argument("--seed", type=_seed, default=0, metavar="N", help="lay them elsewhere")
    probe.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _describe_ledger(ledger: argparse.ArgumentParser) -> None:
    actions = ledger.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    listing = actions.add_parser("list", help="print the changes that are open", allow_abbrev=False)
    listing.add_argument("--all", action="store_true", help="the ended ones too, newest first")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    accept = actions.add_parser("accept", help="this is how it should look from now on", allow_abbrev=False)
    accept.add_argument("change_id", metavar="CHANGE_ID|all", help="as `stillwatch ledger list` prints it")
    for action in (listing, accept):
        place = action.add_mutually_exclusive_group()
        place.add_argument("--config", type=Path, default=_default_config(), metavar="FILE", help=_CONFIG)
        place.add_argument(
            "--state", type=Path, metavar="DIR", help="the state folder, without a configuration"
        )


def _default_config() -> Path:
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:  # so written that NaN fails too
        msg = f"must be a positive number of seconds, not {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _positions(text: str) -> int:
    positions = _seed(text)
    if not 0 < positions <= MAX_POSITIONS:
        msg = f"must be a whole number from 1 to {MAX_POSITIONS}, not {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return positions


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > MAX_SEED_DIGITS:
        msg = f"must be a whole number of at most {MAX_SEED_DIGITS} digits, not {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
