"""Under which number an event was told: its evidence is kept before it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.encoding import canonical, rfc3339
from edge.core.facts import parsed
from edge.types import EventType

if TYPE_CHECKING:
    from edge.core.evidence import EventEvidence
    from edge.types import Event


@dataclass(frozen=True, slots=True)
class Numbered:
    """Under which number an event was told.

    Attributes:
        epoch: The journal's id.
        seq: Its number.
        event_type: Which moment it tells.
        camera: Whose view.
        decided: When it was decided, RFC 3339.
        change_id: Its change.
    """

    epoch: str
    seq: int
    event_type: EventType
    camera: str
    decided: str
    change_id: str | None

    def tells(self, evidence: EventEvidence) -> bool:
        """Return whether this is the number of that evidence's event."""
        change_id = evidence.change.change_id if evidence.change else None
        return (self.event_type, self.camera, self.decided, self.change_id) == (
            evidence.event_type,
            evidence.camera,
            evidence.decided,
            change_id,
        )


def numbered(event: Event, epoch: str, seq: int) -> Numbered:
    """Return under which number an event was told."""
    change_id = event.change.change_id if event.change else None
    return Numbered(epoch, seq, event.event_type, event.camera, rfc3339(event.decided_ns), change_id)


def encoded(number: Numbered) -> bytes:
    """Return a number as bytes of JSON."""
    return canonical(
        {
            "epoch": number.epoch,
            "seq": number.seq,
            "event_type": number.event_type.value,
            "camera": number.camera,
            "decided": number.decided,
            "change_id": number.change_id,
        }
    )


def decoded(content: bytes) -> Numbered:
    """Return the number that ``encoded`` made bytes of.

    Raises:
        ValueError: They are none.
    """
    facts = parsed(content)
    return Numbered(
        epoch=facts.text("epoch"),
        seq=facts.whole("seq", 0, 2**63 - 1),
        event_type=facts.choice("event_type", EventType),
        camera=facts.text("camera"),
        decided=facts.text("decided"),
        change_id=facts.text("change_id") if facts.has("change_id") else None,
    )
