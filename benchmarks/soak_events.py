"""Events through a broker, a publisher and a consumer that are killed all the time: what is lost.

All three are real programs, and die by ``kill -9``. The publisher is the device's own outbox,
without cameras. With ``--compare`` other ways of publishing go through the same, one after the
other, and so do other brokers. An event counts from the moment that its publisher took charge
of it: stored it, or was told by its library that it will be published.

It ends with a line of JSON; the exit code says whether anything was lost, seen twice, or out
of order on our own way.
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.events.stage import BROKERS, Stage
from benchmarks.events.ways import RECORD, WAYS

if TYPE_CHECKING:
    from benchmarks.events.stage import BrokerKind


def run(way: str, broker: BrokerKind, args: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Go through all kills on one way; return what came of it."""
    began = time.monotonic()
    stage = Stage(folder, way=way, broker=broker, args=args)
    try:
        kills = stage.torment(args.broker_kills, args.publisher_kills, args.consumer_kills)
        stage.settle()
        found = judged(stage.book, stage.happened)
    finally:
        stage.close()
    seconds = round(time.monotonic() - began, 1)
    return {
        "way": way,
        "broker": broker,
        "events": len(stage.happened),
        **found,
        "kills": kills,
        "resent": stage.resent,
        "seconds": seconds,
    }


def judged(book: Path, happened: set[int]) -> dict[str, int]:
    """Compare what became visible with what happened."""
    with closing(sqlite3.connect(book)) as db:
        seen = [(epoch, seq) for epoch, seq in db.execute("select epoch, seq from visible order by row")]
    numbers = {seq for _, seq in seen}
    disordered, newest = 0, 0
    for _, seq in seen:
        disordered += seq < newest
        newest = max(newest, seq)
    return {
        "lost": len(happened - numbers),
        "duplicates": len(seen) - len(set(seen)),
        "out_of_order": disordered,
    }


def table(found: list[dict[str, object]]) -> str:
    """Return results side by side, for people."""
    lines = [
        "| an event is | broker | events | lost | seen twice | out of order |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        cells = [WAYS[str(one["way"])], BROKERS[one["broker"]]]  # type: ignore[index] # made above
        cells += [f"{one[name]:,}" for name in ("events", "lost", "duplicates", "out_of_order")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Read the command line, run, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak_events", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--broker-kills", type=int, default=50)
    parser.add_argument("--publisher-kills", type=int, default=50)
    parser.add_argument("--consumer-kills", type=int, default=20)
    parser.add_argument("--per-s", type=float, default=500.0, help="events a second, at most")
    parser.add_argument("--way", choices=WAYS, default=RECORD)
    parser.add_argument("--broker", choices=BROKERS, default="mosquitto")
    parser.add_argument("--compare", action="store_true", help="all ways, and all brokers on our own")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a folder for logs; by default none are kept")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no program is left behind
    runs: list[tuple[str, BrokerKind]] = [(args.way, args.broker)]
    if args.compare:
        runs = [(way, "mosquitto") for way in WAYS] + [(RECORD, "forgetful"), (RECORD, "embedded")]
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for way, broker in runs:
            found.append(run(way, broker, args, (args.out or Path(scratch)) / f"{way}-{broker}"))
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    if args.compare:
        print(table(found))
    ours = [one for one in found if one["way"] == RECORD] or found
    broken = any(one[name] for one in ours for name in ("lost", "duplicates", "out_of_order"))
    print(json.dumps(found if args.compare else found[0]))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
