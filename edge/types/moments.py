"""What is known at one tick of one camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.types.changes import Change, Event
    from edge.types.frames import Frame, Instant
    from edge.types.looks import Look, Reference, View


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Everything that is known of one camera after one tick: what evidence is made of.

    Attributes:
        camera: The camera's name.
        now: When.
        view: Whether its view can be judged.
        threshold: Score that a region must reach somewhere, in ``[0, 1]``.
        frame: What came; ``None`` when nothing did.
        look: What the detector saw in it; ``None`` while learning, or without a frame.
        reference: What it was compared with.
        changes: Changes that were told and have not ended.
        events: What is told at this moment.
        activity: Whether something moves in the view.
        armed: Whether changes are told at all.
        reason: Why no frame came, in plain words.
        sensitivity: The one in force, 0 to 1; ``None`` for the configured one.
    """

    camera: str
    now: Instant
    view: View
    threshold: float
    frame: Frame | None = None
    look: Look | None = None
    reference: Reference | None = None
    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    activity: bool = False
    armed: bool = True
    reason: str = ""
    sensitivity: float | None = None
