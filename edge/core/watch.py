"""What the rules remember of one camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.types import Change, EventType, Instant, Mask


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A region that may become a change.

    Attributes:
        mask: Where it was first seen still; where it was seen last until then.
        first: The look that first showed it.
        hits: For the last looks, oldest first, whether it was there and still.
        grows: The change whose new extent it is; ``None`` for a new one.
    """

    mask: Mask
    first: Instant
    hits: tuple[bool, ...]
    grows: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A change that was told, and what is known of it lately.

    Attributes:
        change: The row of the ledger.
        clear_since: The look since which its place looks normal.
        told: When its extent was last told; ``None`` since a restart.
    """

    change: Change
    clear_since: Instant | None = None
    told: Instant | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Everything the rules remember of one camera.

    Attributes:
        camera: Its name.
        serial: Number of the newest change.
        standing: Changes that were told and have not ended.
        candidates: Regions that may become changes.
        last: The last look.
    """

    camera: str
    serial: int = 0
    standing: tuple[Standing, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    last: Instant | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one look means.

    Attributes:
        watch: What to remember.
        told: Events, in order, with the change as it is from now on.
        rows: Every change whose row in the ledger is no longer true.
        activity: Whether something moves in the view.
    """

    watch: Watch
    told: tuple[tuple[EventType, Change], ...] = ()
    rows: tuple[Change, ...] = ()
    activity: bool = False
