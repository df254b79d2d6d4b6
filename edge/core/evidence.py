"""The evidence of an event, ``stillwatch.evidence/1``: all figures that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.encoding import canonical, fraction, milliseconds, model_tag, number, rfc3339
from edge.core.facts import Facts, parsed
from edge.types import Box, EndReason, EventType, Kind, ModelTag, View

if TYPE_CHECKING:
    from edge.core.glances import Counts
    from edge.types import Event

EVIDENCE = "stillwatch.evidence/1"
MAX_BYTES = 64 * 1024

_LONGEST_SIDE = 65536


@dataclass(frozen=True, slots=True)
class Differs:
    """What an event says of its change.

    Attributes:
        change_id: Its id.
        kind: What happened.
        score: The highest score seen.
        box: Around it, in pixels of the reference.
        area_px: Its pixels.
        shown: In how many of the last looks it stood still there; ``None`` when
            nobody could look.
        persisted_s: How long it has been open.
        started: When it was first seen, RFC 3339.
        end_reason: Why it ended.
    """

    change_id: str
    kind: Kind
    score: float
    box: Box
    area_px: int
    shown: int | None
    persisted_s: float
    started: str
    end_reason: EndReason | None


@dataclass(frozen=True, slots=True)
class EventEvidence:
    """What is kept of one event beside its pictures.

    Attributes:
        event_type: Which moment it tells.
        camera: Whose view.
        decided: When it was decided, RFC 3339.
        captured: When the frame behind it was taken.
        change: The change; ``None`` for events about the view or the reference.
        view: The view's state.
        threshold: Score that a region must reach somewhere.
        sensitivity: What the user wrote.
        confirm: So many of the last so many looks were needed.
        least_core_px: Places with fewer pixels over the threshold are noise.
        frame_size: Width and height of the reference.
        shift_px: How far the view had moved: columns, rows.
        activity: Whether something moved in the view.
        reference: Its id and light state.
        reference_age_s: How old it was; ``None`` without one.
        model: Who looked.
        infer_ms: How long the engine took.
    """

    event_type: EventType
    camera: str
    decided: str
    captured: str
    change: Differs | None
    view: View
    threshold: float
    sensitivity: float
    confirm: tuple[int, int]
    least_core_px: float
    frame_size: tuple[int, int]
    shift_px: tuple[float, float]
    activity: bool
    reference: tuple[str, str]
    reference_age_s: float | None
    model: ModelTag
    infer_ms: float


def evidence_of(
    event: Event, counts: Counts, *, shown: int | None, activity: bool, reference_age_s: float | None
) -> EventEvidence:
    """Return the evidence of an event.

    Args:
        event: The event.
        counts: What counted.
        shown: In how many of the last looks its change stood still there.
        activity: Whether something moved.
        reference_age_s: Age of the reference.
    """
    change = event.change
    return EventEvidence(
        event_type=event.event_type,
        camera=event.camera,
        decided=rfc3339(event.decided_ns),
        captured=rfc3339(event.captured_ns),
        change=None
        if change is None
        else Differs(
            change.change_id,
            change.kind,
            change.score,
            change.mask.box,
            change.mask.area_px,
            shown,
            change.persisted_s,
            rfc3339(change.started_ns),
            change.end_reason,
        ),
        view=event.view,
        threshold=event.threshold,
        sensitivity=counts.sensitivity,
        confirm=counts.confirm,
        least_core_px=counts.least_core_px,
        frame_size=event.frame_size,
        shift_px=event.shift_px,
        activity=activity,
        reference=event.reference,
        reference_age_s=reference_age_s,
        model=event.model,
        infer_ms=event.infer_ms,
    )


def document(evidence: EventEvidence) -> dict[str, object]:
    """Return the evidence as ``stillwatch.evidence/1``."""
    change, age_s = evidence.change, evidence.reference_age_s
    return {
        "schema": EVIDENCE,
        "event_type": evidence.event_type.value,
        "camera": evidence.camera,
        "decided": evidence.decided,
        "captured": evidence.captured,
        "change": None if change is None else _differs(change, evidence.threshold),
        "view": evidence.view.value,
        "threshold": fraction(evidence.threshold),
        "sensitivity": fraction(evidence.sensitivity),
        "confirm": list(evidence.confirm),
        "least_core_px": number(evidence.least_core_px, 0, 1e9, digits=1),
        "frame": {
            "w": int(evidence.frame_size[0]),
            "h": int(evidence.frame_size[1]),
            "shift_px": [number(shift, -1e5, 1e5, digits=2) for shift in evidence.shift_px],
        },
        "activity": evidence.activity,
        "ref": {
            "id": evidence.reference[0],
            "light": evidence.reference[1],
            "age_s": None if age_s is None else number(age_s, 0, 1e10, digits=0),
        },
        "model": {**model_tag(evidence.model), "infer_ms": milliseconds(evidence.infer_ms)},
    }


def encoded(evidence: EventEvidence) -> bytes:
    """Return the evidence as bytes of JSON."""
    return canonical(document(evidence)) + b"\n"


def decoded(content: bytes) -> EventEvidence:
    """Return the evidence that ``encoded`` made bytes of.

    Raises:
        ValueError: They are none, or of another version.
    """
    if len(content) > MAX_BYTES:
        msg = "too long"
        raise ValueError(msg)
    facts = parsed(content)
    if facts.text("schema") != EVIDENCE:
        msg = f"not {EVIDENCE}"
        raise ValueError(msg)
    frame, reference, model = facts.inner("frame"), facts.inner("ref"), facts.inner("model")
    needed, looks = facts.wholes("confirm", 2, 1, 100)
    shift = frame.reals("shift_px", 2, -1e5, 1e5)
    return EventEvidence(
        event_type=facts.choice("event_type", EventType),
        camera=facts.text("camera"),
        decided=facts.text("decided"),
        captured=facts.text("captured"),
        change=_change(facts.inner("change")) if facts.has("change") else None,
        view=facts.choice("view", View),
        threshold=facts.real("threshold", 0, 1),
        sensitivity=facts.real("sensitivity", 0, 1),
        confirm=(needed, looks),
        least_core_px=facts.real("least_core_px", 0, 1e9),
        frame_size=(frame.whole("w", 0, _LONGEST_SIDE), frame.whole("h", 0, _LONGEST_SIDE)),
        shift_px=(shift[0], shift[1]),
        activity=facts.flag("activity"),
        reference=(reference.text("id"), reference.text("light")),
        reference_age_s=reference.real("age_s", 0, 1e10) if reference.has("age_s") else None,
        model=ModelTag(model.text("id"), model.text("version"), model.text("delegate")),
        infer_ms=model.real("infer_ms", 0, 1e6),
    )


def _differs(change: Differs, threshold: float) -> dict[str, object]:
    box = change.box
    return {
        "id": change.change_id,
        "kind": change.kind.value,
        "score": fraction(change.score),
        "over": number(change.score - threshold, -1, 1, digits=4),
        "box": [int(box.left), int(box.top), int(box.width), int(box.height)],
        "area_px": change.area_px,
        "shown": change.shown,
        "persisted_s": number(change.persisted_s, 0, 1e9, digits=3),
        "started": change.started,
        "end_reason": change.end_reason.value if change.end_reason else None,
    }


def _change(facts: Facts) -> Differs:
    left, top, width, height = facts.wholes("box", 4, 0, _LONGEST_SIDE)
    return Differs(
        change_id=facts.text("id"),
        kind=facts.choice("kind", Kind),
        score=facts.real("score", 0, 1),
        box=Box(left, top, left + width, top + height),
        area_px=facts.whole("area_px", 0, 2**53),
        shown=facts.whole("shown", 0, 100) if facts.has("shown") else None,
        persisted_s=facts.real("persisted_s", 0, 1e9),
        started=facts.text("started"),
        end_reason=facts.choice("end_reason", EndReason) if facts.has("end_reason") else None,
    )
