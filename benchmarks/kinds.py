"""How often a device is right about what happened to a thing: it came, it went, or it was altered.

    python -m benchmarks.kinds [--cases 600] [--seed 33]

Prints one line of JSON: of painted cases, on photographs that nothing is trained on, the share that was
answered, the share of the answers that were right, and how often what was said of what.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np

from convert.data import photographs
from convert.data.backgrounds import Backgrounds
from convert.data.kinds import kind_case
from convert.evaluate.kinds import tally


def main() -> int:
    """Paint, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=600, metavar="N")
    parser.add_argument("--seed", type=int, default=33)
    args = parser.parse_args()
    backgrounds = Backgrounds(photographs.load(photographs.RESERVED))
    found = tally(
        kind_case(np.random.default_rng([args.seed, number]), backgrounds) for number in range(args.cases)
    )
    said = {
        f"{happened.value} called {told.value}": count for (happened, told), count in found.counts.items()
    }
    figures = {"cases": args.cases, "answered": round(found.answered, 3), "right": round(found.right, 3)}
    sys.stdout.write(json.dumps({"benchmark": "kinds", **figures, "said": dict(sorted(said.items()))}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
