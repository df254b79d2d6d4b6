"""What happened, beside what was told about it: the demonstration's judge."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.demo.told import Area, Told

START_WITHIN_S = 3.0
SLACK_S = 0.002  # times on the wire are whole milliseconds
ACTIVITY_WITHIN_S = 2.0  # how long after somebody has left it may still be told


@dataclass(frozen=True, slots=True)
class Silent:
    """Something of which nothing may be told, such as a light switch.

    Attributes:
        at_s: When it begins, in seconds of the scene.
        what: It, in a few words.
    """

    at_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Passing:
    """Something that moves: activity, and no event.

    Attributes:
        at_s: When it begins, in seconds of the scene.
        what: It, in a few words.
        ends_s: When it is over.
    """

    at_s: float
    what: str
    ends_s: float


@dataclass(frozen=True, slots=True)
class Lasting:
    """A change that is undone later.

    Attributes:
        at_s: When it happens, in seconds of the scene.
        what: It, in a few words.
        area: Where.
        undone_s: When all is as before.
        undone: That, in a few words.
    """

    at_s: float
    what: str
    area: Area
    undone_s: float
    undone: str


Truth = Silent | Passing | Lasting


@dataclass(frozen=True, slots=True)
class Line:
    """One moment of the table.

    Attributes:
        at_s: When it happened, in seconds of the scene.
        what: What happened.
        wanted: What should be told.
        told: What was told.
        after_s: Seconds from the moment to the picture behind the telling.
        good: Whether it is as it should be.
        late: Whether it is what was wanted, but came too late.
    """

    at_s: float
    what: str
    wanted: str
    told: str
    after_s: float | None
    good: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole table.

    Attributes:
        lines: In the order of what happened.
        false: Events that nothing explains.
    """

    lines: tuple[Line, ...]
    false: tuple[Told, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was told that happened, and nothing else."""
        return not self.false and all(line.good for line in self.lines)


def verdict(
    truths: Sequence[Truth],
    events: Sequence[Told],
    active_s: Sequence[float],
    *,
    clear_within_s: float,
    watched_s: float = inf,
) -> Verdict:
    """Hold what was told against what happened.

    Args:
        truths: What happened, in order; the first begins with the scene.
        events: What was told, in order of arrival; the same number twice is one
            event that a broker delivered again.
        active_s: Seconds of the scene at which the state spoke of activity.
        clear_within_s: Seconds after which the end of a change should be told.
        watched_s: When watching ended. What had no time to be told until then is
            not asked for.
    """
    left = list(dict.fromkeys(events))
    lines: list[Line] = []
    for truth in truths:
        if isinstance(truth, Lasting):
            life = _life(truth, left)
            lines += _lasting(truth, life, clear_within_s, watched_s)
            left = [event for event in left if event not in life]
    false = tuple(event for event in left if event.event_type != "reference_updated")
    for number, truth in enumerate(truths):
        if not isinstance(truth, Lasting):
            since_s = truth.at_s if number else -inf
            until_s = truths[number + 1].at_s if number + 1 < len(truths) else inf
            blamed = [event for event in false if since_s <= event.captured_s + SLACK_S < until_s]
            lines += _quiet(truth, blamed, active_s, watched_s)
    return Verdict(tuple(sorted(lines, key=lambda line: line.at_s)), false)


def _life(truth: Lasting, events: Sequence[Told]) -> list[Told]:
    """Return what a change accounts for: its moments once each, and all its updates."""
    started = next((event for event in events if _starts(event, truth)), None)
    if started is None:
        return []
    life = [started]
    for event in events:
        told = {earlier.event_type for earlier in life} - {"change_updated"}
        if event.change_id == started.change_id and event.event_type not in told:
            life.append(event)
    return life


def _starts(event: Told, truth: Lasting) -> bool:
    return event.event_type == "change_started" and any(area.touches(truth.area) for area in event.areas)


def _lasting(truth: Lasting, life: Sequence[Told], clear_within_s: float, watched_s: float) -> Iterator[Line]:
    moments = {event.event_type: event for event in life}
    started = moments.get("change_started")
    if started or truth.at_s + START_WITHIN_S <= watched_s:
        yield _moment(truth.at_s, truth.what, "change_started", started, within_s=START_WITHIN_S)
    still = moments.get("change_persistent")
    if still or truth.undone_s <= watched_s:
        at_s = still.captured_s if still else truth.undone_s
        yield Line(at_s, "that is still so", "change_persistent", _named(still), None, good=still is not None)
    ended = moments.get("change_ended")
    if ended or truth.undone_s + clear_within_s <= watched_s:
        yield _moment(truth.undone_s, truth.undone, "change_ended (reverted)", ended, within_s=clear_within_s)


def _moment(at_s: float, what: str, wanted: str, event: Told | None, *, within_s: float) -> Line:
    if event is None:
        return Line(at_s, what, wanted, _named(event), None, good=False)
    after_s = event.captured_s - at_s
    told = _named(event)
    right, late = told.startswith(wanted), after_s > within_s
    good = right and after_s >= -SLACK_S and not late
    return Line(at_s, what, wanted, told, after_s, good=good, late=right and late)


def _quiet(
    truth: Silent | Passing, blamed: Sequence[Told], active_s: Sequence[float], watched_s: float
) -> Iterator[Line]:
    told = [_named(event) for event in blamed]
    if isinstance(truth, Silent):
        if told or truth.at_s <= watched_s:
            yield Line(truth.at_s, truth.what, "nothing", ", ".join(told) or "nothing", None, good=not told)
        return
    active = [at for at in active_s if truth.at_s <= at <= truth.ends_s + ACTIVITY_WITHIN_S]
    after_s = active[0] - truth.at_s if active else None
    said = ["activity"] if active else []
    good = bool(active) and not told
    if said or told or truth.ends_s + ACTIVITY_WITHIN_S <= watched_s:
        yield Line(
            truth.at_s, truth.what, "activity", ", ".join(said + told) or "nothing", after_s, good=good
        )


def _named(event: Told | None) -> str:
    if event is None:
        return "nothing"
    reason = f" ({event.end_reason})" if event.end_reason else ""
    return f"{event.event_type}{reason} {event.change_id}".rstrip()
