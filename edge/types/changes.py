"""What is told: changes, and the moments of their lives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.types.frames import Mask
    from edge.types.looks import Kind, View
    from edge.types.models import ModelTag


class EventType(str, Enum):
    """The moments of a change's life that are told."""

    CHANGE_STARTED = "change_started"
    CHANGE_UPDATED = "change_updated"
    CHANGE_PERSISTENT = "change_persistent"
    CHANGE_ENDED = "change_ended"
    VIEW_ALERT = "view_alert"
    REFERENCE_UPDATED = "reference_updated"


class EndReason(str, Enum):
    """Why a change is over."""

    REVERTED = "reverted"
    ACCEPTED = "accepted"
    ABSORBED = "absorbed"
    DISARMED = "disarmed"


class ChangeStatus(str, Enum):
    """Where an announced change stands."""

    OPEN = "open"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A physical difference that was announced; a row of the ledger.

    Attributes:
        change_id: Stays the same through restarts and model swaps.
        camera: Who sees it.
        status: Open, suspended (hidden for now) or ended.
        mask: Its pixels, in reference coordinates.
        kind: What happened.
        score: The highest score seen.
        started_ns: Wall clock of the first look that showed it.
        seen_ns: Wall clock of the last look that showed it.
        persisted_s: Seconds it has been open, counted on the clock that never
            jumps.
        persistent: Whether ``change_persistent`` has been told.
        ended_ns: Wall clock of its end.
        end_reason: Why it ended.
    """

    change_id: str
    camera: str
    status: ChangeStatus
    mask: Mask
    kind: Kind
    score: float
    started_ns: int
    seen_ns: int
    persisted_s: float = 0.0
    persistent: bool = False
    ended_ns: int | None = None
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One thing told about one camera. The outbox numbers it when it is stored.

    Attributes:
        event_type: Which moment this is.
        camera: Whose view.
        decided_ns: Wall clock of the decision.
        captured_ns: Wall clock of the frame behind it.
        change: The change it is about; ``None`` for the view and the reference.
        view: The view's state at that moment.
        threshold: Score that a region must reach somewhere, in ``[0, 1]``.
        frame_size: Width and height of the reference, in pixels.
        shift_px: Registration of the frame: columns, rows.
        reference: Id and light state of the reference.
        model: Who looked.
        infer_ms: How long the engine took, in milliseconds.
        rotation_deg: How far the view was turned against the reference.
        zoom: How much larger things looked than in the reference.
    """

    event_type: EventType
    camera: str
    decided_ns: int
    captured_ns: int
    change: Change | None
    view: View
    threshold: float
    frame_size: tuple[int, int]
    shift_px: tuple[float, float]
    reference: tuple[str, str]
    model: ModelTag
    infer_ms: float
    rotation_deg: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Post:
    """How a camera is watched, as far as it must survive a restart.

    Attributes:
        camera: Its name.
        armed: Whether changes are told.
        alerts: What was told of its view since that was last well.
        sensitivity: In place of the configured one, 0 to 1; ``None`` for that one.
    """

    camera: str
    armed: bool = True
    alerts: tuple[View, ...] = ()
    sensitivity: float | None = None
