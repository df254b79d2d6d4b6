"""Pictures of figures, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path

    from convert.models.compact import Widths
    from convert.training.fitting import Epoch

DPI = 100


def plot_history(history: list[Epoch], path: Path) -> None:
    """Draw loss and F1 over the epochs, on training and validation pairs."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history) + 1)
    for axes, name, title in ((left, "loss", "loss"), (right, "f1", "F1, all pixels")):
        axes.plot(epochs, [getattr(epoch, name) for epoch in history], "o-", label="training, augmented")
        axes.plot(epochs, [getattr(epoch, f"val_{name}") for epoch in history], "o-", label="validation")
        axes.set(xlabel="epoch", title=title)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=DPI)


def plot_widths(before: Widths, after: Widths, path: Path) -> None:
    """Draw the channels of each convolution, before and after pruning, as bars."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    names = list(before.channels)
    axes.bar(names, [before.channels[name] for name in names], color="0.85", label="before pruning")
    axes.bar(names, [after.channels[name] for name in names], width=0.5, label="after pruning")
    axes.set(ylabel="channels", title="channels of each convolution")
    axes.legend()
    figure.savefig(path, dpi=DPI)
