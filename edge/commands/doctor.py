"""``stillwatch doctor``: what keeps this device from doing its work, and how to mend it."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from edge.setup.findings import Finding, as_json, as_line, exit_code

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.ports.examining import Surroundings

_CLEAR_LINE = "\r\x1b[K"


def run(args: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Check everything and print a line for each finding.

    Args:
        args: ``config``, the path of the configuration; ``json``, whether to print
            JSON and nothing else.
        around: In place of this machine, its hardware and its network.

    Returns:
        0 when nothing failed, else the code of the first that did.
    """
    from edge.setup.plan import examine, subject_of  # late: they load OpenCV
    from edge.surroundings import RealSurroundings

    # What drivers log while they are tried is in the findings, in better words.
    logging.basicConfig(handlers=[logging.NullHandler()])
    found: list[Finding] = []
    for finding in examine(subject_of(args.config), around or RealSurroundings(), begun=_progress()):
        found.append(finding)
        if not args.json:
            _erase()
            print(as_line(finding), flush=True)
    _erase()
    if args.json:
        print(as_json(found).decode())
    return exit_code(found)


def _progress() -> Callable[[str], None]:
    """Return what shows, on a terminal, which check is waited for."""

    def show(name: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"{_CLEAR_LINE}checking {name} ...")
            sys.stderr.flush()

    return show


def _erase() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR_LINE)
        sys.stderr.flush()
