"""How a camera comes by its reference: first the whole scene, then what was never still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.core.masks import painted
from edge.vision import align
from edge.vision.learn import Learner, merged
from edge.vision.light import grey, in_light_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.core.calibration.record import Record
    from edge.sight import Sight
    from edge.types import Frame, Instant, Mask, Reference

LIGHT = "day"
KNOWN_ENOUGH = 0.9
"""Share of the pixels that must be known before watching begins."""

PATIENCE = 3.0
"""After so many times the learning time, half of the pixels will do."""

KNOWN_AT_LEAST = 0.5
LISTEN_EVERY_S = 1.0
MERGE_EVERY_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What must be stored.

    Attributes:
        references: To be stored as they are now.
        dropped: Light states to be forgotten.
        record: What the view does by itself, to be stored; ``None`` when nothing is new.
    """

    references: tuple[Reference, ...] = ()
    dropped: tuple[str, ...] = ()
    record: Record | None = None


NOTHING = Learned()


class Learning:
    """One camera's learning, from its first frame on."""

    def __init__(self, learn_s: float, left_out: NDArray[np.bool_] | None = None) -> None:
        """Begin with nothing known.

        Args:
            learn_s: Least seconds a pixel must have been looked at.
            left_out: bool ``(H, W)``: places that need not be known; ``None`` for none.
        """
        self._learn_s = learn_s
        self._left_out = left_out
        self._learner: Learner | None = None
        self._anchor: align.Landmarks | None = None
        self._judged: Instant | None = None

    def first(self, frame: Frame) -> Reference | None:
        """Learn the whole scene, one frame at a time.

        Returns:
            The reference once enough of the scene is known, else ``None``.
        """
        bright = grey(frame.pixels)
        if self._learner is None or self._anchor is None or self._anchor.size != bright.shape[::-1]:
            self._learner, self._anchor = Learner(frame.pixels, frame.taken), align.landmarks(bright)
            return None
        pixels, _ = align.warp(frame.pixels, align.register(self._anchor, bright))
        self._learner.look(pixels)
        learned_s = frame.taken.seconds_since(self._learner.began)
        if learned_s < self._learn_s or not self._due(frame.taken):
            return None
        reference = self._learner.reference(
            name=f"{LIGHT}-1", light=LIGHT, now=frame.taken, learn_s=self._learn_s
        )
        enough = KNOWN_ENOUGH if learned_s < PATIENCE * self._learn_s else KNOWN_AT_LEAST
        return reference if known_share(reference.learned, self._left_out) >= enough else None

    def more(self, sight: Sight, known: Reference, told: Sequence[Mask]) -> Reference:
        """Go on learning the pixels that were never still; they cannot alarm yet.

        Args:
            sight: The last frame, aligned.
            known: The reference.
            told: Places of open changes, to leave alone.

        Returns:
            ``known`` itself while there is nothing new.
        """
        if known_share(known.learned, self._left_out) == 1.0:
            self._learner = None
            return known
        if not self._due(sight.taken):
            return known
        # Another light at another hour must not count as another scene.
        pixels = in_light_of(grey(known.pixels), sight.pixels)
        if self._learner is None:
            self._learner = Learner(pixels, sight.taken)
            return known
        self._learner.look(pixels)
        if self._learner.looks % round(MERGE_EVERY_S / LISTEN_EVERY_S):
            return known
        heard = self._learner.reference(
            name=known.id, light=known.light, now=sight.taken, learn_s=self._learn_s
        )
        return merged(known, heard, painted(told, known.learned.shape))

    def _due(self, now: Instant) -> bool:
        if self._judged is not None and now.seconds_since(self._judged) < LISTEN_EVERY_S:
            return False
        self._judged = now
        return True


def known_share(learned: NDArray[np.bool_], left_out: NDArray[np.bool_] | None) -> float:
    """Return which share of the places that matter is known; 1 where none matters."""
    if left_out is None or left_out.shape != learned.shape:
        return float(learned.mean())
    matter = ~left_out
    count = int(np.count_nonzero(matter))
    return int(np.count_nonzero(learned & matter)) / count if count else 1.0
