"""Draws recall against size."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.probe import Result
    from edge.probe.tally import Share

WIDTH_IN, HEIGHT_IN = 4.2, 3.8
DOTS_PER_INCH = 100
ASIDE_PX = 0.12
"""Lines stand this far beside one another, so that their intervals can be told apart."""


def recall_picture(results: Sequence[Result]) -> bytes:
    """Draw one panel per view, in it one line per contrast, with 95 % intervals.

    Returns:
        A PNG file.
    """
    # Not pyplot: that would look for a screen.
    size = (WIDTH_IN * len(results), HEIGHT_IN)
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    for place, result in enumerate(results, 1):
        axes = figure.add_subplot(1, len(results), place)
        for aside, (contrast, line) in enumerate(_lines(result).items()):
            sides, shares = list(line), list(line.values())
            seen = [share.share or 0.0 for share in shares]
            below = [max(0.0, one - share.interval[0]) for one, share in zip(seen, shares, strict=True)]
            above = [max(0.0, share.interval[1] - one) for one, share in zip(seen, shares, strict=True)]
            columns = [side + aside * ASIDE_PX for side in sides]
            label = f"{contrast} grey levels"
            axes.errorbar(columns, seen, yerr=[below, above], fmt="o-", capsize=4, label=label)
        axes.set(
            title=f"{result.name}, {result.size[0]} px wide, {result.model.id} {result.model.version}",
            xlabel="side of the patch in pixels",
            ylabel="recall",
            ylim=(-0.03, 1.05),
        )
        axes.set_xticks(sorted({fate.insert.side_px for fate in result.fates}))
        axes.grid(alpha=0.3)
        axes.legend(loc="lower right")  # smaller patches are found more rarely
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _lines(result: Result) -> dict[int, dict[int, Share]]:
    """Return recall by contrast, then by size, both growing."""
    kinds = {(abs(f.insert.contrast), f.insert.side_px): f.insert.kind for f in result.fates}
    lines: dict[int, dict[int, Share]] = {}
    for (contrast, side), kind in sorted(kinds.items()):
        lines.setdefault(contrast, {})[side] = result.recall[kind]
    return lines
