"""What happens in front of a simulated camera, and when: frozen cues on one time line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.sim.optics import Bump, Fog


@dataclass(frozen=True, slots=True)
class LightStep:
    """The lamp is turned up or down, and stays so.

    Attributes:
        at_s: When it starts.
        gain: Mean brightness afterwards, 1 being the photograph as it was taken.
        ramp_s: How long the lamp takes; 0 for at once.
        warmth: Colour afterwards: this share is added to red and taken from blue.
    """

    at_s: float
    gain: float
    ramp_s: float = 0.4
    warmth: float = 0.0


@dataclass(frozen=True, slots=True)
class PartVanishes:
    """A part of the scene is gone; what lies beneath shows.

    Attributes:
        at_s: First moment without it.
        part: Its number in the scene.
    """

    at_s: float
    part: int


@dataclass(frozen=True, slots=True)
class PartReturns:
    """A part of the scene is there.

    A part whose first cue is a return is missing from the beginning: it appears.

    Attributes:
        at_s: First moment with it.
        part: Its number in the scene.
    """

    at_s: float
    part: int


@dataclass(frozen=True, slots=True)
class WalksThrough:
    """Somebody crosses the view from one side to the other.

    Attributes:
        at_s: When they come in.
        seconds: How long the crossing takes.
        feet: Where they tread, as a share of the view's height; over 1 is below it.
        rightward: Whether they walk from left to right.
    """

    at_s: float
    seconds: float
    feet: float = 0.9
    rightward: bool = True


@dataclass(frozen=True, slots=True)
class Fails:
    """The camera gives no frames for a while.

    Attributes:
        at_s: When it stops.
        seconds: How long it is away.
    """

    at_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Lasts:
    """Something that is so for a while.

    Attributes:
        at_s: When it begins.
        seconds: How long it lasts.
    """

    at_s: float
    seconds: float


class TurnsInfrared(Lasts):
    """The camera takes its infrared filter out and lights the scene with its own lamp."""


class IsCovered(Lasts):
    """Somebody lays a hand on the lens."""


class Freezes(Lasts):
    """The camera shows its last picture again and again."""


@dataclass(frozen=True, slots=True)
class IsBumped(Lasts):
    """Somebody moves the camera, and puts it back in the end.

    Attributes:
        to: How it then stands.
    """

    to: Bump


@dataclass(frozen=True, slots=True)
class FogsUp(Lasts):
    """The lens fogs up, or loses its focus.

    Attributes:
        fog: What is then on the lens.
    """

    fog: Fog


Cue = (
    LightStep
    | PartVanishes
    | PartReturns
    | WalksThrough
    | Fails
    | TurnsInfrared
    | IsCovered
    | Freezes
    | IsBumped
    | FogsUp
)

Lasting = TypeVar("Lasting", bound=Lasts)


@dataclass(frozen=True, slots=True)
class Passerby:
    """Where somebody is in a crossing.

    Attributes:
        progress: Share of the way done, 0 to 1.
        feet: Where they tread, as a share of the view's height.
        rightward: Whether they walk from left to right.
    """

    progress: float
    feet: float
    rightward: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """How things are at one moment.

    Attributes:
        gain: Mean brightness, 1 being the photograph as it was taken.
        warmth: Share added to red and taken from blue.
        missing: Numbers of the parts that are not there.
        passersby: Who is crossing the view.
        failed: Whether the camera is silent.
        infrared: Whether it sees by its infrared lamp.
        covered: Whether a hand lies on the lens.
        frozen: Whether it repeats its last picture.
        bump: How it has been moved; ``None`` for not at all.
        fog: What is on the lens; ``None`` for nothing.
    """

    gain: float
    warmth: float
    missing: frozenset[int]
    passersby: tuple[Passerby, ...]
    failed: bool
    infrared: bool = False
    covered: bool = False
    frozen: bool = False
    bump: Bump | None = None
    fog: Fog | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Cues, and how long the camera films.

    Attributes:
        seconds: When filming ends.
        cues: What happens, in any order.
    """

    seconds: float
    cues: tuple[Cue, ...] = ()

    def at(self, second: float) -> Situation:
        """Return how things are ``second`` seconds after filming began."""
        gain, warmth = self._light(second)
        bumps, fogs = self._now(second, IsBumped), self._now(second, FogsUp)
        return Situation(
            gain=gain,
            warmth=warmth,
            missing=self._missing(second),
            passersby=tuple(self._passersby(second)),
            failed=any(
                isinstance(cue, Fails) and cue.at_s <= second < cue.at_s + cue.seconds for cue in self.cues
            ),
            infrared=bool(self._now(second, TurnsInfrared)),
            covered=bool(self._now(second, IsCovered)),
            frozen=bool(self._now(second, Freezes)),
            bump=bumps[-1].to if bumps else None,
            fog=fogs[-1].fog if fogs else None,
        )

    def _now(self, second: float, kind: type[Lasting]) -> list[Lasting]:
        found = [cue for cue in self.cues if isinstance(cue, kind)]
        return [cue for cue in found if cue.at_s <= second < cue.at_s + cue.seconds]

    def _light(self, second: float) -> tuple[float, float]:
        gain, warmth = 1.0, 0.0
        steps = [cue for cue in self.cues if isinstance(cue, LightStep) and cue.at_s <= second]
        for step in sorted(steps, key=lambda cue: cue.at_s):
            done = 1.0 if step.ramp_s == 0 else min(1.0, (second - step.at_s) / step.ramp_s)
            gain += (step.gain - gain) * done
            warmth += (step.warmth - warmth) * done
        return gain, warmth

    def _missing(self, second: float) -> frozenset[int]:
        moves = [cue for cue in self.cues if isinstance(cue, PartVanishes | PartReturns)]
        there: dict[int, bool] = {}
        for cue in sorted(moves, key=lambda cue: cue.at_s):
            returns = isinstance(cue, PartReturns)
            there.setdefault(cue.part, not returns)
            if cue.at_s <= second:
                there[cue.part] = returns
        return frozenset(part for part, is_there in there.items() if not is_there)

    def _passersby(self, second: float) -> Iterator[Passerby]:
        for cue in self.cues:
            if isinstance(cue, WalksThrough) and cue.at_s <= second <= cue.at_s + cue.seconds:
                yield Passerby((second - cue.at_s) / cue.seconds, cue.feet, cue.rightward)
