"""What whoever announces the device touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edge.core.shown import Shown


class Announcements(Protocol):
    """Where it is kept what Home Assistant was shown last."""

    def load(self) -> Shown | None:
        """Return it; ``None`` where nothing was, or it cannot be read any more.

        Raises:
            StorageError: The disk refuses.
        """
        ...

    def save(self, shown: Shown) -> None:
        """Replace it; a power cut leaves the old or the new.

        Raises:
            StorageError: The disk refuses.
        """
        ...
