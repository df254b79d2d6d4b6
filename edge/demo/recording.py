"""What a run of the demonstration left behind: messages, frames, pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from edge.demo.timeline import Span
from edge.demo.told import read_event, read_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.demo.subscriber import Heard
    from edge.demo.told import State, Told
    from edge.types import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A whole frame worth showing.

    Attributes:
        at_s: When it was taken, in seconds of the scene.
        caption: Why it is worth showing.
        pixels: RGB, uint8 ``(H, W, 3)``.
    """

    at_s: float
    caption: str
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One run.

    Attributes:
        began_ns: Wall clock of the first frame: second 0 of the scene.
        seconds: From the first frame to the last.
        frames: How many frames the camera gave.
        real_time: Whether time was real, so that latencies mean something.
        heard: Every message the subscriber got, in order.
        views: Whole frames worth showing.
        pictures: Files with the pictures of events.
        made: How many events the device made.
    """

    began_ns: int
    seconds: float
    frames: int
    real_time: bool
    heard: Sequence[Heard]
    views: Sequence[Sight]
    pictures: Sequence[Path]
    made: int

    def events(self) -> list[tuple[Heard, Told]]:
        """Return the events as they came, and what they say; each number once."""
        found: dict[tuple[str, int], tuple[Heard, Told]] = {}
        for heard in self.heard:
            if is_event(heard.topic):
                told = read_event(heard.payload, began_ns=self.began_ns)
                found.setdefault((told.epoch, told.seq), (heard, told))
        return list(found.values())

    @property
    def unheard(self) -> int:
        """How many events were made and did not reach the subscriber."""
        return self.made - len(self.events())

    def states(self) -> list[State]:
        """Return what the camera's state was said to be, in order."""
        return [
            read_state(heard.payload, began_ns=self.began_ns)
            for heard in self.heard
            if heard.topic.endswith("/state")
        ]

    def active_s(self) -> list[float]:
        """Return the seconds at which the state spoke of activity."""
        return [state.said_s for state in self.states() if state.activity]

    def activity(self) -> list[Span]:
        """Return when the state spoke of activity."""
        spans: list[Span] = []
        since_s: float | None = None
        for state in self.states():
            if state.activity and since_s is None:
                since_s = state.said_s
            elif not state.activity and since_s is not None:
                spans.append(Span(since_s, state.said_s, "activity"))
                since_s = None
        return spans if since_s is None else [*spans, Span(since_s, self.seconds, "activity")]

    def learning(self) -> list[Span]:
        """Return until when the camera learned."""
        done = (state.said_s for state in self.states() if state.view != "learning")
        return [Span(0.0, next(done, self.seconds), "learning")]

    def changes(self) -> list[Span]:
        """Return when each change was open, as the events tell it."""
        events = [told for _, told in self.events()]
        ends = {told.change_id: told.captured_s for told in events if told.event_type == "change_ended"}
        return [
            Span(told.captured_s, ends.get(told.change_id, self.seconds), told.change_id)
            for told in events
            if told.event_type == "change_started"
        ]

    def count(self) -> dict[str, int]:
        """Return how many events came, by type."""
        return dict(Counter(told.event_type for _, told in self.events()))

    def latency_ms(self, heard: Heard, told: Told) -> float | None:
        """Return the time from an event's picture to its arrival; ``None`` where time was not real."""
        if not self.real_time:
            return None
        return (heard.arrived_ns - self.began_ns) / 1e6 - told.captured_s * 1e3

    def usual_latency_ms(self) -> float | None:
        """Return the median of the latencies of all events."""
        known = [ms for event in self.events() if (ms := self.latency_ms(*event)) is not None]
        return median(known) if known else None


def is_event(topic: str) -> bool:
    """Return whether events are told there, in time or late."""
    return topic.endswith(("/event", "/event/late"))
