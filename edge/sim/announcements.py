"""What Home Assistant was shown, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.core.shown import Shown


class SimAnnouncements:
    """Implements ``edge.ports.Announcements``.

    Attributes:
        full: Whether nothing more can be kept.
    """

    def __init__(self) -> None:
        self.full = False
        self._shown: Shown | None = None

    def load(self) -> Shown | None:
        """Return what is kept."""
        return self._shown

    def save(self, shown: Shown) -> None:
        """Replace it.

        Raises:
            StorageError: It is full.
        """
        if self.full:
            msg = "no room (scripted)"
            raise StorageError(msg)
        self._shown = shown

    def damage(self) -> None:
        """Make what is kept unreadable."""
        self._shown = None
