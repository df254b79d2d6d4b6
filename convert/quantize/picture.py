"""A picture of how well each layer survived the rounding, for people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convert.quantize.agreement import LayerAgreement

DOTS_PER_INCH = 100
INCHES_HIGH = 4.2
INCHES_A_LAYER = 0.28
WORDS = {"qat": "trained with rounding", "ptq": "rounded after training"}


def agreement_picture(layers: Mapping[str, Sequence[LayerAgreement]]) -> bytes:
    """Draw a bar for each layer and method, in the order of execution.

    Args:
        layers: By method; of the same layers each.

    Returns:
        A PNG file.
    """
    longest = max(len(found) for found in layers.values())
    # Not pyplot: that would look for a screen.
    figure = Figure(
        figsize=(2.5 + INCHES_A_LAYER * longest, INCHES_HIGH), dpi=DOTS_PER_INCH, layout="constrained"
    )
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    width = 0.8 / len(layers)
    for place, (method, found) in enumerate(sorted(layers.items())):
        at = [index + place * width for index in range(len(found))]
        axes.bar(at, [layer.sqnr_db for layer in found], width, label=WORDS[method])
        axes.set_xticks(range(len(found)), [_word(layer) for layer in found], rotation=90, fontsize=7)
    axes.set(title="int8 against float, layer by layer", ylabel="signal to noise, dB")
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _word(layer: LayerAgreement) -> str:
    return f"{layer.layer} ({layer.pictures[:3]})" if " and " not in layer.pictures else layer.layer
