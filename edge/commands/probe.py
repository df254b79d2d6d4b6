"""``stillwatch probe``: how small a change this device finds in its own view."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from edge.config import load
from edge.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from edge.config import CameraConfig, Config
    from edge.probe import Result

TOLD_EVERY_S = 5.0
MINUTE_S = 60.0


def run(args: argparse.Namespace) -> int:
    """Film a camera for a while, then insert patches into what it showed.

    Args:
        args: ``config``, the path of the configuration; ``camera``, its name, or
            ``None`` where there is only one; ``seconds``, how long to film;
            ``positions``, patches of each size and contrast; ``loop_frames``;
            ``seed``; ``json``, whether to print JSON and nothing else.

    Returns:
        The exit code, 0.

    Raises:
        EdgeError: What kept the device from it.
    """
    config = load(args.config)
    camera = camera_named(config, args.camera)
    from edge.core.encoding import canonical
    from edge.probe.report import as_text
    from edge.probe.result import pooled

    result = _probed(config, camera, args)
    print(canonical(pooled([result])).decode() if args.json else as_text(result))
    return 0


def camera_named(config: Config, name: str | None) -> CameraConfig:
    """Return a configured camera.

    Args:
        config: What is configured.
        name: The camera's name; ``None`` for the only one.

    Raises:
        ConfigError: There is none of that name, or several to choose from.
    """
    known = ", ".join(camera.name for camera in config.cameras)
    if name is None and len(config.cameras) > 1:
        msg = f"--camera: there are several; name one of {known}"
        raise ConfigError(msg)
    for camera in config.cameras:
        if name in {None, camera.name}:
            return camera
    msg = f"--camera {name}: no such camera in the configuration; name one of {known}"
    raise ConfigError(msg)


def _probed(config: Config, camera: CameraConfig, args: argparse.Namespace) -> Result:
    from edge import app  # late: it loads OpenCV, and a fault in the file need not wait for it
    from edge.probe import Settings, probe, recorded

    engine = app.configured_engine(config.model)
    _say(f"filming {camera.name} for {args.seconds:g} s; nothing in the view should change meanwhile")
    source = app.camera_of(camera)
    try:
        footage = recorded(camera.name, source.frames(), fps=camera.fps, seconds=args.seconds)
    finally:
        source.close()
    settings = Settings(
        positions=args.positions,
        seed=args.seed,
        loop_frames=args.loop_frames,
        ignore=(*camera.ignore, *camera.privacy),
    )
    return probe(footage, engine, camera.detect, settings, step=_Meter().step)


class _Meter:
    """Says now and then how far it is."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._told = time.monotonic()

    def step(self, done: float, total: float) -> None:
        now = time.monotonic()
        self._began = self._began or now
        if now - self._told < TOLD_EVERY_S or not done:
            return
        self._told = now
        left_s = (now - self._began) / done * (total - done)
        left = f"{left_s / 60:.0f} min" if left_s >= 2 * MINUTE_S else f"{left_s:.0f} s"
        _say(f"{done / total:.0%}, {left} left")


def _say(text: str) -> None:
    print(f"probe: {text}", file=sys.stderr, flush=True)
