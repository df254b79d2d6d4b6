from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.cli import main
from edge.config import load
from edge.vision.encoded import decoded
from edge.vision.polygons import filled
from tests.filming import program
from tests.frames import write_frames

ROOT = Path(__file__).parents[2]
HEIGHT, WIDTH = 120, 160
LAMP = np.s_[40:60, 80:110]


@pytest.fixture
def view(tmp_path: Path) -> Path:
    """Two and a half seconds of a view in which a lamp blinks."""
    rng = np.random.default_rng(0)
    scene = cv2.resize(rng.integers(60, 180, (9, 12), np.uint8), (WIDTH, HEIGHT)).astype(np.float32)
    folder = tmp_path / "view"
    folder.mkdir()
    for number in range(13):
        picture = scene + rng.normal(0, 2, scene.shape)
        picture[LAMP] += 70 * (number % 2)
        cv2.imwrite(str(folder / f"{number}.png"), np.clip(picture, 0, 255).astype(np.uint8))
    return folder


def init(out: Path, *args: str) -> int:
    return main(["init", "--out", str(out), "--seconds", "3", *args])


def test_a_view_becomes_a_configuration_that_ignores_what_blinks(view: Path, tmp_path: Path) -> None:
    out = tmp_path / "my.toml"
    assert init(out, "--source", str(view), "--url", "mqtts://broker.lan") == 0
    read = load(out)
    (camera,) = read.cameras
    assert (read.mqtt.url, camera.source.location) == ("mqtts://broker.lan", str(view))
    covered = filled(camera.ignore, HEIGHT, WIDTH)
    assert covered[LAMP].all()
    assert covered.mean() < 0.3


def test_the_picture_shows_what_is_proposed(view: Path, tmp_path: Path) -> None:
    assert init(tmp_path / "my.toml", "--source", str(view)) == 0
    shown = decoded((tmp_path / "my-view.jpg").read_bytes()).astype(int)
    yellow = (shown[..., 0] - shown[..., 2] > 80).any()
    assert shown.shape == (HEIGHT, WIDTH, 3)
    assert yellow


def test_what_to_do_next_is_said(view: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "my.toml"
    init(out, "--source", str(view))
    told = capsys.readouterr().out
    assert "1 place does not hold still; the file proposes to ignore it" in told
    assert f"next: stillwatch doctor --config {out}\nthen: stillwatch run --config {out}\n" in told


def test_where_stillwatch_is_not_on_path_what_to_do_next_can_be_typed_as_it_stands(
    view: Path, tmp_path: Path
) -> None:
    start = "from edge.cli import main\nraise SystemExit(main())\n"
    own, out = program(tmp_path, start, name="stillwatch"), tmp_path / "my.toml"
    done = subprocess.run(
        [sys.executable, str(own), "init", "--out", str(out), "--source", str(view), "--seconds", "1"],
        env={"PYTHONPATH": str(ROOT), "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"next: {own} doctor --config {out}" in done.stdout
    assert f"{own} config explain {out}" in out.read_text()


def test_a_broker_in_the_house_without_encryption_is_a_word_away(view: Path, tmp_path: Path) -> None:
    out = tmp_path / "my.toml"
    assert init(out, "--source", str(view), "--url", "mqtt://broker.lan", "--allow-plain") == 0
    read = load(out)
    assert (read.mqtt.url, read.mqtt.allow_plain) == ("mqtt://broker.lan", True)


def test_as_json_it_names_what_was_written_and_nothing_else(
    view: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my.toml"
    assert init(out, "--source", str(view), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    (camera,) = told["cameras"]
    assert (told["file"], camera["name"]) == (str(out), "camera")
    assert camera["picture"] == str(tmp_path / "my-view.jpg")
    assert "does not hold still" in camera["remark"]


@pytest.mark.parametrize("there", ["my.toml", "my-view.jpg", "my-camera2-view.jpg"])
def test_nothing_is_overwritten_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], there: str
) -> None:
    (tmp_path / there).write_text("mine")
    assert init(tmp_path / "my.toml", "--source", "/dev/video99") == 2
    assert f"{tmp_path / there} is there already; add --force" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_forced_it_overwrites(view: Path, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("mine")
    assert init(tmp_path / "my.toml", "--source", str(view), "--force") == 0
    assert load(tmp_path / "my.toml").cameras[0].name == "camera"


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        pytest.param({"grey": 2, "noise": 1.0}, "the picture is black", id="black"),
        pytest.param({"noise": 0.0}, "equal to the last bit: frozen; restart the camera", id="frozen"),
    ],
)
def test_a_view_that_cannot_be_judged_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], frames: dict[str, float], words: str
) -> None:
    write_frames(tmp_path / "frames", count=5, grey=int(frames.get("grey", 120)), noise=frames["noise"])
    assert init(tmp_path / "my.toml", "--source", str(tmp_path / "frames")) == 3
    assert words in capsys.readouterr().err
    assert not (tmp_path / "my.toml").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--source", "/dev/video99"], "there is no /dev/video99", id="no-such-camera"),
        pytest.param(["--source", "nowhere.mp4"], "there is no nowhere.mp4", id="no-such-clip"),
        pytest.param(["--url", "http://b"], "--url: mqtt.url: ", id="no-mqtt"),
        pytest.param(["--url", "mqtt://far.lan"], "use mqtts://, or add --allow-plain", id="plain-and-far"),
        pytest.param(["--source", "1"], "camera number 1 is /dev/video1", id="a-number"),
        pytest.param(["--url", "mqtts://joe:secret@b"], "do not belong into the URL", id="with-a-password"),
    ],
)
def test_wrong_arguments_are_told_before_anything_is_filmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    assert init(tmp_path / "my.toml", *args) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "secret" not in told.err
    assert told.out == ""
