"""Why something was told, and why nothing was, in sentences for people."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from edge.core.why_not import Reason
from edge.types import EventType, View

if TYPE_CHECKING:
    from edge.core.evidence import Differs, EventEvidence
    from edge.core.glances import Glance
    from edge.core.why_not import Verdict

Clock = Callable[[int], str]
"""From nanoseconds since 1970 UTC to what a person's watch shows."""

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def why(evidence: EventEvidence, *, at: str) -> list[str]:
    """Say why an event was told.

    Args:
        evidence: What was kept of it.
        at: When it was told, as a person's watch showed it.
    """
    change = evidence.change
    age_s = evidence.reference_age_s
    age = "" if age_s is None else f", {duration(age_s)} old"
    model = evidence.model
    shift = math.hypot(*evidence.shift_px)
    view = f"steady ({shift:.1f} px)" if evidence.view is View.OK else evidence.view.value
    circumstances = (
        f"light: {evidence.reference[1] or 'unknown'}, reference {evidence.reference[0] or 'none'}{age}; "
        f"view {view}; model {model.id} {model.version} on {model.delegate}, {evidence.infer_ms:.1f} ms"
    )
    return [_about(evidence, at) if change is None else _why(change, evidence, at), circumstances]


def why_not(
    verdict: Verdict, *, camera: str, clock: Clock, reach: tuple[int, int] | None = None
) -> list[str]:
    """Say why nothing was told.

    Args:
        verdict: What was found.
        camera: The camera's name.
        clock: How to write a moment.
        reach: Wall clock of the oldest and of the newest look that is kept.
    """
    said = [_REASONS[verdict.reason](verdict, camera)]
    if verdict.at is None and reach is not None:
        said.append(f"looks are kept from {clock(reach[0])} to {clock(reach[1])}")
    if (glance := verdict.at) is not None:
        said.append(_figures(verdict, glance, clock))
    if len(verdict.views) > 1 and verdict.judged:
        views = ", ".join(f"{view.value} in {count}" for view, count in verdict.views)
        said.append(f"the view was not the same all that time: of {verdict.looks} looks, {views}")
    return said


def duration(seconds: float) -> str:
    """Return a duration in the largest unit that leaves a figure of its own."""
    for unit_s, unit in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"


def _why(change: Differs, evidence: EventEvidence, at: str) -> str:
    box = change.box
    place = f"{box.width}x{box.height}+{box.left}+{box.top}"
    score = f"{change.score:.2f} where {evidence.threshold:.2f} counts, over {change.area_px} px at {place}"
    match evidence.event_type:
        case EventType.CHANGE_STARTED:
            needed, looks = evidence.confirm
            shown = needed if change.shown is None else change.shown
            return (
                f"{change.change_id} was told at {at} because {shown} of the last {looks} looks "
                f"showed {score}, standing still; {needed} were needed; kind: {change.kind.value}"
            )
        case EventType.CHANGE_UPDATED:
            return f"told again at {at} because its extent differs: {score}; kind: {change.kind.value}"
        case EventType.CHANGE_PERSISTENT:
            return f"told again at {at} because it had lasted {duration(change.persisted_s)}: {score}"
        case _:
            reason = change.end_reason.value if change.end_reason else "over"
            return f"ended at {at}: {reason}, after {duration(change.persisted_s)}"


def _about(evidence: EventEvidence, at: str) -> str:
    if evidence.event_type is EventType.VIEW_ALERT:
        return f"{evidence.camera}: told at {at} because the view was {evidence.view.value}"
    return f"{evidence.camera}: {evidence.event_type.value} was told at {at}"


def _figures(verdict: Verdict, glance: Glance, clock: Clock) -> str:
    parts = [f"looks kept of that time: {verdict.looks}, of which {verdict.judged} could be judged"]
    if verdict.score is not None:
        parts.append(f"highest score there {verdict.score:.2f} at {clock(glance.taken_ns)}")
    if verdict.counts is not None:
        counts = verdict.counts
        parts.append(f"counts from {counts.threshold:.2f} at sensitivity {counts.sensitivity:g}")
    if verdict.area_px:
        parts.append(f"{verdict.area_px} px over it")
    if verdict.hits is not None and verdict.counts is not None:
        needed, looks = verdict.counts.confirm
        parts.append(f"standing still in {verdict.hits} of {looks} looks, {needed} needed")
    if glance.model is not None:
        shift = math.hypot(*glance.shift_px)
        parts.append(
            f"light: {glance.reference[1]}, reference {glance.reference[0]}; view {shift:.1f} px off"
        )
        parts.append(f"model {glance.model.id} {glance.model.version} on {glance.model.delegate}")
    return "; ".join(parts)


def _below(verdict: Verdict, _camera: str) -> str:
    score, threshold = verdict.score or 0.0, verdict.counts.threshold if verdict.counts else 0.0
    if verdict.enough is not None:
        remedy = f"sensitivity = {verdict.enough:.2f} would have counted it"
    else:
        remedy = "no sensitivity would have counted it"
    return f"it looked too much like the reference: score {score:.2f} < {threshold:.2f}; {remedy}"


def _small(verdict: Verdict, _camera: str) -> str:
    least = verdict.counts.least_core_px if verdict.counts else 0.0
    return (
        f"too small: {verdict.area_px} px are over the threshold around there; a change has {least:.0f} px "
        "or more over it in one piece, and a rim that nearly is; a lower min_change_px would have counted it"
    )


def _moving(verdict: Verdict, _camera: str) -> str:
    share = (
        "" if verdict.moving is None else f" ({verdict.moving:.0%} of it looked different half a second ago)"
    )
    return f"it was seen, but it moved{share}: what moves is activity, and told only when it comes to rest"


def _unconfirmed(verdict: Verdict, _camera: str) -> str:
    needed, looks = verdict.counts.confirm if verdict.counts else (0, 0)
    return (
        f"it was not seen often enough: it stood still in {verdict.hits or 0} of {looks} looks, "
        f"and {needed} are needed"
    )


def _lost(verdict: Verdict, camera: str) -> str:
    reason = verdict.at.reason if verdict.at else ""
    return f"no frame came from {camera}{reason and ': '}{reason}"


def _view(verdict: Verdict, _camera: str) -> str:
    glance = verdict.at
    view = glance.view if glance else View.LOST
    if glance is not None and view is View.MOVED:
        off = math.hypot(*glance.shift_px)
        return f"the view had moved by {off:.1f} px, and cannot be compared" if off else "the view had moved"
    return f"the view was {view.value}: nothing can be compared then"


def _told(verdict: Verdict, _camera: str) -> str:
    ids = ", ".join(verdict.change_ids[:10])
    return f"it was told: {ids}; ask `stillwatch why {verdict.change_ids[0]}`"


_REASONS: dict[Reason, Callable[[Verdict, str], str]] = {
    Reason.OUT_OF_REACH: lambda _, camera: (
        f"nothing is kept of {camera} from that time: the evidence begins later; "
        "more [device] evidence_mb reaches back further"
    ),
    Reason.NOT_LOOKED: lambda _, camera: (
        f"nobody looked at {camera} then: the device was off, or its engine or disk failed; its log says"
    ),
    Reason.LOST: _lost,
    Reason.VIEW: _view,
    Reason.LEARNING: lambda _, camera: f"{camera} was still learning what its view looks like",
    Reason.DISARMED: lambda _, camera: f"{camera} was disarmed",
    Reason.TOLD: _told,
    Reason.PRIVATE: lambda *_: "the place lies in a `privacy` polygon: it is black, and never judged",
    Reason.IGNORED: lambda *_: "the place lies in an `ignore` polygon: it is never judged",
    Reason.NEVER_LEARNED: lambda *_: (
        "the place was never still long enough to be learned; it is judged as soon as it has been"
    ),
    Reason.OUTSIDE: lambda *_: "the place lies outside of what the camera shows",
    Reason.RESTLESS: lambda *_: (
        "the place is not watched: it does so much by itself that no threshold would keep "
        "false_alarms_per_day; an `ignore` polygon says so for good, a larger budget watches it"
    ),
    Reason.BELOW_THRESHOLD: _below,
    Reason.RAISED: lambda *_: (
        "the place often does something by itself, so more is asked of it than elsewhere, and this "
        "was not more; a larger false_alarms_per_day would have counted it"
    ),
    Reason.TOO_SMALL: _small,
    Reason.UNSETTLED: lambda *_: (
        "it was seen while the light was changing: nothing is told before the light has settled"
    ),
    Reason.MOVING: _moving,
    Reason.NOT_CONFIRMED: _unconfirmed,
    Reason.UNEXPLAINED: lambda *_: (
        "nothing that is kept explains it: it was seen often enough; please report this with --json"
    ),
}
