"""The course of a probe: learn, watch quietly, step the light, insert, and wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.probe.album import Album
from edge.probe.fate import Fate, Stray
from edge.probe.places import room, still
from edge.probe.plan import MOST_AT_ONCE, SIDES_PX, Round, rounds
from edge.probe.player import Player
from edge.probe.result import LIGHT, LOOP, QUIET, ROUNDS, Result
from edge.types import EventType
from edge.vision.polygons import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.core.limits import Limits
    from edge.core.polygons import Polygon
    from edge.ports import Engine
    from edge.probe.footage import Footage
    from edge.seen import Seen
    from edge.types import Frame, Reference
    from edge.watcher import Watcher

LEAD_S = 1.0
"""Time before patches are inserted: what is still is told from what moves by looking back."""

WAIT_S = 4.0
"""Time after which a patch that was not told is missed."""

HOLD_S = 5.0
"""Time for which the light stays."""

LIGHTS = (0.6, 1.0, 1.25, 0.6, 0.8, 1.1, 1.25, 1.0)
"""Factors of the light, one after another; before the first it is 1."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is tried.

    Attributes:
        positions: Patches of each size and contrast.
        seed: Chooses where they lie.
        loop_frames: Frames for which patches stay; 0 leaves that part out.
        sides_px: Sizes of the patches.
        ignore: Places that are never judged; nothing is inserted there.
    """

    positions: int = 200
    seed: int = 0
    loop_frames: int = 6000
    sides_px: tuple[int, ...] = SIDES_PX
    ignore: tuple[Polygon, ...] = ()


def probe(
    footage: Footage,
    engine: Engine,
    limits: Limits,
    settings: Settings,
    *,
    step: Callable[[float, float], None] = lambda _done, _total: None,
) -> Result:
    """Find out how small a change is found in a view.

    Args:
        footage: The view, filmed while nothing changes.
        engine: Compares.
        limits: What counts as a change.
        settings: How much is tried.
        step: Told after each look how many are behind, and how many there will be at most.

    Raises:
        ConfigError: The view cannot be learned, or no part of it stands still.
        EngineError: The engine failed.
    """
    return _Course(footage, engine, limits, settings, step).run()


class _Course:
    def __init__(
        self,
        footage: Footage,
        engine: Engine,
        limits: Limits,
        settings: Settings,
        step: Callable[[float, float], None],
    ) -> None:
        self._settings = settings
        self._step = step
        self._player = Player(footage, engine, limits, ignore=settings.ignore, looked=self._looked)
        self._total = self._player.frames_in(limits.learn_s) * 2.0
        self._album = Album()
        self._strays: list[Stray] = []
        self._shown: Counter[str] = Counter()
        self._alerts: Counter[str] = Counter()

    def run(self) -> Result:
        player, settings = self._player, self._settings
        footage, limits = player.footage, player.limits
        watcher = player.learn()
        reference = _known(watcher)
        height, width = reference.learned.shape
        usable = still(footage.frames) & reference.learned & ~filled(settings.ignore, height, width)
        if not room(usable, max(settings.sides_px)).any():
            msg = f"{footage.name}: nothing stands still, so nothing can be inserted; film it for longer"
            raise ConfigError(msg)
        plan = rounds(
            usable,
            reference.pixels,
            positions=settings.positions,
            seed=settings.seed,
            sides_px=settings.sides_px,
        )
        staying = self._staying(usable, reference)
        self._foresee(plan, staying)
        self._quietly()
        steps = self._stepping()
        fates = [fate for each in plan for fate in self._round(each)]
        looped, open_ids = self._loop(staying)
        return Result(
            name=footage.name,
            size=footage.size,
            fps=footage.fps,
            footage_s=footage.seconds,
            whole=footage.whole,
            seed=settings.seed,
            model=watcher.model,
            threshold=watcher.threshold,
            limits=limits,
            learned=float(reference.learned.mean()),
            usable=float(usable.mean()),
            fates=tuple(fates),
            looped=tuple(looped),
            open_ids=open_ids,
            loop_frames=settings.loop_frames,
            light_steps=steps,
            strays=tuple(self._strays),
            alerts={phase: count for phase, count in self._alerts.items() if count},
            seconds={phase: shown / footage.fps for phase, shown in self._shown.items()},
            album=self._album,
        )

    def _staying(self, usable: NDArray[np.bool_], reference: Reference) -> Round | None:
        """Return the patches that stay, in steady light: of the largest, as many as find room at once."""
        settings = self._settings
        if not settings.loop_frames:
            return None
        planned = rounds(
            usable,
            reference.pixels,
            positions=min(settings.positions, MOST_AT_ONCE),
            seed=settings.seed + 1,
            sides_px=(max(settings.sides_px),),
        )
        steady = (each for each in planned if each.gain == 1.0)
        return max(steady, key=lambda each: len(each.inserts), default=None)

    def _foresee(self, plan: Sequence[Round], staying: Round | None) -> None:
        player = self._player
        each = player.frames_in(LEAD_S) + player.frames_in(WAIT_S)
        long = 0 if staying is None else player.frames_in(LEAD_S) + self._settings.loop_frames
        self._total = player.looks + 2 * self._pass_frames + len(plan) * each + long

    @property
    def _pass_frames(self) -> int:
        """Frames of a pass without patches: all there are, and enough for every light."""
        player = self._player
        return max(len(player.footage.frames), len(LIGHTS) * player.frames_in(HOLD_S))

    def _quietly(self) -> None:
        watcher = self._player.fresh()
        self._player.number = 0
        for _ in range(self._pass_frames):
            self._look(QUIET, watcher)

    def _stepping(self) -> int:
        """Play the very same frames under a light that steps; return how often it does."""
        watcher = self._player.fresh()
        self._player.number = 0
        hold, gain, steps = self._player.frames_in(HOLD_S), 1.0, 0
        for frame in range(self._pass_frames):
            if frame % hold == hold - 1:
                gain = LIGHTS[steps % len(LIGHTS)]
                steps += 1
            self._look(LIGHT, watcher, gain=gain)
        return steps

    def _round(self, each: Round) -> list[Fate]:
        stepped = each.gain != 1.0
        watcher = self._player.fresh()
        for _ in range(self._player.frames_in(LEAD_S)):
            self._look(ROUNDS, watcher)
        fates = [Fate(insert, stepped=stepped) for insert in each.inserts]
        frames, shown = self._player.frames_in(WAIT_S), 0
        while shown < frames and any(fate.seconds is None for fate in fates):
            frame, seen = self._look(ROUNDS, watcher, fates, each.gain, shown)
            shown += 1
        self._total -= frames - shown
        self._remember(watcher, fates, frame, seen)
        return fates

    def _loop(self, staying: Round | None) -> tuple[list[Fate], frozenset[str]]:
        if staying is None:
            return [], frozenset()
        watcher = self._player.fresh()
        for _ in range(self._player.frames_in(LEAD_S)):
            self._look(LOOP, watcher)
        fates = [Fate(insert) for insert in staying.inserts]
        for shown in range(self._settings.loop_frames):
            self._look(LOOP, watcher, fates, 1.0, shown)
        return fates, frozenset(change.change_id for change in watcher.changes)

    def _look(
        self,
        phase: str,
        watcher: Watcher,
        fates: Sequence[Fate] = (),
        gain: float = 1.0,
        shown: int = 0,
    ) -> tuple[Frame, Seen]:
        """Show one frame; hold what is told against what was inserted."""
        frame, seen = self._player.show(watcher, [fate.insert.patch for fate in fates], gain)
        self._shown[phase] += 1
        if seen.look is not None:
            for fate in fates:
                if fate.seconds is None:
                    fate.follow(seen.look)
        for event in seen.events:
            change = event.change
            self._alerts[phase] += event.event_type is EventType.VIEW_ALERT
            if event.event_type is not EventType.CHANGE_STARTED or change is None or seen.look is None:
                continue
            after_s = shown / self._player.footage.fps
            if any(fate.told(change.change_id, change.mask, after_s) for fate in fates):
                continue
            title = f"{phase} {len(self._strays)}: light x{gain:g}, score {change.score:.2f}"
            picture = self._album.stray(title, change.mask.box, frame, seen.look, _known(watcher))
            self._strays.append(Stray(phase, frame.taken, gain, change.mask, change.score, picture))
        return frame, seen

    def _remember(self, watcher: Watcher, fates: Sequence[Fate], frame: Frame, seen: Seen) -> None:
        """Keep pictures of what was missed."""
        for fate in fates:
            why = fate.why(self._player.limits.confirm[0])
            if why is not None and seen.look is not None:
                title = f"{fate.insert.side_px}@{fate.insert.contrast:+d} {why.value} {fate.peak:.2f}"
                title += " stepped" if fate.stepped else ""
                box = fate.insert.patch.box
                self._album.miss(fate.insert.kind, title, box, frame, seen.look, _known(watcher))

    def _looked(self) -> None:
        self._step(min(self._player.looks, self._total), self._total)


def _known(watcher: Watcher) -> Reference:
    if watcher.reference is None:
        msg = "nothing was learned yet"
        raise ValueError(msg)
    return watcher.reference
