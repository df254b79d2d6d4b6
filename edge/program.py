"""What surrounds every command: errors become exit codes, and a reader that left ends it quietly."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from edge.errors import ConfigError, EdgeError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

INTERRUPTED = 130
PIPE_CLOSED = 141


def answered(
    parser: argparse.ArgumentParser,
    command: Callable[[argparse.Namespace], int],
    argv: Sequence[str] | None,
) -> int:
    """Do what the arguments ask for.

    Args:
        parser: Reads them; ``command`` is one of its results, ``None`` where nothing was asked.
        command: Does it, and returns the exit code.
        argv: Arguments after the program's name; ``None`` for those of the process.

    Returns:
        What the process should exit with.
    """
    try:
        code = _exit_code(parser, command, argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output left, as `head` does; what is unwritten goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


def _exit_code(
    parser: argparse.ArgumentParser,
    command: Callable[[argparse.Namespace], int],
    argv: Sequence[str] | None,
) -> int:
    """Run the command; every error we foresaw becomes an exit code here."""
    try:
        args = parser.parse_args(argv)
        if args.command is None:
            parser.print_help(sys.stderr)
            return ConfigError.exit_code
        return command(args)
    except SystemExit as done:  # argparse has said why
        return done.code if isinstance(done.code, int) else 0
    except EdgeError as error:
        _tell(parser.prog, error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _tell(program: str, error: EdgeError) -> None:
    faults = error.faults if isinstance(error, ConfigError) else (str(error),)
    for fault in faults:
        sys.stderr.write(f"{program}: {' '.join(fault.splitlines())}\n")
