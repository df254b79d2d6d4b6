"""From a 1080p frame in memory to a subscriber, and the memory that the device takes.

A device watches a simulated table whose parts come and go all the time, and an
ordinary subscriber on the same machine hears of it through an embedded broker.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from edge import app
from edge.config import CameraConfig, Config, DeviceConfig, MqttConfig, Source, SourceKind
from edge.core.limits import Limits
from edge.demo import child
from edge.demo.subscriber import Heard, Subscriber
from edge.drivers.clock import SystemClock
from edge.sim.camera import SimCamera
from edge.sim.scene import arrange, tabletop
from edge.sim.script import Cue, PartReturns, PartVanishes, Script

WIDTH, HEIGHT, FPS = 1920, 1080, 5.0
PARTS, LEARN_S, EACH_S, ROUNDS = 7, 3.0, 4.0, 8
RUNS = 7


def script() -> Script:
    """Take each part away and put it back, over and over, one shortly after the other."""
    cues: list[Cue] = []
    for turn in range(ROUNDS):
        for part in range(PARTS):
            gone_s = LEARN_S + 1.0 + turn * EACH_S + part * EACH_S / PARTS
            cues += [PartVanishes(gone_s, part), PartReturns(gone_s + EACH_S / 2, part)]
    return Script(LEARN_S + 3.0 + (ROUNDS + 1) * EACH_S, tuple(cues))


def latencies_ms() -> list[float]:
    """Return how long after its frame each event arrived, in milliseconds."""
    heard: list[float] = []

    def tell(message: Heard) -> None:
        if message.topic.endswith("/event"):
            event = json.loads(message.payload)
            if event["change_id"]:
                captured = np.datetime64(event["captured"].rstrip("Z"), "ms").astype(np.int64)
                heard.append(message.arrived_ns / 1e6 - float(captured))

    with tempfile.TemporaryDirectory() as folder, child.broker(Path(folder) / "broker.log") as port:
        mqtt = MqttConfig(url=f"mqtt://{child.HOST}:{port}", protocol="3.1.1")
        limits = Limits(learn_s=LEARN_S, clear_s=0.4, persist_after_s=600.0)
        camera = CameraConfig("table", Source(SourceKind.SIM, "table"), FPS, limits)
        config = Config(DeviceConfig("bench", Path(folder) / "state"), mqtt, (camera,))
        clock = SystemClock()
        film = SimCamera("table", arrange(tabletop(WIDTH, HEIGHT), seed=0), script(), clock, fps=FPS)
        subscriber = Subscriber(child.HOST, port, "stillwatch/v1/bench/#", tell)
        subscriber.start()
        with app.device(config, stop=threading.Event(), cameras=[film], clock=clock) as device:
            device.watch()
        subscriber.stop()
    return heard


def start_ms(command: list[str]) -> float:
    """Return the median time of a command, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - began) * 1e3)
    return float(np.median(taken))


def main() -> None:
    """Measure, and print."""
    heard = latencies_ms()
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    p50, p99 = np.percentile(heard, [50, 99])
    print(f"{WIDTH}x{HEIGHT} at {FPS:g} fps, {platform.machine()}, Python {platform.python_version()}")
    print(f"frame in memory to subscriber: p50 {p50:.0f} ms, p99 {p99:.0f} ms, {len(heard)} events")
    print(f"largest memory of device, simulated camera and subscriber: {rss_mb:.0f} MiB")
    ours = start_ms([sys.executable, "-m", "edge", "--help"])
    bare = start_ms([sys.executable, "-c", "pass"])
    print(f"stillwatch --help: {ours:.0f} ms; python -c pass: {bare:.0f} ms; {ours / bare:.1f} times")


if __name__ == "__main__":
    main()
