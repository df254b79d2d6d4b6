"""From arguments to a command; imports the rest late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.arguments import parser
from convert.pipeline.late import entry, libraries_for
from edge.errors import ConfigError
from edge.program import answered

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_STAGE = "convert.commands.build:run"
_COMMANDS = {
    "build": _STAGE,
    "table": "convert.evaluate.table:run",
    "compile": "convert.compile_coral:run",
    "sheet": "convert.data.sheet:run",
    "probe": "convert.probe.command:run",
}
_ON_MODELS = {"evaluate": "convert.evaluate.command:run", "audit": "convert.audit:run"}
"""What the commands of these two stages do when no recipe is named."""

_MODEL_OPTIONS = {
    "evaluate": ("model", "method", "pairs", "out", "float", "threads"),
    "audit": ("model", "target"),
}
_MODEL_NEEDS = {"evaluate": ("pairs", "out"), "audit": ("model", "target")}
_STAGE_OPTIONS = ("work", "footage", "force")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments after the program's name; ``None`` for those of the process.

    Returns:
        What the process should exit with; the help text lists the meanings.
    """
    return answered(parser(), _run, argv)


def _run(args: argparse.Namespace) -> int:
    """Import what answers the command, and nothing else, and run it."""
    with libraries_for(args.command):
        code: int = entry(_function(args))(args)
    return code


def _function(args: argparse.Namespace) -> str:
    """Return the place of the function that answers.

    Raises:
        ConfigError: The arguments fit no single one.
    """
    if args.command not in _ON_MODELS:
        return _COMMANDS.get(args.command, _STAGE)
    named = [option for option in _MODEL_OPTIONS[args.command] if getattr(args, option)]
    if args.recipe is not None:
        if named:
            msg = f"{args.command}: --recipe is for the stage of a build; --{named[0]} is not: leave one out"
            raise ConfigError(msg)
        return _STAGE
    missing = [option for option in _MODEL_NEEDS[args.command] if not getattr(args, option)]
    if missing:
        options = " and ".join(f"--{option}" for option in missing)
        msg = f"{args.command}: {options} missing; or name a recipe, as a stage of a build: --recipe FILE"
        raise ConfigError(msg)
    if idle := [option for option in _STAGE_OPTIONS if getattr(args, option)]:
        msg = (
            f"{args.command}: --{idle[0]} is for the stage of a build:"
            f" leave it out, or name a recipe in place of --{named[0]}"
        )
        raise ConfigError(msg)
    return _ON_MODELS[args.command]
