"""Draws precision over recall."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from convert.evaluate.counts import Counts
from convert.evaluate.figures import average_precision, curve

if TYPE_CHECKING:
    from convert.evaluate.evaluation import Tallies

INCHES = (6.0, 5.0)
DOTS_PER_INCH = 100


def curve_picture(title: str, tallies: Tallies) -> bytes | None:
    """Draw one line per subset in which something changed.

    Args:
        title: Stands above the picture.
        tallies: The counts. Pixels are drawn where masks say what changed, whole
            pictures by their highest score elsewhere.

    Returns:
        A PNG file; ``None`` when nothing changed anywhere.
    """
    # Not pyplot: that would look for a screen.
    figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    drawn = False
    for subset, groups in sorted(tallies.items()):
        counts = sum(groups.values(), Counts())
        pixels = bool(counts.true_px)
        changed = counts.changed_scores if pixels else counts.changed_images
        if not changed.any():
            continue
        precision, recall = curve(changed, counts.unchanged_scores if pixels else counts.unchanged_images)
        area = average_precision(precision, recall)
        of = "pixels" if pixels else "pictures"
        axes.step(recall, precision, where="post", label=f"{subset} ({of}): area {area:.3f}")
        drawn = True
    if not drawn:
        return None
    axes.set(title=title, xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
