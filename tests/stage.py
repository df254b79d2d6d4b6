"""A camera's view for tests: frames of a small textured scene, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.sim.clock import SimClock
from edge.types import Frame, NoFrame, Reference
from tests.vision.pictures import HEIGHT, NOISE, WIDTH, in_colour, textured, with_square

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CAMERA = "shelf"
BARE = textured(seed=0)
LEFT, TOP, SIDE = 100, 80, 20
"""Where the thing lies that comes and goes."""

THING = with_square(BARE, LEFT, TOP, SIDE, 60.0)
PLACE = np.zeros((HEIGHT, WIDTH), np.bool_)
PLACE[TOP : TOP + SIDE, LEFT : LEFT + SIDE] = True


def reference(scene: NDArray[np.float32] = BARE, *, learned: NDArray[np.bool_] | None = None) -> Reference:
    """Return what a scene looks like when it was learned well."""
    return Reference(
        id="day-1",
        light="day",
        pixels=in_colour(scene, noise=0.0),
        noise=np.full(scene.shape, NOISE, np.float32),
        learned=np.ones(scene.shape, np.bool_) if learned is None else learned,
        taken_ns=SimClock().now().wall_ns,
    )


class Stage:
    """Films what it is told to, on its own clock.

    Attributes:
        clock: Advances by one period with each frame.
    """

    def __init__(self, *, camera: str = CAMERA, fps: float = 5.0) -> None:
        self.clock = SimClock(mono_ns=5_000_000_000)
        self._camera = camera
        self._period_s = 1.0 / fps
        self._index = 0
        self._frame_of = self.clock.now()

    def frame(self, scene: NDArray[np.float32] = BARE, *, gain: float = 1.0, noise: float = NOISE) -> Frame:
        """Film one frame."""
        self.clock.advance(self._period_s)
        self._index += 1
        self._frame_of = self.clock.now()
        pixels = in_colour(scene, seed=self._index, gain=gain, noise=noise)
        return Frame(self._camera, self._index, self._frame_of, pixels)

    def frames(
        self, seconds: float, scene: NDArray[np.float32] = BARE, *, gain: float = 1.0
    ) -> Iterator[Frame]:
        """Film for a while."""
        for _ in range(round(seconds / self._period_s)):
            yield self.frame(scene, gain=gain)

    def silence(self, seconds: float = 1.0) -> NoFrame:
        """Film nothing for a while."""
        self.clock.advance(seconds)
        return NoFrame(self._camera, self.clock.now(), self._frame_of, "unplugged")
