"""Says figures in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convert.evaluate.figures import Figures

LINES = (
    ("pixels", {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "F1"}),
    (
        "pictures",
        {
            "image_accuracy": "accuracy",
            "image_precision": "precision",
            "image_recall": "recall",
            "image_f1": "F1",
        },
    ),
    ("boxes", {"box_precision": "precision", "box_recall": "recall", "box_f": "F"}),
    (
        "any threshold",
        {"f1_best": "best F1", "average_precision": "average precision"},
    ),
    (
        "changes",
        {"ftol": "F within 2 px", "blob_recall": "regions found", "line_recall": "pixels found within 3 px"},
    ),
    (
        "reported",
        {
            "mask_area": "share of the pixels",
            "false_regions_per_mpx": "false regions per megapixel",
            "cut": "scores from",
        },
    ),
    ("unchanged pairs", {"quiet": "left alone", "quiet_false_px": "share of false pixels"}),
)
"""A line of the report each: what it is about, and the figures on it with their names for people."""

_WIDTH = 1 + max(len(about) for about, _ in LINES)


def paragraph(title: str, figures: Figures) -> str:
    """Return what one set, or subset, came to, as a few lines."""
    pairs = int(figures["pairs"])
    lines = [f"{title}: {pairs} pair{'s' if pairs != 1 else ''}"]
    for about, names in LINES:
        words = [f"{name} {figures[key]:.4g}" for key, name in names.items() if key in figures]
        if words:
            lines.append(f"  {about:<{_WIDTH}}{'  '.join(words)}")
    return "\n".join(lines)
