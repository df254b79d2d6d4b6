"""A reference goes on being learned where its scene was never still, and is stored now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.learning import Learning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.sight import Sight
    from edge.types import Instant, Mask, Reference

SETTLED_S = 30.0
"""After so long in the golden light, every change that came with another light has been found."""

STORE_EVERY_S = 600.0
"""A reference is megabytes, and cards wear out: what is learned bit by bit is stored this often."""


class Refining:
    """Goes on learning the reference in force, in a light where that is safe."""

    def __init__(self, golden: str, learn_s: float, left_out: NDArray[np.bool_] | None = None) -> None:
        """Begin in the golden light.

        Args:
            golden: Its name.
            learn_s: Least seconds a pixel must have been looked at.
            left_out: bool ``(H, W)``: places that need not be known; ``None`` for none.
        """
        self._golden = golden
        self._learn_s = learn_s
        self._left_out = left_out
        self._golden_since: Instant | None = None
        self._settled: set[str] = set()
        self._learning = Learning(learn_s, left_out)
        self._unstored = False
        self._stored_at: Instant | None = None

    def leave(self, light: str) -> None:
        """Another reference is in force from now on; what was heard of this one's light is no help."""
        self._settled.discard(light)
        self._golden_since, self._stored_at = None, None
        self._learning = Learning(self._learn_s, self._left_out)
        self._unstored = False

    def settle(self, light: str, known: Iterable[str], now: Instant) -> None:
        """Note that the golden light has been there for long enough to find what had changed.

        Args:
            light: The light state.
            known: Names of all that are known.
            now: The moment.
        """
        if light != self._golden:
            return
        self._golden_since = self._golden_since or now
        if now.seconds_since(self._golden_since) >= SETTLED_S:
            self._settled = set(known)

    def more(self, sight: Sight, known: Reference, told: Sequence[Mask]) -> tuple[Reference, bool]:
        """Learn what was never still.

        Args:
            sight: The last frame, aligned.
            known: The reference in force.
            told: Places of open changes, to leave alone.

        Returns:
            The reference, ``known`` itself while there is nothing new, and whether to store it.
        """
        if known.light not in {self._golden, *self._settled}:
            return known, False
        fresh = self._learning.more(sight, known, told)
        self._unstored |= fresh is not known
        if not self._unstored or (
            self._stored_at is not None and sight.taken.seconds_since(self._stored_at) < STORE_EVERY_S
        ):
            return fresh, False
        self._unstored, self._stored_at = False, sight.taken
        return fresh, True
