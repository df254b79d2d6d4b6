"""A played scene, the device that watches it, and another process that asks why."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge import app
from edge.config import CameraConfig, Config, DeviceConfig, MqttConfig, Source, SourceKind
from edge.core.encoding import rfc3339
from edge.core.limits import Limits
from edge.drivers.engine_difference import DifferenceEngine
from tests.listening import until
from tests.stage import BARE, CAMERA, LEFT, SIDE, THING, TOP, Stage
from tests.vision.pictures import HEIGHT, WIDTH, with_square

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.types import Frame, NoFrame

ROOT = Path(__file__).parents[2]
FAINT = with_square(BARE, 30, 30, 20, 5.0)
"""A thing that hardly differs from what it lies on."""

AT_THE_THING = f"{(LEFT + SIDE / 2) / WIDTH:.3f},{(TOP + SIDE / 2) / HEIGHT:.3f}"


class Film:
    """A camera that shows what was filmed."""

    name = CAMERA

    def __init__(self, ticks: Sequence[Frame | NoFrame]) -> None:
        self._ticks = ticks

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Show it."""
        yield from self._ticks

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return the state of a device, and when what was to be seen."""
    stage = Stage(fps=2.0)
    times: dict[str, str] = {}
    ticks: list[Frame | NoFrame] = []
    for name, seconds, scene in (
        ("bare", 40, BARE),
        ("thing", 40, THING),
        ("gone", 30, BARE),
        ("faint", 40, FAINT),
    ):
        ticks += list(stage.frames(seconds / 2, scene))
        times[name] = rfc3339(stage.clock.now().wall_ns)
        ticks += list(stage.frames(seconds / 2, scene))
    ticks += [stage.silence(15.0) for _ in range(3)]
    times["lost"] = rfc3339(stage.clock.now().wall_ns)
    state = tmp_path_factory.mktemp("state")
    limits = Limits(learn_s=5.0, clear_s=3.0)
    camera = CameraConfig(
        CAMERA,
        Source(SourceKind.SIM, ""),
        2.0,
        limits,
        ignore=(((0.9, 0.9), (1.0, 0.9), (1.0, 1.0), (0.9, 1.0)),),
    )
    config = Config(DeviceConfig("bench", state), MqttConfig(url="mqtt://127.0.0.1:1"), (camera,))
    with app.device(
        config,
        stop=threading.Event(),
        cameras=[Film(ticks)],
        engine=DifferenceEngine(),
        clock=stage.clock,
    ) as device:
        device.watch()
        until(lambda: device.delivery.stats().depth >= 3)
    return state, times


def asked(state: Path, *words: str) -> dict[str, object]:
    """Ask, in another process, and return the answer."""
    command = [sys.executable, "-m", "edge", *words, "--state", str(state), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said: dict[str, object] = json.loads(done.stdout)
    return said


@pytest.mark.system
def test_an_alarm_is_explained_truly(watched: tuple[Path, dict[str, str]]) -> None:
    said = asked(watched[0], "why", "shelf-1")
    assert isinstance(said["events"], list)
    started = said["events"][0]
    assert (started["event_type"], started["change"]["shown"], started["confirm"]) == (
        "change_started",
        3,
        [3, 5],
    )
    left, top, width, height = started["change"]["box"]
    assert abs(left - LEFT) + abs(top - TOP) + abs(width - SIDE) + abs(height - SIDE) <= 8
    assert started["change"]["score"] > started["threshold"]
    assert said["now"] is not None
    assert [Path(path).is_file() for path in said["pictures"]] == [True] * 6  # type: ignore[attr-defined]  # JSON


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "place", "reason"),
    [
        pytest.param("faint", "40,40", "below_threshold", id="too-faint"),
        pytest.param("thing", AT_THE_THING, "told", id="told-already"),
        pytest.param("bare", AT_THE_THING, "below_threshold", id="before-it-was-there"),
        pytest.param("gone", "0.95,0.95", "ignored", id="where-nobody-wants-to-know"),
        pytest.param("lost", "40,40", "lost", id="unplugged"),
    ],
)
def test_a_silence_is_explained_truly(
    watched: tuple[Path, dict[str, str]], name: str, place: str, reason: str
) -> None:
    state, times = watched
    said = asked(state, "why-not", "--camera", CAMERA, "--at", times[name], "--place", place)
    assert said["reason"] == reason


@pytest.mark.system
def test_the_faint_thing_was_measured(watched: tuple[Path, dict[str, str]]) -> None:
    state, times = watched
    said = asked(state, "why-not", "--at", times["faint"], "--place", "40,40")
    bare = asked(state, "why-not", "--at", times["bare"], "--place", "40,40")
    assert isinstance(said["score"], float)
    assert isinstance(bare["score"], float)
    assert bare["score"] < said["score"] < 0.5
