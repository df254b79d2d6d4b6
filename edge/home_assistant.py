"""The device shows itself to Home Assistant: on every connection, and whenever that starts anew."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge import __version__
from edge.core import discovery
from edge.core.discovery import Described
from edge.core.shown import Shown
from edge.errors import StorageError
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.config import Config
    from edge.ports import Announcements, Clock, Received
    from edge.types import Instant

ONLINE = b"online"
AGAIN_AFTER_S = 5.0
"""No matter how often somebody says that Home Assistant has started, it is told no more often than this."""

_log = logging.getLogger(__name__)


class HomeAssistant:
    """Implements ``edge.ports.Listener``; belongs to the delivery thread.

    Attributes:
        topics: What to subscribe to.
    """

    def __init__(
        self, described: Described, clock: Clock, announcements: Announcements, *, prefix: str
    ) -> None:
        """Say nothing yet.

        Args:
            described: What to say.
            clock: Tells how long ago it was said.
            announcements: Tells what was said by earlier runs.
            prefix: Where Home Assistant looks; empty to be shown no more.
        """
        self.topics = discovery.births(prefix) if prefix else ()
        self._described = described
        self._clock = clock
        self._announcements = announcements
        self._said: Instant | None = None
        self._before = self._known()
        self._now: Shown | None = None
        if prefix:
            found = discovery.entities(described)
            platforms = {name: str(entity["p"]) for name, entity in found.items()}
            self._now = Shown(discovery.topic(prefix, described.device), platforms)
        self._messages = tuple(self._farewells()) + tuple(self._description())

    def welcome(self) -> Sequence[Message]:
        """Return what Home Assistant is to find at the broker, and what it is to forget."""
        if self._said is None and self._now is not None and self._now != self._before:
            self._remember(self._now)
        self._said = self._clock.now()
        return self._messages

    def heard(self, received: Received) -> Sequence[Message]:
        """Show the device again when Home Assistant has started; its broker may have forgotten."""
        if received.topic not in self.topics or received.retained or received.payload != ONLINE:
            return ()
        if self._said is not None and self._clock.now().seconds_since(self._said) < AGAIN_AFTER_S:
            return ()
        return self.welcome()

    def _description(self) -> Iterator[Message]:
        if self._now is not None:
            yield Message(self._now.topic, discovery.description(self._described), qos=1, retain=True)

    def _farewells(self) -> Iterator[Message]:
        """Yield what takes away what is gone: an entity that is only left out would stay for ever."""
        before, now = self._before, self._now
        if before is None:
            return
        if now is None or now.topic != before.topic:
            yield Message(before.topic, b"", qos=1, retain=True)
            return
        gone = {name: platform for name, platform in before.platforms.items() if name not in now.platforms}
        if gone:
            # Not to be kept: the broker keeps the description that follows.
            yield Message(now.topic, discovery.farewell(self._described, gone), qos=1, retain=False)

    def _known(self) -> Shown | None:
        try:
            return self._announcements.load()
        except StorageError as error:
            _log.warning("what Home Assistant was shown before cannot be read: %s", error)
            return None

    def _remember(self, shown: Shown) -> None:
        try:
            self._announcements.save(shown)
        except StorageError as error:
            _log.warning("what Home Assistant is shown cannot be kept: %s", error)


def home_assistant_of(
    config: Config, clock: Clock, announcements: Announcements, *, board: str
) -> HomeAssistant:
    """Return who announces a configured device.

    Args:
        config: What it watches, and where Home Assistant looks.
        clock: Tells how long ago it was announced.
        announcements: Tells what earlier runs announced.
        board: What the board calls itself.
    """
    described = Described(
        device=config.device.id,
        version=__version__,
        board=board,
        cameras=[camera.name for camera in config.cameras],
        images=config.mqtt.images,
    )
    return HomeAssistant(described, clock, announcements, prefix=config.mqtt.discovery_prefix)
