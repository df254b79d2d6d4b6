"""A broker in memory, away on cue."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from edge.ports import Confirmed, Connected, Disconnected, Received, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.ports import Note
    from edge.types import Message


class SimBroker:
    """Implements ``edge.ports.Broker``; keeps all that was published.

    Attributes:
        published: Messages in the order they came, in all connections.
        retained: The newest retained message of each topic.
        silent: Whether it takes messages without acknowledging them.
        refuses: Why it rejects a message; empty where it does not.
        forbids: Whether its access list lets us publish no such message.
    """

    def __init__(self, *, will: Message | None = None, topics: Sequence[str] = ()) -> None:
        self.published: list[Message] = []
        self.retained: dict[str, Message] = {}
        self.silent = False
        self.refuses: Callable[[Message], str] = lambda _: ""
        self.forbids: Callable[[Message], bool] = lambda _: False
        self._will = will
        self._topics = tuple(topics)
        self._tokens = itertools.count(1)
        self._tell: Callable[[Note], None] | None = None
        self._connected = False
        self._away = False

    def start(self, tell: Callable[[Note], None]) -> None:
        """Connect at once, unless the broker is away."""
        self._tell = tell
        if self._away:
            tell(Disconnected("the broker is away (scripted)"))
        else:
            self._connect()

    def publish(self, message: Message) -> int | None:
        """Take a message, and acknowledge it before returning."""
        if not self._connected or self._tell is None:
            return None
        token = next(self._tokens)
        refusal = self.refuses(message)
        forbidden = self.forbids(message)
        if refusal or forbidden:
            self._tell(Refused(token, refusal or "Not authorized", forbidden=forbidden))
            return token
        self._keep(message)
        if not self.silent:
            self._tell(Confirmed(token))
        return token

    def stop(self, farewell: Sequence[Message] = ()) -> None:
        """Take ``farewell`` and disconnect cleanly: the will is not published."""
        for message in farewell:
            self.publish(message)
        self._connected = False
        self._tell = None

    def leave(self) -> None:
        """Be away from now on: the connection breaks, and the will is published."""
        self._away = True
        if self._connected and self._tell is not None:
            self._connected = False
            if self._will is not None:
                self._keep(self._will)
            self._tell(Disconnected("the broker is away (scripted)"))

    def come_back(self) -> None:
        """Be reachable again; a device that was started is connected at once."""
        self._away = False
        if self._tell is not None and not self._connected:
            self._connect()

    def send(self, message: Message, *, reply_to: str | None = None) -> None:
        """Publish as another client would: a subscribed device receives it."""
        if message.retain:
            self.retained[message.topic] = message
        if self._connected and self._tell is not None and self._wanted(message.topic):
            self._tell(
                Received(
                    message.topic,
                    message.payload,
                    retained=False,
                    reply_to=reply_to,
                    correlation=message.correlation,
                )
            )

    def _connect(self) -> None:
        if self._tell is None:
            return
        self._connected = True
        self._tell(Connected("sim"))
        for topic, kept in list(self.retained.items()):
            if self._wanted(topic):
                self._tell(Received(topic, kept.payload, retained=True))

    def _wanted(self, topic: str) -> bool:
        return any(_matches(pattern.split("/"), topic.split("/")) for pattern in self._topics)

    def _keep(self, message: Message) -> None:
        self.published.append(message)
        if message.retain:
            self.retained[message.topic] = message


def _matches(pattern: list[str], topic: list[str]) -> bool:
    """Return whether a filter, level by level, lets a topic through."""
    if pattern[:1] == ["#"]:
        return True
    if not pattern or not topic:
        return pattern == topic
    return pattern[0] in {"+", topic[0]} and _matches(pattern[1:], topic[1:])
