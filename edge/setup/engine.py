"""What compares: does it load, does it compute what it should, and how long does a look take."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from edge.comparison import Comparer, still_reference
from edge.errors import EngineError, ModelError
from edge.golden import verify
from edge.setup.findings import Finding, failures, ok, warning
from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.config import Config
    from edge.ports import Engine
    from edge.ports.examining import Surroundings
    from edge.types import Pixels

LOOKS = 3
FULL_HD = (1920, 1080)
BUSY = 0.9
"""Share of the time beyond which looks come later than they should."""


def check_engine(config: Config, around: Surroundings, sizes: Mapping[str, tuple[int, int]]) -> list[Finding]:
    """Load the configured engine, ask it what it must know, and time it.

    Args:
        config: Which engine, and how many looks a second it must make.
        around: Gives the engine.
        sizes: Width and height of the cameras' pictures, by name; 1080p where unknown.
    """
    try:
        engine = around.engine(config.model)
        installed = around.installed(config.model)
        pairs = 0
        if installed is not None and installed.score is not None:
            pairs = verify(installed.folder, engine, installed.score)
        cameras = [(camera.fps, sizes.get(camera.name, FULL_HD)) for camera in config.cameras]
        times_ms = {size: look_ms(engine, size) for size in {size for _, size in cameras}}
    except EngineError as error:
        return [_fallen_back(error)] if _may_fall_back(config) else failures("engine", error)
    except ModelError as error:
        return failures("engine", error)
    busy = sum(fps * times_ms[size] / 1000 for fps, size in cameras)
    answers = f"{pairs} golden pairs answered right, " if pairs else ""
    looks = ", ".join(f"{ms:.0f} ms a look at {size[0]} x {size[1]}" for size, ms in sorted(times_ms.items()))
    contract = engine.contract
    text = f"{contract.model} {contract.version} on {engine.delegate}: {answers}{looks}"
    if busy > BUSY:
        fix = "lower fps of the cameras, or let them give smaller pictures"
        return [warning("engine", f"{text}: {busy:.0%} of the time", fix)]
    return [ok("engine", f"{text}; {busy:.0%} of the time" if cameras else text)]


def look_ms(engine: Engine, size: tuple[int, int]) -> float:
    """Return the median time of one look, registration included, in milliseconds.

    Args:
        engine: What compares.
        size: Width and height of the picture.
    """
    before, after = (_noise(size, seed) for seed in (0, 1))
    comparer = Comparer(engine, still_reference(before))
    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        bright = grey(after)
        comparer.score(comparer.aligned(after, bright, comparer.register(bright)))
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _noise(size: tuple[int, int], seed: int) -> Pixels:
    """Return a scene of blocks with a camera's noise: no tile of two such pictures is equal."""
    width, height = size
    blocks = np.random.default_rng(0).integers(40, 216, (height // 16 + 1, width // 16 + 1, 3))
    scene = blocks.repeat(16, axis=0).repeat(16, axis=1)[:height, :width]
    noise = np.random.default_rng(seed).integers(-3, 4, (height, width, 1))
    pixels: Pixels = np.clip(scene + noise, 0, 255).astype(np.uint8)
    return pixels


def _may_fall_back(config: Config) -> bool:
    """Whether the device would compare without the network: only where none was asked for."""
    return config.model.bundle is None and config.model.threads is None


def _fallen_back(error: EngineError) -> Finding:
    text, _, fix = " ".join(str(error).split()).partition("; ")
    return warning("engine", f"{text}: the difference method compares instead", fix or "see the runbook")
