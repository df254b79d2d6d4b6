"""Says what happens in the scene, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.demo.story import Lasting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.demo.screen import Screen
    from edge.demo.story import Truth
    from edge.types import Frame, Instant


class Narrator:
    """Prints each moment of a story once, with the first frame that shows it."""

    def __init__(self, truths: Sequence[Truth], screen: Screen) -> None:
        """Know the story.

        Args:
            truths: What happens.
            screen: Where to print.
        """
        moments = [(truth.at_s, truth.what) for truth in truths]
        moments += [(truth.undone_s, truth.undone) for truth in truths if isinstance(truth, Lasting)]
        self._ahead = sorted(moments)
        self._screen = screen
        self._began: Instant | None = None

    def tell(self, frame: Frame) -> None:
        """Print what has happened up to a frame."""
        self._began = self._began or frame.taken
        now_s = frame.taken.seconds_since(self._began)
        while self._ahead and self._ahead[0][0] <= now_s:
            self._screen.moment(*self._ahead.pop(0))
