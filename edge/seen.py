"""What one frame, or one order, led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.learning import NOTHING, Learned

if TYPE_CHECKING:
    from edge.types import Change, Event, Look, Post


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one frame, or one order, led to.

    Attributes:
        rows: Changes whose row in the ledger is no longer true.
        events: What to tell, in order.
        look: What the detector saw; ``None`` while learning, or when it did not look.
        learned: References to store, and those to drop.
        forget: Whether all that was stored of the scene must go first.
        post: What must be remembered of the post; ``None`` when nothing is new.
    """

    rows: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    look: Look | None = None
    learned: Learned = NOTHING
    forget: bool = False
    post: Post | None = None
