"""What ``stillwatch camera`` takes; apart, so that ``--help`` loads nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

ABOUT = "Orders for a camera, carried out by the running device, or when it runs again."
ACTIONS = {
    "relearn": "the whole view is fine as it is now: learn it anew",
    "arm": "tell changes again",
    "disarm": "tell nothing and learn nothing; what is open ends",
}


def describe(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    config: Path,
    config_help: str,
) -> None:
    """Add the command.

    Args:
        commands: Where to.
        config: The configuration's default.
        config_help: What to say of it.
    """
    camera = commands.add_parser(
        "camera", help="relearn, arm or disarm a camera", description=ABOUT, allow_abbrev=False
    )
    actions = camera.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    for name, sentence in ACTIONS.items():
        action = actions.add_parser(name, help=sentence, description=f"{sentence}.", allow_abbrev=False)
        action.add_argument("camera", metavar="NAME|all", help="the camera's name in the configuration")
        place = action.add_mutually_exclusive_group()
        place.add_argument("--config", type=Path, default=config, metavar="FILE", help=config_help)
        place.add_argument(
            "--state", type=Path, metavar="DIR", help="the state folder, without a configuration"
        )
        action.add_argument("--json", action="store_true", help="print JSON instead of a sentence")
