"""A simulated camera before a watcher: what happens in the scene, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.limits import Limits
from edge.drivers.engine_difference import DifferenceEngine
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import Script
from edge.types import Frame, View
from edge.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.ports import Engine
    from edge.seen import Seen
    from edge.sim.scene import Scene
    from edge.sim.script import Cue
    from edge.types import Change, Event, Post, Reference

CAMERA = "shelf"
FPS = 5.0
LEARNED_S = 6.0
"""By then the scene is known."""

LIMITS = Limits(clear_s=2.0, persist_after_s=600.0, learn_s=4.0)
SCENE = arrange(tabletop(320, 180), seed=3, count=3)
PART = 1


@dataclass(frozen=True)
class Film:
    """What was told while a script was filmed.

    Attributes:
        watcher: As it is in the end.
        told: Second and event, in order.
        views: The view's state at each tick: seconds and states.
        lights: The same for the light state.
        seen: What each tick led to.
    """

    watcher: Watcher
    told: list[tuple[float, Event]]
    views: list[tuple[float, View]]
    lights: list[tuple[float, str]]
    seen: list[Seen]

    def events(self, kind: str = "") -> list[str]:
        """Return what was told after learning, in order, with the view for its alerts."""
        names = [(event.event_type.value, event.view.value) for _, event in self.told[1:]]
        return [f"{name} {view}" if name == "view_alert" else name for name, view in names if kind in name]

    def states(self) -> list[str]:
        """Return the states of the view, one after the other, without repeats."""
        return _changes([view.value for _, view in self.views])

    def light_states(self) -> list[str]:
        """Return the light states, one after the other, without repeats."""
        return _changes([light for _, light in self.lights])


def film(
    *cues: Cue,
    seconds: float,
    scene: Scene = SCENE,
    engine: Engine | None = None,
    limits: Limits = LIMITS,
    known: Sequence[Reference] = (),
    changes: Sequence[Change] = (),
    post: Post | None = None,
    live: bool = True,
    noise: float = 2.5,
) -> Film:
    """Film a script from the first moment of learning on, or with what is known already."""
    clock = SimClock(mono_ns=5_000_000_000)
    camera = SimCamera(CAMERA, scene, Script(seconds, cues), clock, fps=FPS, noise=noise)
    watcher = Watcher(
        CAMERA,
        limits,
        engine or DifferenceEngine(),
        clock,
        reference=known[0] if known else None,
        lights=known[1:],
        changes=changes,
        serial=len(changes),
        post=post,
        live=live,
    )
    shown = Film(watcher, [], [], [], [])
    for tick in camera.frames():
        second = round((tick.moment.mono_ns - 5_000_000_000) / 1e9, 2)
        seen = watcher.see(tick) if isinstance(tick, Frame) else watcher.lost(tick.now)
        shown.seen.append(seen)
        shown.told.extend((second, event) for event in seen.events)
        shown.views.append((second, watcher.view))
        shown.lights.append((second, watcher.light))
    return shown


def _changes(states: list[str]) -> list[str]:
    return [state for state, before in zip(states, ["", *states], strict=False) if state != before]
