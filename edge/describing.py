"""A score map in, regions out: what each shows, and whether it stands still."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from edge.core.calibration import threshold_of
from edge.core.candidates import moves
from edge.core.masks import share_of, surroundings
from edge.types import Mask, Region
from edge.vision.burnt import burnt_out
from edge.vision.difference import difference
from edge.vision.kind import kind_of
from edge.vision.light import relit
from edge.vision.regions import regions
from edge.vision.standing import standing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.comparison import Comparer
    from edge.core.limits import Limits
    from edge.sight import Sight
    from edge.types import Instant, ModelContract, ScoreMap
    from edge.vision.regions import Found

STILL_S = 0.5
"""A thing that stands still looks the same after this long."""

LEAST_AREA = 0.5
"""Share of the smallest change's area, with what spills over its edges, that a region must have."""

MARGIN_PX = 40
"""Surroundings of a region that its light is judged by."""


class Describer:
    """Describes regions, and remembers the frames that tell still things from moving ones.

    Attributes:
        reach: Score down to which a region reaches.
    """

    def __init__(self, comparer: Comparer, limits: Limits, threshold: float, contract: ModelContract) -> None:
        """Begin with no frame remembered.

        Args:
            comparer: Knows the reference in force.
            limits: The user's limits.
            threshold: Score that a region must reach somewhere where nothing is raised.
            contract: Says how far the engine's scores reach.
        """
        self._comparer = comparer
        self._threshold = threshold
        self.reach = contract.reach * threshold
        self._still_threshold = threshold_of(limits.sensitivity)
        self._least_area_px = LEAST_AREA * (limits.min_change_px + 2.0 * contract.spill_px) ** 2
        self._least_core_px = limits.least_core_px
        self._earlier: deque[tuple[Instant, NDArray[np.uint8]]] = deque(maxlen=6)

    def regions(
        self, score: ScoreMap, sight: Sight, field: NDArray[np.float32] | None = None
    ) -> tuple[Region, ...]:
        """Find what is over the threshold, and describe it.

        Args:
            score: float32 ``(H, W)`` in ``[0, 1]``.
            sight: The frame that was scored.
            field: Threshold of each pixel, float32 ``(H, W)``, in place of the one for all.
        """
        threshold = self._threshold if field is None else field
        found = regions(
            score,
            threshold=threshold,
            reach=self.reach,
            least_area_px=self._least_area_px,
            least_core_px=self._least_core_px,
        )
        past = [bright for taken, bright in self._earlier if sight.taken.seconds_since(taken) >= STILL_S]
        earlier = past[-1] if past else None
        return tuple(
            self._region(each, earlier, sight)
            for each in found
            if not burnt_out(each.core, self._comparer.reference.pixels, sight.pixels)
        )

    def levels(self, score: ScoreMap, found: tuple[Region, ...]) -> NDArray[np.uint8]:
        """Return how strongly the still ones stand out, as levels of ``calibration.levels`` by cell."""
        still = (r.mask for r in found if r.moving is not None and not moves(r))
        return standing(still, score, threshold=self._threshold, least_core_px=self._least_core_px)

    def remember(self, sight: Sight) -> None:
        """Keep a frame for a while, to compare later ones with."""
        if not self._earlier or sight.taken.seconds_since(self._earlier[-1][0]) >= STILL_S / 5:
            self._earlier.append((sight.taken, sight.grey))

    def forget(self) -> None:
        """Drop the frames: what comes next may not look like them."""
        self._earlier.clear()

    def _region(self, found: Found, earlier: NDArray[np.uint8] | None, sight: Sight) -> Region:
        """Say what happened at a place, and whether it looks as it did in an earlier frame."""
        around, inner = surroundings(found.mask, sight.grey.shape, MARGIN_PX)
        current = sight.grey[around]
        shown, _ = relit(self._comparer.grey[around], current)
        moving = None
        if earlier is not None:
            apart = difference(earlier[around], current, self._comparer.reference.noise[around])
            restless = apart >= self._still_threshold
            # Somebody who walks by hardly differs from himself at the few pixels of a core.
            moving = max(share_of(part, restless) for part in (inner, Mask(inner.box, found.core.bits)))
        return Region(mask=found.mask, score=found.peak, kind=kind_of(shown, current, inner), moving=moving)
