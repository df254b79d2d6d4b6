"""The figures of a set, worked out pixel by pixel in plain Python, apart from the product's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.types import Box

Pixel = tuple[int, int]

# Half the width of OpenCV's 5x5 and 7x7 ellipses, row by row.
DISC = {2: {-2: 0, -1: 2, 0: 2, 1: 2, 2: 0}, 3: {-3: 0, -2: 2, -1: 3, 0: 3, 1: 3, 2: 2, 3: 0}}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of one pair, and what was reported of it.

    Attributes:
        group: The scene.
        reported: Pixels reported.
        truth: The mask file's values; ``None`` where boxes say what changed.
        boxes: What changed; ``None`` where a mask says it.
        stored: The scores, 0 to 65535.
    """

    group: str
    reported: NDArray[np.bool_]
    truth: NDArray[np.uint8] | None
    boxes: tuple[Box, ...] | None
    stored: NDArray[np.uint16]


def pixels(mask: NDArray[np.bool_]) -> set[Pixel]:
    return {(y, x) for y, row in enumerate(mask) for x, set_ in enumerate(row) if set_}


def near(some: set[Pixel], px: int) -> set[Pixel]:
    return {
        (y + dy, x + dx) for y, x in some for dy, half in DISC[px].items() for dx in range(-half, half + 1)
    }


def regions(some: set[Pixel]) -> list[set[Pixel]]:
    left, found = set(some), []
    while left:
        region, edge = set[Pixel](), [left.pop()]
        while edge:
            y, x = edge.pop()
            region.add((y, x))
            around = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= around
            edge += around
        found.append(region)
    return found


def f_of(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def ftol(pairs: list[Seen]) -> float:
    by_group: dict[str, list[int]] = {}
    for pair in pairs:
        assert pair.truth is not None
        true, judged = pixels(pair.truth == 255), pixels((pair.truth == 255) | (pair.truth == 0))
        reported = pixels(pair.reported)
        counts = by_group.setdefault(pair.group, [0, 0, 0, 0])
        counts[0] += len(reported & judged & near(true, 2))
        counts[1] += len(reported & judged)
        counts[2] += len(true & near(reported, 2))
        counts[3] += len(true)
    scores = [f_of(a / max(1, b), c / d) for a, b, c, d in by_group.values() if d]
    return sum(scores) / len(scores)


def confusion(pairs: list[Seen]) -> tuple[int, int, int, int]:
    hit = false = missed = calm = 0
    for pair in pairs:
        assert pair.truth is not None
        true, unchanged, reported = pixels(pair.truth == 255), pixels(pair.truth == 0), pixels(pair.reported)
        hit += len(true & reported)
        false += len(unchanged & reported)
        missed += len(true - reported)
        calm += len(unchanged - reported)
    return hit, false, missed, calm


def false_regions(pair: Seen) -> int:
    assert pair.truth is not None
    true, judged = pixels(pair.truth == 255), pixels((pair.truth == 255) | (pair.truth == 0))
    return sum(
        not region & near(true, 3) and 2 * len(region & judged) > len(region)
        for region in regions(pixels(pair.reported))
    )


def false_regions_per_mpx(pairs: list[Seen]) -> float:
    judged = sum(sum(confusion([pair])) for pair in pairs)
    return sum(false_regions(pair) for pair in pairs) / judged * 1e6


def blob_recall(pairs: list[Seen]) -> float:
    blobs = hit = 0
    for pair in pairs:
        assert pair.truth is not None
        around = near(pixels(pair.reported), 3)
        for region in regions(pixels(pair.truth == 255)):
            if len(region) >= 10:
                blobs += 1
                hit += bool(region & around)
    return hit / blobs


def line_recall(pairs: list[Seen]) -> float:
    true = touched = 0
    for pair in pairs:
        assert pair.truth is not None
        changed = pixels(pair.truth == 255)
        true += len(changed)
        touched += len(changed & near(pixels(pair.reported), 3))
    return touched / true


def quiet(pairs: list[Seen]) -> tuple[float, float]:
    unchanged = [pair for pair in pairs if pair.truth is not None and not (pair.truth == 255).any()]
    _, false, _, calm = confusion(unchanged)
    return sum(not false_regions(pair) for pair in unchanged) / len(unchanged), false / (false + calm)


def cut(pairs: list[Seen]) -> float:
    levels = sorted(
        int(int(pair.stored[y, x]) / 65535 * 4095) for pair in pairs for y, x in pixels(pair.reported)
    )
    place = next(
        level for i, level in enumerate(levels, 1) if levels_at_most(levels, level) >= 0.01 * len(levels)
    )
    return place / 4095


def levels_at_most(levels: list[int], level: int) -> int:
    return sum(other <= level for other in levels)


def box_figures(pairs: list[Seen]) -> tuple[float, float, float]:
    found = right = boxes = hit = 0
    for pair in pairs:
        assert pair.boxes is not None
        insides = [
            {(y, x) for y in range(b.top, b.bottom) for x in range(b.left, b.right)} for b in pair.boxes
        ]
        inside = set[Pixel]().union(*insides)
        all_regions = regions(pixels(pair.reported))
        right_ones = [region for region in all_regions if 2 * len(region & inside) >= len(region)]
        found += len(all_regions)
        right += len(right_ones)
        boxes += len(insides)
        hit += sum(any(region & box for region in right_ones) for box in insides)
    precision, recall = right / max(1, found), hit / boxes
    return precision, recall, f_of(precision, recall)


def f1_best(pairs: list[Seen]) -> float:
    levels: list[tuple[int, bool]] = []
    for pair in pairs:
        assert pair.truth is not None
        known = pixels((pair.truth == 0) | (pair.truth == 255))
        levels += [(int(int(pair.stored[at]) / 65535 * 4095), bool(pair.truth[at] == 255)) for at in known]
    levels.sort(reverse=True)
    true = sum(changed for _, changed in levels)
    best, hit = 0.0, 0
    for over, (level, changed) in enumerate(levels, start=1):
        hit += changed
        if over == len(levels) or levels[over][0] < level:
            best = max(best, f_of(hit / over, hit / true))
    return best
