"""What a probe found out, as figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.masks import common_px
from edge.probe.tally import Share, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edge.core.limits import Limits
    from edge.probe.album import Album
    from edge.probe.fate import Fate, Stray
    from edge.types import ModelTag

QUIET, LIGHT, ROUNDS, LOOP = "quiet", "light", "rounds", "loop"
PROBE = "stillwatch.probe/1"
PROMISED_S = 2.0
"""Within this time a change should be told."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One view, probed.

    Attributes:
        name: Where the frames are from.
        size: Width and height, in pixels.
        fps: Looks a second.
        footage_s: How long the footage lasts, played once.
        whole: Whether all of the footage was used.
        seed: What chose the places.
        model: Who looked.
        threshold: Score that a region must reach somewhere.
        limits: What counted as a change.
        learned: Share of the pixels that are known.
        usable: Share of the pixels where a patch might lie.
        fates: What became of the patches, round after round.
        looped: What became of those that stayed.
        open_ids: Changes that were open at the end of the loop.
        loop_frames: Frames that they were watched for.
        light_steps: How often the light stepped while nothing was inserted.
        strays: What was told elsewhere.
        alerts: How often the view was said to be in trouble, by phase.
        seconds: Time played in each phase; ``rounds`` in two parts, by light.
        album: Pictures.
    """

    name: str
    size: tuple[int, int]
    fps: float
    footage_s: float
    whole: bool
    seed: int
    model: ModelTag
    threshold: float
    limits: Limits
    learned: float
    usable: float
    fates: tuple[Fate, ...]
    looped: tuple[Fate, ...]
    open_ids: frozenset[str]
    loop_frames: int
    light_steps: int
    strays: tuple[Stray, ...]
    alerts: dict[str, int]
    seconds: dict[str, float]
    album: Album

    @property
    def recall(self) -> dict[str, Share]:
        """How many patches of each size and contrast were told."""
        return shares(self.fates, lambda fate: fate.insert.kind)

    @property
    def still_open(self) -> Share:
        """How many of the changes that were told are open at the end of the loop."""
        told = [fate.change_id for fate in self.looped if fate.change_id is not None]
        return Share(sum(one in self.open_ids for one in told), len(told))

    @property
    def light_events(self) -> int:
        """Events under a stepping light that the same frames did not give in steady light."""
        quiet = [stray.mask for stray in self.strays if stray.phase == QUIET]
        return sum(
            stray.phase == LIGHT and not any(common_px(stray.mask, mask) for mask in quiet)
            for stray in self.strays
        )

    @property
    def light_suspects(self) -> int:
        """Events in rounds under a stepped light, at places where steady light never gave one.

        Nobody played the same frames in steady light, so it may have been somebody who
        stopped: look at the pictures.
        """
        steady = [stray.mask for stray in self.strays if stray.gain == 1.0 and stray.phase != LIGHT]
        return sum(
            stray.phase == ROUNDS
            and stray.gain != 1.0
            and not any(common_px(stray.mask, mask) for mask in steady)
            for stray in self.strays
        )

    @property
    def unlabelled(self) -> tuple[int, float]:
        """Events in steady light where nothing was inserted, and the seconds that gave them."""
        phases = (QUIET, LOOP)
        return sum(s.phase in phases for s in self.strays), sum(self.seconds.get(p, 0.0) for p in phases)

    def as_dict(self) -> dict[str, object]:
        """Return all figures, ready to become JSON."""
        count, over_s = self.unlabelled
        return {
            "name": self.name,
            "width": self.size[0],
            "height": self.size[1],
            "fps": self.fps,
            "footage_s": round(self.footage_s, 2),
            "whole": self.whole,
            "seed": self.seed,
            "model": {"id": self.model.id, "version": self.model.version, "delegate": self.model.delegate},
            "threshold": round(self.threshold, 4),
            "min_change_px": self.limits.min_change_px,
            "sensitivity": self.limits.sensitivity,
            "confirm": "/".join(str(number) for number in self.limits.confirm),
            "learned_share": round(self.learned, 4),
            "usable_share": round(self.usable, 4),
            "recall": as_dicts(self.recall),
            "size_share_of_width": {
                kind: round(side / self.size[0], 5)
                for kind, side in {f.insert.kind: f.insert.side_px for f in self.fates}.items()
            },
            "recall_signed": as_dicts(shares(self.fates, _signed)),
            "recall_in_light": as_dicts(shares(self.fates, _in_light)),
            "seconds": {
                kind: spans(
                    [f.seconds for f in self.fates if f.insert.kind == kind and f.seconds is not None]
                )
                for kind in self.recall
            },
            "within_2_s": as_dicts(shares(self.fates, lambda f: f.insert.kind, _in_time)),
            "misses": self.misses,
            "texture": self.texture,
            "still_open": self.still_open.share,
            "loop": {
                "frames": self.loop_frames,
                "inserted": len(self.looped),
                **self.still_open.as_dict(),
            },
            "light_events": self.light_events,
            "light_steps": self.light_steps,
            "light_suspects": self.light_suspects,
            "false_events": count,
            "false_events_per_hour": round(count / over_s * 3600, 3) if over_s else None,
            "false_events_over_s": round(over_s, 1),
            "events_elsewhere": dict(Counter(stray.phase for stray in self.strays)),
            "view_alerts": self.alerts,
            "events": [_stray(stray) for stray in self.strays],
        }

    @property
    def texture(self) -> dict[str, dict[str, float | None]]:
        """Median texture, in grey levels, where patches were told and where they were missed."""
        found: dict[str, dict[str, float | None]] = {}
        for kind in self.recall:
            fates = [fate for fate in self.fates if fate.insert.kind == kind]
            told = [fate.insert.texture for fate in fates if fate.seconds is not None]
            missed = [fate.insert.texture for fate in fates if fate.seconds is None]
            found[kind] = {"told": spans(told)["median"], "missed": spans(missed)["median"]}
        return found

    @property
    def misses(self) -> dict[str, dict[str, int]]:
        """Why patches of each size and contrast were not told, and how many."""
        counts: dict[str, Counter[str]] = {}
        for fate in self.fates:
            why = fate.why(self.limits.confirm[0])
            if why is not None:
                counts.setdefault(fate.insert.kind, Counter())[why.value] += 1
        return {kind: dict(found) for kind, found in sorted(counts.items())}


def shares(
    fates: Iterable[Fate], key: Callable[[Fate], str], counts: Callable[[Fate], bool] | None = None
) -> dict[str, Share]:
    """Count the patches that were told, by a key, the largest and clearest first."""
    found: dict[str, Share] = {}
    for fate in sorted(fates, key=lambda f: (-f.insert.side_px, -abs(f.insert.contrast))):
        one = Share(int(fate.seconds is not None if counts is None else counts(fate)), 1)
        found[key(fate)] = found.get(key(fate), Share(0, 0)) + one
    return found


def durations(fates: Iterable[Fate]) -> dict[str, object]:
    """Return how long it took to tell of each size and contrast, in seconds."""
    found: dict[str, list[float]] = {}
    for fate in fates:
        found.setdefault(fate.insert.kind, []).extend([] if fate.seconds is None else [fate.seconds])
    return {kind: spans(seconds) for kind, seconds in sorted(found.items())}


def as_dicts(counted: dict[str, Share]) -> dict[str, object]:
    """Return shares, ready to become JSON."""
    return {key: share.as_dict() for key, share in counted.items()}


def pooled(results: Sequence[Result]) -> dict[str, object]:
    """Return ``stillwatch.probe/1``: the figures of several views together, and each view's own."""
    fates = [fate for result in results for fate in result.fates]
    recall = shares(fates, lambda fate: fate.insert.kind)
    open_all = sum((result.still_open for result in results), Share(0, 0))
    count = sum(result.unlabelled[0] for result in results)
    over_s = sum(result.unlabelled[1] for result in results)
    return {
        "schema": PROBE,
        "recall": as_dicts(recall),
        "seconds": durations(fates),
        "still_open": open_all.share,
        "light_events": sum(result.light_events for result in results),
        "light_steps": sum(result.light_steps for result in results),
        "false_events_per_hour": round(count / over_s * 3600, 3) if over_s else None,
        "width": [result.size[0] for result in results] if len(results) > 1 else results[0].size[0],
        "views": {result.name: result.as_dict() for result in results},
    }


def _signed(fate: Fate) -> str:
    return f"{fate.insert.side_px}@{fate.insert.contrast:+d}"


def _in_light(fate: Fate) -> str:
    return f"{fate.insert.kind} {'stepped' if fate.stepped else 'steady'}"


def _in_time(fate: Fate) -> bool:
    return fate.seconds is not None and fate.seconds <= PROMISED_S


def _stray(stray: Stray) -> dict[str, object]:
    box = stray.mask.box
    return {
        "phase": stray.phase,
        "at_s": round(stray.taken.mono_ns / 1e9, 2),
        "gain": stray.gain,
        "box": [box.left, box.top, box.width, box.height],
        "area_px": stray.mask.area_px,
        "score": round(stray.score, 4),
        "picture": stray.picture,
    }
