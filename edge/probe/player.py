"""Shows footage to a camera's post, one look after another, on a clock of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.probe.patches import exposed
from edge.sim.clock import SimClock
from edge.types import Frame
from edge.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.core.limits import Limits
    from edge.core.polygons import Polygon
    from edge.ports import Engine
    from edge.probe.footage import Footage
    from edge.probe.patches import Patch
    from edge.seen import Seen

LEARN_TIMES = 8.0
"""After so many times the learning time a view is not going to be learned."""


class Player:
    """Plays footage forth and back to watchers, with or without patches.

    Attributes:
        number: Which frame comes next.
        looks: How many frames were shown.
    """

    def __init__(
        self,
        footage: Footage,
        engine: Engine,
        limits: Limits,
        *,
        ignore: Sequence[Polygon],
        looked: Callable[[], None],
    ) -> None:
        """Prepare to play.

        Args:
            footage: What the camera sees.
            engine: Compares.
            limits: What counts as a change.
            ignore: Places that are never judged.
            looked: Called after each look.
        """
        self.footage = footage
        self.limits = limits
        self.number = self.looks = 0
        self._engine = engine
        self._ignore = ignore
        self._clock = SimClock()
        self._looked = looked
        self._learned: Watcher | None = None

    def learn(self) -> Watcher:
        """Let a post learn the view, as the device does.

        Raises:
            ConfigError: Not even half of the view ever stands still.
        """
        watcher = Watcher(
            self.footage.name,
            self.limits,
            self._engine,
            self._clock,
            reference=None,
            ignore=self._ignore,
            live=False,
        )
        for _ in range(max(2, round(LEARN_TIMES * self.limits.learn_s * self.footage.fps))):
            self.show(watcher)
            if watcher.reference is not None:
                self._learned = watcher
                return self.fresh()
        msg = f"{self.footage.name}: less than half of the view stands still long enough to be learned"
        raise ConfigError(msg)

    def fresh(self) -> Watcher:
        """Return the post as it was when it had learned the view."""
        # Engine and clock are the world's, not the post's.
        shared = {id(self._engine): self._engine, id(self._clock): self._clock}
        watcher = deepcopy(self._learned, shared)
        if watcher is None:
            msg = "nothing was learned yet"
            raise ValueError(msg)
        return watcher

    def show(self, watcher: Watcher, patches: Sequence[Patch] = (), gain: float = 1.0) -> tuple[Frame, Seen]:
        """Give a post its next look.

        Raises:
            EngineError: The engine failed.
        """
        self._clock.advance(1.0 / self.footage.fps)
        pixels = self.footage.at(self.number)
        if patches or gain != 1.0:
            pixels = exposed(pixels, patches, gain)
        frame = Frame(self.footage.name, self.looks, self._clock.now(), pixels)
        self.number += 1
        self.looks += 1
        seen = watcher.see(frame)
        self._looked()
        return frame, seen

    def frames_in(self, seconds: float) -> int:
        """Return how many frames there are in so many seconds, at least one."""
        return max(1, round(seconds * self.footage.fps))
