"""From arguments to a command, from errors to exit codes; imports the rest late."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from convert.arguments import PROGRAM, parser
from convert.pipeline.late import entry, libraries_for
from edge.errors import ConfigError, EdgeError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

INTERRUPTED = 130
PIPE_CLOSED = 141

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments after the program's name; ``None`` for those of the process.

    Returns:
        What the process should exit with; the help text lists the meanings.
    """
    try:
        code = _answer(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output left, as `head` does; what is unwritten goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


def _answer(argv: Sequence[str] | None) -> int:
    """Do what the arguments ask for; every error we foresaw becomes an exit code here."""
    known = parser()
    try:
        args = known.parse_args(argv)
        if args.command is None:
            known.print_help(sys.stderr)
            return ConfigError.exit_code
        with libraries_for(args.command):
            code: int = entry(_function(args))(args)
    except SystemExit as done:  # argparse has said why
        return done.code if isinstance(done.code, int) else 0
    except EdgeError as error:
        _tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
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
    return _ON_MODELS[args.command]


def _tell(error: EdgeError) -> None:
    faults = error.faults if isinstance(error, ConfigError) else (str(error),)
    for fault in faults:
        sys.stderr.write(f"{PROGRAM}: {' '.join(fault.splitlines())}\n")
