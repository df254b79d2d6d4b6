"""A light state that was never seen: learned only after it was compared with what is known.

What differs from the golden reference may have changed with the light, so it is
not learned: it stays unknown in the new light until the golden light has been
seen again, and a change there is found then at the latest. Where the new light
keeps the colours and little differs, the difference is believed at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.core.candidates import meet
from edge.core.masks import painted
from edge.learning import KNOWN_AT_LEAST, KNOWN_ENOUGH, LISTEN_EVERY_S, PATIENCE, known_share
from edge.vision.learn import Learner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.sight import Sight
    from edge.types import Instant, Look, Mask, Reference
    from edge.vision.lights import Apart, Light

BELIEVED_SHARE = 0.005
"""Share of the view that may differ, beside open changes, for a difference to be believed."""

BELIEVED_REGIONS = 3
"""How many places may differ, beside open changes, for them to be believed."""

OFTEN = 0.3
"""Share of the looks in which a pixel must differ to be doubted."""

DOUBTED_SHARE = 0.02
"""Share of the view that is doubted at most, the smallest places first: what differs over
large areas is the light, and a night must not go unwatched for it."""

AROUND = np.ones((9, 9), np.uint8)
"""A place is doubted with its edge."""


class Admission:
    """Learns the scene in a new light.

    Attributes:
        name: Of the light state.
        light: As it was first seen.
    """

    def __init__(
        self,
        name: str,
        light: Light,
        apart: Apart,
        *,
        learn_s: float,
        left_out: NDArray[np.bool_] | None = None,
    ) -> None:
        """Begin with nothing known.

        Args:
            name: Of the light state.
            light: As it was first seen.
            apart: How it differs from the golden reference's.
            learn_s: Least seconds a pixel must have been looked at.
            left_out: bool ``(H, W)``: places that need not be known; ``None`` for none.
        """
        self.name = name
        self.light = light
        self._faded = apart.faded > 1.0
        self._learn_s = learn_s
        self._left_out = left_out
        self._learner: Learner | None = None
        self._differs: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._looks = 0
        self._judged: Instant | None = None

    def believed(self, look: Look, told: Sequence[Mask]) -> Look:
        """Return the look; without what it shows where that may be the light's doing.

        Args:
            look: Compared with the golden reference.
            told: Places of open changes.
        """
        fresh = [r for r in look.regions if not any(meet(r.mask, mask) for mask in told)]
        besides = look.hot & ~painted(told, look.hot.shape)
        much = float(besides.mean()) > BELIEVED_SHARE or len(fresh) > BELIEVED_REGIONS
        return replace(look, regions=(), settled=False) if self._faded or much else look

    def look(self, sight: Sight, hot: NDArray[np.bool_], told: Sequence[Mask]) -> Reference | None:
        """Take one look into account, at most once a second.

        Args:
            sight: The frame, aligned.
            hot: bool ``(H, W)``: where it differs from the golden reference.
            told: Places of open changes.

        Returns:
            The reference of this light once enough is known, else ``None``.
        """
        if self._judged is not None and sight.taken.seconds_since(self._judged) < LISTEN_EVERY_S:
            return None
        self._judged = sight.taken
        self._looks += 1
        if self._learner is None:
            self._learner = Learner(sight.pixels, sight.taken)
            self._differs = hot.astype(np.float32)
            return None
        self._learner.look(sight.pixels)
        self._differs += hot
        learned_s = sight.taken.seconds_since(self._learner.began)
        if learned_s < self._learn_s:
            return None
        heard = self._learner.reference(
            name=f"{self.name}-1", light=self.name, now=sight.taken, learn_s=self._learn_s
        )
        enough = KNOWN_ENOUGH if learned_s < PATIENCE * self._learn_s else KNOWN_AT_LEAST
        if known_share(heard.learned, self._left_out) < enough:
            return None
        withheld = self._doubted() | grown(painted(told, hot.shape))
        return replace(heard, learned=heard.learned & ~withheld, golden=False)

    def _doubted(self) -> NDArray[np.bool_]:
        """Return where a small thing may have changed together with the light."""
        differs = grown(self._differs >= OFTEN * self._looks)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(differs.astype(np.uint8), connectivity=8)
        areas = stats[1:, cv2.CC_STAT_AREA]
        smallest = np.argsort(areas, kind="stable")
        few = np.cumsum(areas[smallest]) <= DOUBTED_SHARE * differs.size
        doubted = np.zeros(len(areas) + 1, np.bool_)
        doubted[smallest[few] + 1] = True
        found: NDArray[np.bool_] = doubted[labels]
        return found


def grown(place: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a place with its edge, bool ``(H, W)``."""
    return np.asarray(cv2.dilate(place.astype(np.uint8), AROUND) > 0, np.bool_)
