import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import pytest

from edge.commands import demo
from edge.errors import StorageError
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import LightStep, PartVanishes, Script
from edge.types import Frame

pytestmark = pytest.mark.system
NEEDS = "needs the demo extra: pip install '.[demo]'"
pytest.importorskip("amqtt", reason=NEEDS)
pytest.importorskip("skimage", reason=NEEDS)


def arguments(out: Path, *, source: str | None = None, seconds: float | None = None) -> argparse.Namespace:
    return argparse.Namespace(source=source, seconds=seconds, seed=0, out=out, fast=True, json=True)


def printed(capsys: pytest.CaptureFixture[str], key: str) -> list[Any]:
    """Return what was printed under a key, line by line."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line[key] for line in lines if key in line]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A short recording in which the light changes and a part vanishes."""
    path = tmp_path / "clip.avi"
    script = Script(16.0, (LightStep(10.0, 0.75), PartVanishes(12.0, 0)))
    camera = SimCamera("clip", arrange(tabletop(640, 360), seed=2, count=3), script, SimClock(), fps=5.0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (640, 360))
    for frame in camera.frames():
        assert isinstance(frame, Frame)
        writer.write(cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


@pytest.mark.parametrize("name", ["file", "closed", "closed/out"])
@pytest.mark.parametrize("source", [None, "clip.avi"])
def test_a_folder_that_cannot_be_written_to_is_said_before_anything_is_filmed(
    own_folder: Path, name: str, source: str | None
) -> None:
    (own_folder / "file").touch()
    (own_folder / "closed").mkdir(mode=0o500)
    with pytest.raises(StorageError, match=f"{own_folder / name}: .*; name another folder with --out"):
        demo.run(arguments(own_folder / name, source=source))


@pytest.mark.slow
@pytest.mark.timeout(400)  # 200 looks at 1080p: two minutes and more where int8 is slow
def test_the_played_scene_is_told_as_it_happens_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.run(arguments(tmp_path)) == 0
    told = [event["event_type"] for event in printed(capsys, "event")]
    assert told == ["reference_updated", "change_started", "change_persistent", "change_ended"]
    kept = [path.stem.rpartition("-")[2] for path in (tmp_path / "evidence").glob("*.jpg")]
    assert Counter(kept) == {"view": 1, "before": 3, "after": 3, "heat": 3}
    assert (tmp_path / "index.html").is_file()


def test_a_glance_at_the_played_scene_asks_for_no_more_than_was_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.run(arguments(tmp_path, seconds=3.0)) == 0
    (table,) = printed(capsys, "lines")
    assert [line["what"] for line in table] == ["the camera learns the scene"]


def test_a_recording_is_watched_and_every_event_arrives(
    tmp_path: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert demo.run(arguments(out, source=str(clip))) == 0
    told = [event["event_type"] for event in printed(capsys, "event")]
    assert told == ["reference_updated", "change_started"]
    assert (out / "index.html").is_file()


def test_pictures_of_the_last_run_go_and_other_files_stay(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "000009-old-table-1-change_ended-heat.jpg").touch()
    (evidence / "holiday.jpg").touch()
    demo.run(arguments(tmp_path, seconds=1.0))
    assert [path.name for path in evidence.iterdir()] == ["holiday.jpg"]


@pytest.mark.slow
def test_an_interrupt_ends_it_with_a_page_of_what_was_seen(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "edge", "demo", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "learns the scene" in line:
                break
        time.sleep(1.0)
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
    assert running.returncode == 130
    assert "index.html" in rest


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("gone.mp4", 2, id="no-such-file"),
        pytest.param("pyproject.toml", 3, id="no-video"),
        pytest.param("/dev/null", 3, id="no-camera"),
    ],
)
def test_a_bad_source_ends_with_its_code_and_one_line(tmp_path: Path, source: str, code: int) -> None:
    command = [
        sys.executable,
        "-m",
        "edge",
        "demo",
        "--source",
        source,
        "--seconds",
        "2",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert [line for line in done.stderr.splitlines() if line.startswith("stillwatch: ")] != []
    assert "Traceback" not in done.stderr
