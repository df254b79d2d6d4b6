"""The command line of the workstation: for now, a place that says what is coming."""

from __future__ import annotations

import sys

import edge

EXIT_USAGE = 2

HELP = """\
usage: stillwatch-convert [--help] [--version]

Will train the change detector on your own footage, make it small, measure it and
publish it to your devices. None of that is in this version: the training pipeline
is being written. The device, with its built-in detector, works without it: see
"stillwatch --help".
"""


def main(arguments: list[str] | None = None) -> int:
    """Answer ``--help`` and ``--version``; refuse anything else.

    Args:
        arguments: Words after the program's name; those of this process by default.

    Returns:
        0, or 2 when it was asked for something that it cannot do yet.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words in (["--help"], ["-h"]):
        print(HELP, end="")
        return 0
    if words == ["--version"]:
        print(f"stillwatch-convert {edge.__version__}")
        return 0
    print(HELP, end="", file=sys.stderr)
    return EXIT_USAGE
