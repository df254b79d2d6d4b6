"""What became of each patch, and why where it was not told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from edge.core.candidates import moves
from edge.core.masks import common_px
from edge.types import View

if TYPE_CHECKING:
    from edge.probe.plan import Insert
    from edge.types import Instant, Look, Mask

SPREAD_PX = 10
"""A report may reach this far beyond a patch on every side and still be one of it."""


class Miss(str, Enum):
    """How far a patch came that was not told, from the nearest to nothing on."""

    UNJUDGED = "unjudged"
    """The view could not be judged."""

    FAINT = "faint"
    """No pixel of it was over the threshold in enough looks."""

    SMALL = "small"
    """Pixels were, but too few of them for the smallest change wanted."""

    MOVING = "moving"
    """It was seen, and taken for something that moves."""

    UNSTEADY = "unsteady"
    """It was seen still in enough looks, but not in one place, or not within N looks."""


@dataclass(slots=True, eq=False)
class Fate:
    """One inserted patch.

    Attributes:
        insert: What was inserted.
        stepped: Whether the light stepped with it.
        seconds: From the first frame that showed it to ``change_started``; ``None``
            while it is not told.
        change_id: What it was told as.
        peak: The highest score any of its pixels had in any look.
    """

    insert: Insert
    stepped: bool = False
    seconds: float | None = None
    change_id: str | None = None
    peak: float = 0.0
    _judged: int = 0
    _hot: int = 0
    _whole: int = 0
    _still: int = 0

    def told(self, change_id: str, mask: Mask, after_s: float) -> bool:
        """Take note of ``change_started``; return whether it tells of this patch."""
        most_px = (self.insert.side_px + 2 * SPREAD_PX) ** 2
        if mask.area_px > most_px or not common_px(mask, self.insert.patch.near()):
            return False
        if self.seconds is None:
            self.seconds, self.change_id = after_s, change_id
        return True

    def follow(self, look: Look) -> None:
        """Take note of one look that was given the patch."""
        if look.view is not View.OK:
            return
        self._judged += 1
        box, near = self.insert.patch.box, self.insert.patch.near()
        where = slice(box.top, box.bottom), slice(box.left, box.right)
        self.peak = max(self.peak, float(look.score[where].max()))
        self._hot += bool(look.hot[where].any())
        mine = [region for region in look.regions if common_px(region.mask, near)]
        self._whole += bool(mine)
        self._still += any(region.moving is not None and not moves(region) for region in mine)

    def why(self, least_looks: int) -> Miss | None:
        """Return why it was not told; ``None`` where it was.

        Args:
            least_looks: Looks that must show a change.
        """
        if self.seconds is not None:
            return None
        stages = (self._judged, self._hot, self._whole, self._still)
        order = (Miss.UNJUDGED, Miss.FAINT, Miss.SMALL, Miss.MOVING)
        short = (why for why, looks in zip(order, stages, strict=True) if looks < least_looks)
        return next(short, Miss.UNSTEADY)


@dataclass(frozen=True, slots=True, eq=False)
class Stray:
    """Something that was told where nothing was inserted: perhaps true, but nobody knows.

    Attributes:
        phase: During which part of the probe.
        taken: When.
        gain: Factor of the light then.
        mask: Where.
        score: Its highest score.
        picture: Place in the list of pictures; ``None`` where there were too many.
    """

    phase: str
    taken: Instant
    gain: float
    mask: Mask
    score: float
    picture: int | None
