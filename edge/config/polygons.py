"""Places drawn on the picture: ``privacy`` and ``ignore``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.polygons import crosses

if TYPE_CHECKING:
    from edge.config.table import Table
    from edge.core.polygons import Point, Polygon

MAX_POLYGONS = 32
CORNERS = (3, 64)

_RULE = (
    f"must be a list of at most {MAX_POLYGONS} polygons, each a list of {CORNERS[0]} to {CORNERS[1]} corners"
    " [x, y] in 0..1 of the picture, such as [[[0, 0], [0.25, 0], [0.25, 0.5], [0, 0.5]]]"
)


def read_polygons(table: Table, key: str) -> tuple[Polygon, ...]:
    """Read the polygons of a key; none when it is absent or wrong."""
    if not table.has(key):
        return ()
    given = table.given(key)
    if not isinstance(given, list) or len(given) > MAX_POLYGONS:
        table.fault(key, _RULE, secret=True)
        return ()
    polygons = []
    for place, corners in enumerate(given, start=1):
        polygon = _polygon(corners)
        if isinstance(polygon, str):
            table.fault(key, f"polygon {place}: {polygon}", secret=True)
            return ()
        polygons.append(polygon)
    return tuple(polygons)


def _polygon(corners: object) -> Polygon | str:
    """Return a polygon, or what is wrong with it."""
    if not isinstance(corners, list) or not CORNERS[0] <= len(corners) <= CORNERS[1]:
        return _RULE
    points = tuple(point for corner in corners if (point := _point(corner)) is not None)
    if len(points) < len(corners):
        return f"{_RULE}; in pixels? divide x by the picture's width and y by its height"
    if crosses(points):
        return "two of its sides cross; give the corners in order, once around the place"
    return points


def _point(corner: object) -> Point | None:
    if not isinstance(corner, list) or len(corner) != 2:  # noqa: PLR2004 - x and y
        return None
    x, y = corner
    return (float(x), float(y)) if _share(x) and _share(y) else None


def _share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
