"""What the card says of what a model forgives and how small a thing it finds."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).with_name("nature.md")


def nature(evaluated: Mapping[str, object]) -> str:
    """Return two sections of the card, in Markdown; nothing where it was not measured.

    Args:
        evaluated: What the ``evaluate`` stage found out.
    """
    forgiven, squares, swapped = (evaluated.get(name) for name in ("forgiven", "squares", "swapped"))
    if not (isinstance(forgiven, dict) and isinstance(squares, dict) and isinstance(swapped, float)):
        return ""
    sides = list(next(iter(squares.values())))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        forgiven="\n".join(
            f"| {name} | {share['pictures']:.1%} | {share['pixels']:.3%} |"
            for name, share in forgiven.items()
        ),
        swapped=f"{swapped:.3f}",
        sides=" | ".join(f"{side} px" for side in sides),
        rule="|".join("---" for _ in sides),
        recall="\n".join(
            f"| {contrast} grey levels | {' | '.join(f'{share:.2f}' for share in by_side.values())} |"
            for contrast, by_side in squares.items()
        ),
    )
