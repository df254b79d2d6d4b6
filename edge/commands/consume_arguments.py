"""What ``stillwatch consume`` takes; apart, so that ``--help`` loads nothing else."""

from __future__ import annotations

import argparse
from pathlib import Path

_ABOUT = """\
Puts the events of devices into a database, each once and in order, and tells the
devices that they may delete them. Devices wait for that with [mqtt] confirm =
"consumer". Runs until SIGTERM or Ctrl-C; one process a database.
"""
_EXAMPLES = """\
examples:
  stillwatch consume --broker mqtt://localhost --into events.sqlite3
  stillwatch consume --broker mqtts://broker.lan --username records \\
      --password-file /etc/stillwatch/records.password --into postgresql://records@db.lan/events
  stillwatch consume --status --into events.sqlite3
"""
_INTO = "a file of SQLite, or postgresql://USER@HOST/DATABASE; its password: PGPASSFILE, or a service file"


def describe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    consume = commands.add_parser(
        "consume",
        help="put the events of devices into a database, each once",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    consume.add_argument("--into", required=True, metavar="DB", help=_INTO)
    what = consume.add_mutually_exclusive_group(required=True)
    what.add_argument("--broker", metavar="URL", help="mqtts://HOST[:PORT], or mqtt://localhost")
    what.add_argument("--status", action="store_true", help="print how far it has come, and end")
    consume.add_argument(
        "--device", action="append", default=[], metavar="ID|all", help="whose events; may be repeated"
    )
    consume.add_argument("--username", metavar="NAME", help="who we are at the broker")
    for name, text in (
        ("--password-file", "a file that holds the password, and nothing else"),
        ("--ca-file", "certificates to trust; default: the system's"),
        ("--cert-file", "our own certificate"),
        ("--key-file", "its key"),
    ):
        consume.add_argument(name, type=Path, metavar="FILE", help=text)
    consume.add_argument("--allow-plain", action="store_true", help="let mqtt:// leave this machine")
    consume.add_argument("--json", action="store_true", help="print JSON, an object a line")
