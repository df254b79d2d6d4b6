"""Several cameras, one watch loop: frames in the order in which they come."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.ports import Camera
    from edge.types import Frame, NoFrame


class Rota:
    """Films with every camera at once; a slow or lost one holds up no other."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        """Take the cameras; nothing starts before ``ticks``."""
        self._cameras = cameras

    def ticks(self) -> Iterator[Frame | NoFrame]:
        """Yield what any camera yields, until all have ended.

        Raises:
            CameraError: A source can never work.
        """
        if len(self._cameras) == 1:
            yield from self._cameras[0].frames()
            return
        # One waiting frame a camera: whoever is slower than its cameras sees new frames.
        ready: queue.Queue[Frame | NoFrame | BaseException | None] = queue.Queue(len(self._cameras))
        for camera in self._cameras:
            threading.Thread(target=_film, args=(camera, ready), name=camera.name, daemon=True).start()
        running = len(self._cameras)
        while running:
            tick = ready.get()
            if tick is None:
                running -= 1
            elif isinstance(tick, BaseException):
                raise tick
            else:
                yield tick

    def close(self) -> None:
        """Let go of every camera."""
        for camera in self._cameras:
            camera.close()


def _film(camera: Camera, ready: queue.Queue[Frame | NoFrame | BaseException | None]) -> None:
    try:
        for tick in camera.frames():
            ready.put(tick)
    except BaseException as error:  # noqa: BLE001 - it is raised again in the watch loop
        ready.put(error)
    else:
        ready.put(None)
