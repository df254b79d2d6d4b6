"""What people order over MQTT, stored as orders before anything comes of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge import __version__
from edge.core import topics
from edge.core.answers import Sender, answer
from edge.core.commands import CAMERA_TOPICS, Command, Op, Refusal, camera_command_of, command_of
from edge.core.reports import CommandCount
from edge.errors import StorageError
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edge.ports import Clock, Journal, Received

_log = logging.getLogger(__name__)


class Commander:
    """Implements ``edge.ports.Listener``; belongs to the delivery thread, like the journal.

    A command becomes an order of the journal, so that no power cut loses what was
    taken; whoever watches carries it out and answers. What cannot be carried out is
    answered at once, where its sender can be told.

    Attributes:
        count: What came so far.
        topics: What to subscribe to.
    """

    def __init__(
        self, journal: Journal, clock: Clock, *, device: str, boot: str, cameras: Collection[str]
    ) -> None:
        """Wait for commands.

        Args:
            journal: Where orders are stored.
            clock: Tells when an answer was given.
            device: The device's id.
            boot: Random id of this run of the program.
            cameras: Their names.
        """
        self.count = CommandCount()
        self._journal = journal
        self._clock = clock
        self._boot = boot
        self._cameras = frozenset(cameras)
        self._base = topics.base(device)
        self._command = topics.command(self._base)
        self._result = topics.command_result(self._base)
        self.topics = (self._command, *(f"{self._base}/cam/+/{topic}" for topic in CAMERA_TOPICS))
        self._complaint = ""

    def heard(self, received: Received) -> Sequence[Message]:
        """Take a command, and return what its sender has to know now."""
        if not self._is_command(received.topic):
            return ()
        if received.retained:
            self.count.ignored_retained += 1
            self._complain(received.topic, "a retained command is ignored; publish it without retain")
            return ()
        read = self._read(received)
        sender = self._sender(received, read.command_id)
        if not self._may_write(received.reply_to):
            read = Refusal(f"the response topic must be {self._result}, or below it", read.command_id)
        if isinstance(read, Refusal):
            return self._refuse(received.topic, read, sender)
        try:
            return self._take(read, sender)
        except StorageError as error:
            return self._refuse(received.topic, Refusal(str(error), read.command_id), sender)

    def _is_command(self, topic: str) -> bool:
        """Say whether commands are taken there, of a camera that may be unknown."""
        below = topic.removeprefix(f"{self._base}/cam/")
        return topic == self._command or (below != topic and below.partition("/")[2] in CAMERA_TOPICS)

    def _read(self, received: Received) -> Command | Refusal:
        if received.topic == self._command:
            return command_of(received.payload, self._cameras)
        below = received.topic.removeprefix(f"{self._base}/")
        return camera_command_of(below, received.payload, self._cameras)

    def _sender(self, received: Received, command_id: str | None) -> Sender | None:
        """Return whom to answer: nobody where neither a topic nor an id was given."""
        if received.reply_to is None and command_id is None:
            return None
        wished = received.reply_to if self._may_write(received.reply_to) else None
        return Sender(wished or self._result, command_id, received.correlation)

    def _may_write(self, topic: str | None) -> bool:
        """Say whether an answer may go there: nobody can have us write where we would not by ourselves."""
        return topic in {None, self._result} or str(topic).startswith(f"{self._result}/")

    def _take(self, command: Command, sender: Sender | None) -> Sequence[Message]:
        if command.op is Op.PING:
            self.count.taken += 1
            return self._answered(sender, data={"version": __version__, "boot": self._boot})
        args = dict(command.args) | ({} if sender is None else sender.args())
        if command.command_id is None:
            self._journal.order(command.op.value, args)
        else:
            before = self._journal.command(command.command_id, command.op.value, args)
            if before is not None:
                return self._again(before, sender)
        self.count.taken += 1
        return ()

    def _again(self, before: bytes, sender: Sender | None) -> Sequence[Message]:
        """Tell once more what came of a command that is repeated; nothing while nothing did."""
        if sender is None or not before:
            return ()
        return (Message(sender.reply_to, before, correlation=sender.correlation),)

    def _refuse(self, topic: str, refusal: Refusal, sender: Sender | None) -> Sequence[Message]:
        self.count.refused += 1
        self._complain(topic, f"refused: {refusal.error}")
        return self._answered(sender, error=refusal.error)

    def _answered(
        self, sender: Sender | None, *, error: str | None = None, data: Mapping[str, object] | None = None
    ) -> Sequence[Message]:
        if sender is None:
            return ()
        return (answer(sender, ts_ns=self._clock.now().wall_ns, error=error, data=data),)

    def _complain(self, topic: str, complaint: str) -> None:
        """Log it, unless it is the same as the last: anybody may send the same a million times."""
        if complaint != self._complaint:
            _log.warning("%s: %s", topics.shown(topic), complaint)
        self._complaint = complaint
