"""One camera's memory of its last looks, and what of them is to be kept."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge.core import grid
from edge.core.candidates import meet, moves
from edge.core.glances import Blind, Counts, Glance, counts_of, glance_of, spot_of
from edge.core.pace import Pace
from edge.types import View

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from numpy.typing import NDArray

    from edge.core.limits import Limits
    from edge.types import Mask, Moment, Reference, Region

    Masks = Callable[[int, int], Mapping[Blind, NDArray[np.bool_]]]

NEARLY = 0.7
"""Share of the threshold from which a cell that nobody told of is worth a record."""

COUNTED = 8
"""Of so many regions, the largest, each new look is news until they are confirmed."""


class Witness:
    """Remembers one camera's last looks.

    Attributes:
        pace: Which looks and pictures are kept.
    """

    def __init__(self, limits: Limits, masks: Masks | None = None) -> None:
        """Remember nothing.

        Args:
            limits: The user's limits.
            masks: Says what is not judged by the user's wish in a picture of so many
                rows and columns, bool ``(H, W)`` by reason.
        """
        self.pace = Pace()
        self._limits = limits
        self._masks = masks
        self._last: deque[tuple[Region, ...]] = deque(maxlen=limits.confirm[1])
        self._blind: tuple[Reference, NDArray[np.uint8]] | None = None

    def saw(self, moment: Moment) -> None:
        """Take one moment into account; every one, in order."""
        if moment.sensitivity is not None:
            self._limits = replace(self._limits, sensitivity=moment.sensitivity)
        if moment.look is None or moment.view is not View.OK:
            self._last.clear()
        else:
            self._last.append(moment.look.regions)

    def hits(self, mask: Mask) -> int:
        """Return in how many of the last looks something stood still at a place."""
        return sum(any(_still(r) and meet(r.mask, mask) for r in regions) for regions in self._last)

    def counts(self, threshold: float) -> Counts:
        """Return what counts."""
        return counts_of(self._limits, threshold)

    def glance(self, moment: Moment) -> Glance:
        """Make the moment small."""
        regions = moment.look.regions if moment.look else ()
        return glance_of(
            moment,
            self.counts(moment.threshold),
            spots=tuple(spot_of(region, self.hits(region.mask)) for region in regions),
            blind=self._blind_cells(moment.reference),
        )

    def news(self, moment: Moment) -> Hashable:
        """Return what makes a look worth keeping when it differs from the last one kept."""
        changes = tuple((change.change_id, change.status) for change in moment.changes)
        regions = moment.look.regions[:COUNTED] if moment.look else ()
        hits = tuple(self.hits(region.mask) for region in regions)
        return moment.view, moment.armed, moment.activity, changes, hits, self._nearly(moment)

    def _nearly(self, moment: Moment) -> bytes:
        """Return the cells, twice as large as those of a glance, that nearly or really count."""
        if moment.look is None:
            return b""
        near = moment.look.score >= NEARLY * moment.threshold
        if not near.any():
            return b""
        height, width = near.shape
        cell = 2 * grid.cell_of(width, height)
        rows, columns = np.divmod(np.flatnonzero(near), width)
        return np.unique(rows // cell * width + columns // cell).tobytes()

    def _blind_cells(self, reference: Reference | None) -> NDArray[np.uint8] | None:
        if reference is None:
            return None
        if self._blind is None or self._blind[0] is not reference:
            self._blind = reference, self._reasons(reference)
        return self._blind[1]

    def _reasons(self, reference: Reference) -> NDArray[np.uint8]:
        height, width = reference.learned.shape
        cell = grid.cell_of(width, height)
        cells = np.zeros(grid.shape_of(width, height, cell), np.uint8)
        cells[grid.mostly(~reference.learned, cell)] = Blind.NEVER_LEARNED
        for reason, mask in (self._masks(height, width) if self._masks else {}).items():
            cells[grid.mostly(mask, cell)] = reason
        return cells


def _still(region: Region) -> bool:
    return region.moving is not None and not moves(region)
