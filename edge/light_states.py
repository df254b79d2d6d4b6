"""Which light is it: that of the reference in force, another known one, or one never seen?"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from edge.admission import Admission
from edge.vision.lights import apart, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from edge.types import Instant
    from edge.vision.lights import Apart, Light

KNOWN_LIGHT_S = 1.0
"""A known light must be there for so long before it is believed to be the light state."""

NEW_LIGHT_S = 2.0
"""The same for one that was never seen."""


class Followed(Enum):
    """What a frame's light says."""

    SAME = auto()
    """Nothing new, or nothing that could be told apart now."""

    UNSURE = auto()
    """It is another, and not for long enough yet to be believed."""

    TURNED = auto()
    """Another light state is in force from now on, or is being admitted."""


class LightStates:
    """The light states of one view, of which one is in force.

    Attributes:
        in_force: Whose reference frames are compared with.
        admission: Of a light never seen before; ``None`` while the light is known.
    """

    def __init__(
        self,
        lights: Mapping[str, Light],
        golden: str,
        *,
        learn_s: float,
        left_out: NDArray[np.bool_] | None = None,
    ) -> None:
        """Begin in the golden light; the first frame says which it is.

        Args:
            lights: By name, in order of their last use; the golden one among them.
            golden: Name of the golden reference's.
            learn_s: Least seconds a pixel must have been looked at in a new light.
            left_out: bool ``(H, W)``: places that need not be known; ``None`` for none.
        """
        self._lights = dict(lights)
        self._golden = golden
        self._learn_s = learn_s
        self._left_out = left_out
        self._fresh = True
        self._away_since: Instant | None = None
        self.in_force = golden
        self.admission: Admission | None = None

    @property
    def here(self) -> str:
        """The light state."""
        return self.admission.name if self.admission else self.in_force

    @property
    def names(self) -> tuple[str, ...]:
        """Known light states, in order of their last use."""
        return tuple(self._lights)

    @property
    def oldest(self) -> str:
        """The one that was not used for longest, the golden one left aside."""
        return next(name for name in self._lights if name != self._golden)

    def follow(self, light: Light, now: Instant, *, may_be_new: bool) -> Followed:
        """Take the light of one frame into account.

        Args:
            light: The frame's.
            now: When it was taken.
            may_be_new: Whether a light never seen before may be admitted now.
        """
        here = self.admission.light if self.admission else self._lights[self.in_force]
        fresh, self._fresh = self._fresh, False
        if apart(here, light).most <= 1.0:
            self._away_since = None
            return Followed.SAME
        name, distance = self._nearest(light)
        if distance > 1.0 and not may_be_new:
            self._away_since = None
            return Followed.SAME
        self._away_since = self._away_since or now
        away_s = now.seconds_since(self._away_since)
        if distance <= 1.0 and (fresh or away_s >= KNOWN_LIGHT_S):
            self.turn_to(name)
            return Followed.TURNED
        if away_s >= NEW_LIGHT_S:
            self.turn_to(self._golden)
            self._admit(light, apart(self._lights[self._golden], light))
            return Followed.TURNED
        return Followed.UNSURE

    def turn_to(self, name: str) -> None:
        """Put a known light state in force."""
        self.admission, self._away_since = None, None
        self.in_force = name
        self._lights[name] = self._lights.pop(name)  # the newest used comes last

    def add(self, name: str, light: Light) -> None:
        """Know one more from now on."""
        self._lights[name] = light

    def drop(self, name: str) -> None:
        """Know one no more."""
        del self._lights[name]

    def _nearest(self, light: Light) -> tuple[str, float]:
        """Return which known light, other than the one in force, is most like this one, and how much."""
        others = [name for name in self._lights if self.admission or name != self.in_force]
        away = {name: apart(self._lights[name], light).most for name in others}
        name = min(away, key=away.__getitem__, default="")
        return name, away.get(name, float("inf"))

    def _admit(self, light: Light, step: Apart) -> None:
        self.admission = Admission(
            self._free_name(step), light, step, learn_s=self._learn_s, left_out=self._left_out
        )

    def _free_name(self, step: Apart) -> str:
        name, number = name_of(step), 1
        free = name
        while free in self._lights:
            number += 1
            free = f"{name}-{number}"
        return free
