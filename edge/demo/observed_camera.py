"""A camera that somebody looks through, and somebody else counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import CameraError
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edge.ports import Camera
    from edge.types import Instant


PATIENCE_S = 15.0


class ObservedCamera:
    """Passes a camera's frames on, and remembers what came.

    Loses patience with a camera that gives no first frame for ``PATIENCE_S``.

    Attributes:
        frames_seen: How many frames came.
        began: When the first one was taken; ``None`` before.
        last: The newest frame; ``None`` before the first.
        kept: The first frame at or after ``keep_s``; ``None`` before.
        trouble: Why there was no frame the last time there was none.
    """

    def __init__(
        self, camera: Camera, source: str, tell: Callable[[Frame], None], *, keep_s: float | None = None
    ) -> None:
        """Stand behind a camera.

        Args:
            camera: Where frames come from.
            source: The same for people, without a password.
            tell: Called with each frame before it is passed on.
            keep_s: Second whose frame is kept; ``None`` for none.
        """
        self._camera = camera
        self._source = source
        self._tell = tell
        self._keep_s = keep_s
        self.kept: Frame | None = None
        self.frames_seen = 0
        self.began: Instant | None = None
        self.last: Frame | None = None
        self.trouble = ""

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._camera.name

    @property
    def lasted_s(self) -> float:
        """Seconds from the first frame to the newest."""
        if self.began is None or self.last is None:
            return 0.0
        return self.last.taken.seconds_since(self.began)

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield what the camera yields.

        Raises:
            CameraError: No frame came for too long.
        """
        for tick in self._camera.frames():
            if isinstance(tick, NoFrame):
                self.trouble = tick.reason
                if not self.frames_seen and tick.now.seconds_since(tick.since) > PATIENCE_S:
                    raise CameraError(self.name, self._source, f"gives no frames: {self.trouble}")
            else:
                self.frames_seen += 1
                self.began = self.began or tick.taken
                self.last = tick
                if self._keep_s is not None and self.kept is None and self.lasted_s >= self._keep_s:
                    self.kept = tick
                self._tell(tick)
            yield tick

    def close(self) -> None:
        """Close the camera."""
        self._camera.close()
