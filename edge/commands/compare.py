"""``stillwatch compare``: what is different between two pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from edge.core.encoding import canonical, fraction, model_tag, number
from edge.errors import ConfigError, EdgeError
from edge.types import View

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from edge.changes import Changes
    from edge.types import Pixels, Region

COMPARE = "stillwatch.compare/1"
SAME, DIFFERENT = 0, 1

_HEADINGS = ("kind", "box", "area_px", "score")
_WHY = {
    View.MOVED: "the view moved further than can be aligned; take both from one place",
    View.COVERED: "hardly anything of the first is found in the second; show the same view, uncovered",
    View.DARK: "the second is too dark to see anything; switch on a light",
}


def run(args: argparse.Namespace) -> int:
    """Compare two pictures.

    Args:
        args: ``before`` and ``after``, files; ``model``, see ``detect_changes``;
            ``json``, whether to print JSON and nothing else; ``out``, a folder for
            pictures, or ``None``.

    Returns:
        0 when nothing is different, 1 when something is.

    Raises:
        EdgeError: They cannot be compared. None of these errors exits with 0 or 1.
    """
    from edge.changes import detect_changes, read_picture  # late: they load OpenCV

    changes = None
    try:
        before, after = read_picture(args.before), read_picture(args.after)
        changes = detect_changes(args.model, before, after)
        _insist(changes, args)
        if args.out is not None:
            _keep(args.out, before, changes)
    except EdgeError as error:
        if args.json:
            print(as_json(changes, error).decode())
        raise
    print(as_json(changes).decode() if args.json else as_text(changes))
    return DIFFERENT if changes.changed else SAME


def as_json(changes: Changes | None, error: EdgeError | None = None) -> bytes:
    """Return ``stillwatch.compare/1``.

    Args:
        changes: What was found, where it came to that.
        error: Why it cannot be said whether something is different.
    """
    told = None if error is None else {"code": error.exit_code, "message": str(error)}
    looked = None if changes is None else _looked(changes)
    verdict = None if changes is None or error is not None else changes.changed
    regions = [] if changes is None else [_region(region) for region in changes.regions]
    nothing = dict.fromkeys(("view", "shift_px", "frame", "model", "threshold", "score"))
    return canonical(
        {"schema": COMPARE, "changed": verdict, "error": told, **(looked or nothing), "regions": regions}
    )


def as_text(changes: Changes) -> str:
    """Return what was found as lines for people; boxes are width x height + left + top."""
    count = len(changes.regions)
    places = "1 place" if count == 1 else f"{count} places"
    model = changes.model
    last = (
        f"(model {model.id} {model.version} on {model.delegate}; "
        f"highest score {changes.score.max():.2f}, counts from {changes.threshold:.2f}; "
        f"view shifted by {math.hypot(*changes.shift_px):.1f} px)"
    )
    if not count:
        return f"same: nothing is different\n{last}"
    rows = [_HEADINGS, *(_row(region) for region in changes.regions)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    table = "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return f"different: {places}\n{table}\n{last}"


def _insist(changes: Changes, args: argparse.Namespace) -> None:
    """Refuse a pair that cannot be judged.

    Raises:
        ConfigError: The second picture does not show the view of the first.
    """
    if changes.view is not View.OK:
        why = _WHY.get(changes.view, f"the view is {changes.view.value}")
        msg = f"{args.before} and {args.after} cannot be compared: {why}"
        raise ConfigError(msg)


def _keep(folder: Path, before: Pixels, changes: Changes) -> None:
    from edge.changes import write_files
    from edge.vision.drawing import heat, outlined
    from edge.vision.encoded import encoded

    boxes = [region.mask.box for region in changes.regions]
    files = {
        "before.png": encoded(before),
        "after.png": encoded(outlined(changes.current, boxes)),
        "heat.png": encoded(heat(changes.current, changes.score)),
        "changes.json": as_json(changes) + b"\n",
    }
    write_files(folder, files)


def _looked(changes: Changes) -> dict[str, object]:
    height, width = changes.score.shape
    return {
        "view": changes.view.value,
        "shift_px": [number(shift, -1e5, 1e5, digits=2) for shift in changes.shift_px],
        "frame": {"w": width, "h": height},
        "model": model_tag(changes.model),
        "threshold": fraction(changes.threshold),
        "score": fraction(float(changes.score.max())),
    }


def _region(region: Region) -> dict[str, object]:
    box = region.mask.box
    return {
        "box": [box.left, box.top, box.width, box.height],
        "area_px": region.mask.area_px,
        "score": fraction(region.score),
        "kind": region.kind.value,
    }


def _row(region: Region) -> tuple[str, ...]:
    box = region.mask.box
    place = f"{box.width}x{box.height}+{box.left}+{box.top}"
    return region.kind.value, place, str(region.mask.area_px), f"{region.score:.2f}"
