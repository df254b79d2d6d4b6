"""Pictures over MQTT, where somebody wants them: what changed, where, and how it should look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core import topics
from edge.types import EVERY_CAMERA, EventType, Message
from edge.vision.shown import change_picture, heat_picture, reference_picture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from edge.core.polygons import Polygon
    from edge.ports import Outbox
    from edge.types import Moment

KINDS = ("change", "heatmap", "reference")
MAX_BYTES = 128_000
"""Of one picture."""

_NEWS = {EventType.CHANGE_STARTED, EventType.CHANGE_UPDATED}
_OTHER_REFERENCE = {EventType.REFERENCE_UPDATED}


class Images:
    """Shows pictures of each camera; the broker keeps the newest."""

    def __init__(
        self, outbox: Outbox, *, device: str, kinds: Collection[str], private: Mapping[str, Sequence[Polygon]]
    ) -> None:
        """Show nothing yet.

        Args:
            outbox: Where messages go.
            device: The device's id.
            kinds: Which are wanted, out of ``KINDS``.
            private: Of each camera by name: places that nobody may see.
        """
        self._outbox = outbox
        self._base = topics.base(device)
        self._kinds = kinds
        self._private = private
        self._newest: dict[str, Moment] = {}

    def take_back(self) -> None:
        """Have the broker forget what earlier runs showed and nobody wants any more."""
        for camera in self._private:
            for kind in KINDS:
                if kind not in self._kinds:
                    self._show(camera, kind, b"")

    def note(self, moment: Moment) -> None:
        """Show what is worth it at a moment of a camera."""
        if not self._kinds or moment.frame is None:
            return
        first = moment.camera not in self._newest
        self._newest[moment.camera] = moment
        told = {event.event_type for event in moment.events}
        if told & _NEWS:
            self._show_all(moment, KINDS)
        elif first or told & _OTHER_REFERENCE:
            self._show_all(moment, ("reference",))

    def again(self, camera: str) -> str | None:
        """Show the newest pictures of a camera, or of all, whatever is told of them.

        Returns:
            Why that cannot be done; ``None`` when it was.
        """
        if not self._kinds:
            return 'no pictures are shown: name them in the configuration, [mqtt] images = ["change"]'
        moments = [m for name, m in self._newest.items() if camera in {EVERY_CAMERA, name}]
        for moment in moments:
            self._show_all(moment, KINDS)
        return None if moments else "no picture has come from the camera yet"

    def _show_all(self, moment: Moment, kinds: Sequence[str]) -> None:
        for kind, picture in self._pictures(moment, [kind for kind in kinds if kind in self._kinds]):
            self._show(moment.camera, kind, picture)

    def _pictures(self, moment: Moment, kinds: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        frame, look, reference = moment.frame, moment.look, moment.reference
        if "change" in kinds and frame is not None:
            boxes = [change.mask.box for change in moment.changes]
            yield "change", change_picture(frame.pixels, boxes, most_bytes=MAX_BYTES)
        if "heatmap" in kinds and frame is not None and look is not None and look.score.size:
            yield "heatmap", heat_picture(frame.pixels, look.score, most_bytes=MAX_BYTES)
        if "reference" in kinds and reference is not None:
            private = self._private.get(moment.camera, ())
            yield "reference", reference_picture(reference.pixels, private, most_bytes=MAX_BYTES)

    def _show(self, camera: str, kind: str, picture: bytes) -> None:
        topic = topics.image(self._base, camera, kind)
        self._outbox.show(Message(topic, picture, qos=0, retain=True))
