"""A performance: a broker, a listener, and between them the runtime that every device runs."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from edge import app
from edge.config import CameraConfig, Config, DeviceConfig, MqttConfig
from edge.core import topics
from edge.demo import child
from edge.demo.observed_camera import ObservedCamera
from edge.demo.recording import Recording, Sight, is_event
from edge.demo.subscriber import Subscriber
from edge.demo.told import read_event
from edge.errors import CameraError
from edge.files import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.demo.screen import Screen
    from edge.demo.subscriber import Heard
    from edge.ports import Camera, Clock, Engine
    from edge.types import Frame

DEVICE = "demo"
HEAR_WITHIN_S = 5.0
PICTURE_NAMES = "*-{kind}.jpg"
KINDS = ("before", "after", "heat")


@dataclass(frozen=True, slots=True, eq=False)
class Show:
    """What is to be performed.

    Attributes:
        camera: The ``[[camera]]`` table of the device.
        film: Makes the camera; ``None`` for the one that ``camera`` names.
        clock: What everything runs by.
        real_time: Whether that is the machine's own.
        tell: Called with each frame before the device sees it.
        seconds: When to stop by itself; ``None`` for the end of the film.
        sight: Second of which a frame is shown, and why; ``None`` for none.
        engine: In place of the default one.
    """

    camera: CameraConfig
    film: Camera | None
    clock: Clock
    real_time: bool
    tell: Callable[[Frame], None]
    seconds: float | None = None
    sight: tuple[float, str] | None = None
    engine: Engine | None = None


class _Listener:
    """Prints events as they come, and takes a picture when the first change is told."""

    def __init__(self, observed: ObservedCamera, screen: Screen, *, real_time: bool) -> None:
        self._observed = observed
        self._screen = screen
        self._real_time = real_time
        self._offline = threading.Event()
        self.picture: Frame | None = None

    def tell(self, heard: Heard) -> None:
        """Take one message."""
        if heard.topic == topics.status(topics.base(DEVICE)) and heard.payload == b"offline":
            self._offline.set()
        began, last = self._observed.began, self._observed.last
        if began is None or last is None or not is_event(heard.topic):
            return
        told = read_event(heard.payload, began_ns=began.wall_ns)
        if self.picture is None and told.event_type == "change_started":
            self.picture = last
        late_ms = (heard.arrived_ns - began.wall_ns) / 1e6 - told.captured_s * 1e3
        self._screen.event(heard, told.captured_s, late_ms if self._real_time else None)

    def wait_for_farewell(self) -> None:
        """Return when the device has said that it leaves, or should have."""
        self._offline.wait(HEAR_WITHIN_S)


def perform(show: Show, *, out: Path, screen: Screen, stop: threading.Event) -> Recording:
    """Run the device in front of a subscriber.

    Args:
        show: What to film, and by which clock.
        out: Folder for the pictures of events; those of an earlier run there go.
        screen: Where events are printed.
        stop: Set by whoever wants an end.

    Raises:
        EdgeError: What kept the device, its broker or its camera from running.
    """
    camera = show.film or app.camera_of(show.camera, show.clock)
    source = str(show.camera.source)
    observed = ObservedCamera(camera, source, show.tell, keep_s=show.sight[0] if show.sight else None)
    with TemporaryDirectory(prefix="stillwatch-demo-") as folder:
        state_dir = Path(folder) / "state"
        with child.broker(Path(folder) / "broker.log") as port:
            listener = _Listener(observed, screen, real_time=show.real_time)
            subscriber = Subscriber(child.HOST, port, f"{topics.base(DEVICE)}/#", listener.tell)
            subscriber.start()
            try:
                made = _watch(show, observed, _config(show, state_dir, port), stop)
                listener.wait_for_farewell()
            finally:
                subscriber.stop()
        if observed.began is None or observed.last is None:
            raise CameraError(observed.name, source, observed.trouble or "no frame came")
        return Recording(
            began_ns=observed.began.wall_ns,
            seconds=observed.lasted_s,
            frames=observed.frames_seen,
            real_time=show.real_time,
            heard=subscriber.heard(),
            views=_views(show, observed, listener.picture),
            pictures=_collect(state_dir / app.EVIDENCE, out / app.EVIDENCE),
            made=made,
        )


def _watch(show: Show, observed: ObservedCamera, config: Config, stop: threading.Event) -> int:
    """Run the device as ``stillwatch run`` does; return how many events it made."""
    with app.device(
        config,
        stop=stop,
        seconds=show.seconds,
        cameras=[observed],
        engine=show.engine,
        clock=show.clock,
    ) as device:
        # A film that is played fast would be over before the broker has answered.
        _wait_until(lambda: device.delivery.stats().connected or stop.is_set())
        device.watch()
        _wait_until(lambda: device.delivery.stats().depth == 0)
    stats = device.delivery.stats()
    return stats.sent + stats.depth + stats.dropped


def _wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + HEAR_WITHIN_S
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.02)


def _views(show: Show, observed: ObservedCamera, told: Frame | None) -> list[Sight]:
    first = (told, "the first change is told") if told else (observed.last, "the last frame")
    second = (observed.kept, show.sight[1]) if show.sight else (None, "")
    return [
        Sight(frame.taken.seconds_since(observed.began), caption, frame.pixels)
        for frame, caption in (first, second)
        if frame is not None and observed.began is not None
    ]


def _config(show: Show, state_dir: Path, port: int) -> Config:
    # The embedded broker never answers MQTT 5, so do not try it first.
    mqtt = MqttConfig(url=f"mqtt://{child.HOST}:{port}", protocol="3.1.1")
    return Config(DeviceConfig(DEVICE, state_dir), mqtt, (show.camera,))


def _collect(kept: Path, shown: Path) -> list[Path]:
    """Copy the pictures of this run to where the page lies, in place of those of the last.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        shown.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            for old in shown.glob(PICTURE_NAMES.format(kind=kind)):
                old.unlink()
        pictures = sorted(kept.glob("*.jpg")) if kept.is_dir() else []
        return [Path(shutil.copyfile(path, shown / path.name)) for path in pictures]
    except OSError as error:
        raise refused(shown, error) from error
