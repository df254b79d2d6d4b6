"""A probe's figures as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.probe.tally import spans

if TYPE_CHECKING:
    from edge.probe.result import Result
    from edge.probe.tally import Share

_HEADINGS = (
    "size",
    "of the width",
    "grey levels",
    "told",
    "recall",
    "95 % interval",
    "median s",
    "95 % within s",
)


def as_text(result: Result) -> str:
    """Return what was found out about a view, one line for each size and contrast."""
    width, height = result.size
    model, limits = result.model, result.limits
    first = (
        f"{result.name}: {width} x {height} at {result.fps:g} looks a second, {model.id} {model.version}"
        f" on {model.delegate}, min_change_px {limits.min_change_px}, sensitivity {limits.sensitivity:g}"
    )
    rows = [_HEADINGS, *(_row(result, kind, share) for kind, share in result.recall.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    table = ["  ".join(map(str.rjust, row, widths)).rstrip() for row in rows]
    return "\n".join([first, *table, *_below(result)])


def _row(result: Result, kind: str, share: Share) -> tuple[str, ...]:
    fates = [fate for fate in result.fates if fate.insert.kind == kind]
    side, contrast = fates[0].insert.side_px, abs(fates[0].insert.contrast)
    times = spans([fate.seconds for fate in fates if fate.seconds is not None])
    low, high = share.interval
    return (
        f"{side} px",
        f"{side / result.size[0]:.2%}",
        f"+-{contrast}",
        f"{share.found} of {share.of}",
        "-" if share.share is None else f"{share.share:.3f}",
        f"{low:.3f} to {high:.3f}",
        _seconds(times["median"]),
        _seconds(times["p95"]),
    )


def _below(result: Result) -> list[str]:
    count, over_s = result.unlabelled
    lines = [_missed(result, kind, found) for kind, found in result.misses.items()]
    if result.looped:
        told = result.still_open
        lines.append(
            f"still open after {result.loop_frames} frames: {told.found} of {told.of} that were told"
        )
    lines.append(f"events when only the light stepped ({result.light_steps} times): {result.light_events}")
    lines.append(f"events where nothing was inserted: {count} in {over_s:.0f} s, perhaps true: look at them")
    if not result.whole:
        lines.append(f"only the first {result.footage_s:.0f} s were used: more do not fit into memory")
    return lines


def _missed(result: Result, kind: str, found: dict[str, int]) -> str:
    reasons = ", ".join(f"{number} {why}" for why, number in found.items())
    around = result.texture[kind]
    told = "" if around["told"] is None else f", {around['told']:.1f} where it was told"
    return f"missed {kind}: {reasons}; median texture {around['missed']:.1f} grey levels there{told}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
