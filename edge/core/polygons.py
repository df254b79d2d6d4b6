"""Places in a picture that somebody drew: corners, joined by straight sides."""

from __future__ import annotations

from itertools import combinations

Point = tuple[float, float]
"""Right and down from the upper left corner, as shares of the picture: ``(1, 1)`` is the lower right."""

Polygon = tuple[Point, ...]
"""At least three corners in order; the last one is joined to the first."""


def crosses(polygon: Polygon) -> bool:
    """Return whether two sides cross: then it is not clear what lies inside.

    Sides that only touch, or lie on one another, do not cross.
    """
    sides = list(zip(polygon, (*polygon[1:], *polygon[:1]), strict=True))
    return any(_cross(one, other) for one, other in combinations(sides, 2))


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    return _apart(*one, other) and _apart(*other, one)


def _apart(start: Point, end: Point, points: tuple[Point, Point]) -> bool:
    """Return whether two points lie on different sides of a line, and neither on it."""
    first, second = (_turn(start, end, point) for point in points)
    return first * second < 0


def _turn(start: Point, end: Point, point: Point) -> float:
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
