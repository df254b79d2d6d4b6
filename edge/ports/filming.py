"""What a camera that films now is made of: a way to pictures, and what takes them over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edge.types import Pixels


class Shutter(Protocol):
    """What a feed hands its pictures to."""

    @property
    def closed(self) -> bool:
        """Whether nobody wants pictures any more."""
        ...

    def due(self) -> bool:
        """Return whether the picture that is there now is wanted; asked once a picture."""
        ...

    def take(self, pixels: Pixels) -> None:
        """Take over a picture that was due: RGB, uint8 ``(H, W, 3)``, read-only."""
        ...


class Feed(Protocol):
    """A way to pictures that are taken now.

    ``str`` of it names the source without a password.
    """

    def until_trouble(self, shutter: Shutter) -> str:
        """Connect, and hand over each picture that is due, until that fails.

        It notices within seconds that no picture comes any more, and in time that
        the shutter is closed.

        Returns:
            Why there are no pictures any more, in plain words, without a password.
        """
        ...
