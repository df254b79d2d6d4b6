"""Milliseconds per stage on 1080p frames, beside OpenCV's MOG2 on the same frames, one thread."""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.core.limits import Limits
from edge.detector import Detector
from edge.drivers.clock import SystemClock
from edge.drivers.engine_difference import DifferenceEngine
from edge.engines import engine_of
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import LightStep, PartVanishes, Script
from edge.types import Frame
from edge.vision import align
from edge.vision.difference import difference
from edge.vision.learn import Learner
from edge.vision.light import grey, relit
from edge.vision.regions import regions

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT = 1920, 1080
FRAMES = 40
LEARNED = 15
"""Frames before the first change."""


def frames() -> list[Frame]:
    """Film a still table whose part vanishes and whose lamp is dimmed."""
    scene = arrange(tabletop(WIDTH, HEIGHT), seed=0)
    script = Script(FRAMES / 5, (PartVanishes(FRAMES / 10, 0), LightStep(6.0, 0.7)))
    camera = SimCamera("table", scene, script, SimClock(), fps=5.0)
    return [tick for tick in camera.frames() if isinstance(tick, Frame)]


def times_ms(work: Callable[[Frame], object], film: list[Frame]) -> list[float]:
    """Return how long each frame took, in milliseconds."""
    taken = []
    for frame in film:
        began = time.perf_counter()
        work(frame)
        taken.append((time.perf_counter() - began) * 1e3)
    return taken


def main() -> None:
    """Measure, and print a table."""
    cv2.setNumThreads(1)
    film = frames()
    learner = Learner(film[0].pixels, film[0].taken)
    for frame in film[1:LEARNED]:
        learner.look(frame.pixels)
    reference = learner.reference(name="day-1", light="day", now=film[LEARNED].taken, learn_s=0.0)
    known, noise = grey(reference.pixels), reference.noise
    marks = align.landmarks(known)
    detector = Detector(DifferenceEngine(), Limits(), reference, SystemClock())
    network = engine_of(threads=1)
    networked = Detector(network, Limits(), reference, SystemClock())
    mog2, knn = cv2.createBackgroundSubtractorMOG2(), cv2.createBackgroundSubtractorKNN()
    scores = {frame.index: difference(known, grey(frame.pixels), noise) for frame in film}
    stages: dict[str, Callable[[Frame], object]] = {
        "brightness": lambda frame: grey(frame.pixels),
        "learn": lambda frame: learner.look(frame.pixels),
        "register": lambda frame: align.register(marks, grey(frame.pixels)),
        "relight the reference": lambda frame: relit(known, grey(frame.pixels)),
        "difference (with relighting)": lambda frame: difference(known, grey(frame.pixels), noise),
        "regions": lambda frame: regions(scores[frame.index], threshold=0.5, reach=0.5, least_area_px=72),
        "look, by difference": detector.look,
        "network": lambda frame: network.run({"reference": reference.pixels, "current": frame.pixels}),
        "look, by the network": networked.look,
        "MOG2": lambda frame: mog2.apply(frame.pixels),
        "KNN": lambda frame: knn.apply(frame.pixels),
    }
    print(f"{WIDTH}x{HEIGHT}, {len(film)} frames, 1 thread, {platform.machine()}, OpenCV {cv2.__version__}")
    print(f"median ms {'':20} {'quiet':>8} {'x MOG2':>8} {'changed':>8} {'x MOG2':>8}")
    results = {name: times_ms(work, film) for name, work in stages.items()}
    halves = {name: np.median(np.reshape(taken, (2, -1)), axis=1) for name, taken in results.items()}
    for name, (quiet, changed) in halves.items():
        base_quiet, base_changed = halves["MOG2"]
        print(
            f"{name:30} {quiet:8.1f} {quiet / base_quiet:8.2f} {changed:8.1f} {changed / base_changed:8.2f}"
        )


if __name__ == "__main__":
    main()
