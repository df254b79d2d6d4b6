"""Says a thing once in a while, however often it happens."""

from __future__ import annotations

from collections import OrderedDict

EVERY_S = 60.0
KINDS = 256
"""Things that are remembered; the one not heard of for longest is forgotten first."""


class Quiet:
    """Lets the first of its kind through, and counts the others for a minute."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def passes(self, kind: str, now_s: float) -> int | None:
        """Return whether to say it now.

        Args:
            kind: What happened.
            now_s: When, on a clock that never jumps.

        Returns:
            How many of its kind were left out since the last that was said; ``None``
            to leave this one out too.
        """
        at_s, left_out = self._said.get(kind, (-EVERY_S, 0))
        says = now_s - at_s >= EVERY_S
        self._said[kind] = (now_s, 0) if says else (at_s, left_out + 1)
        self._said.move_to_end(kind)
        while len(self._said) > KINDS:
            self._said.popitem(last=False)
        return left_out if says else None
