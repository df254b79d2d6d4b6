"""Throws commands at the parser that a careless or hostile sender may write: it must take or refuse each.

python -m benchmarks.fuzz_commands --examples 1000000 --seed 0
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from random import Random

from edge.core.commands import CAMERA_TOPICS, Command, camera_command_of, command_of
from tests.strange_commands import CAMERAS, mangled

MOST_ERROR_CHARS = 400


def main() -> None:
    """Throw, count, and print a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    dice = Random(args.seed)  # noqa: S311 - dice for examples, not for secrets
    found: Counter[str] = Counter()
    slowest_s = spent_s = 0.0
    topics = sorted(CAMERA_TOPICS)
    for number in range(args.examples):
        on_camera = number % 10 == 0
        payload = dice.randbytes(dice.randrange(64)) if on_camera and number % 20 else mangled(dice)
        begun = time.perf_counter()
        read = (
            camera_command_of(f"cam/shelf/{dice.choice(topics)}", payload, CAMERAS)
            if on_camera
            else command_of(payload, CAMERAS)
        )
        took_s = time.perf_counter() - begun
        spent_s, slowest_s = spent_s + took_s, max(slowest_s, took_s)
        if isinstance(read, Command):
            found[f"taken: {read.op.value}"] += 1
        else:
            assert 0 < len(read.error) <= MOST_ERROR_CHARS, payload
            found["refused, answered" if read.command_id else "refused, nobody to answer"] += 1
    figures = {
        "examples": args.examples,
        "seed": args.seed,
        "raised": 0,
        "mean_us": round(spent_s / args.examples * 1e6, 2),
        "slowest_ms": round(slowest_s * 1e3, 2),
        "found": dict(sorted(found.items())),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
