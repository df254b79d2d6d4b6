from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.cli import main
from edge.commands.probe import camera_named
from edge.config import CameraConfig, Config, DeviceConfig, MqttConfig, Source, SourceKind
from edge.core.limits import Limits
from edge.errors import ConfigError
from tests.probe.recordings import WIDTH, record

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIG = """
config = 1
[device]
state_dir = "state"
[mqtt]
url = "mqtt://localhost"
[model]
method = "difference"
[[camera]]
name = "shelf"
source = "file:shelf.avi"
fps = 2.5
[camera.detect]
learn_s = 2
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration of one camera: a recording."""
    record(tmp_path / "shelf.avi")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def probed(config: Path, *options: str) -> int:
    few = ["--positions", "2", "--loop-frames", "10", "--seconds", "6"]
    return main(["probe", "--config", str(config), *few, *options])


def cameras(names: Sequence[str]) -> Config:
    source = Source(SourceKind.FILE, "shelf.avi")
    return Config(
        DeviceConfig("box", Path("state")),
        MqttConfig("mqtt://localhost"),
        tuple(CameraConfig(name, source, 5.0, Limits()) for name in names),
    )


def test_a_camera_is_filmed_and_its_figures_are_printed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(config) == 0
    told = capsys.readouterr()
    assert told.out.startswith("shelf: 160 x 120 at 2.5 looks a second, difference 1 on cpu")
    assert "events when only the light stepped (8 times): 0" in told.out
    assert told.err.startswith("probe: filming shelf for 6 s")


def test_json_stands_alone_and_nothing_of_the_device_is_touched(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(config, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"]["12@60"]["share"] == 1.0
    assert figures["views"]["shelf"]["width"] == WIDTH
    assert not (config.parent / "state").exists()


def test_a_camera_that_shows_nothing_is_a_camera_that_failed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "shelf.avi").unlink()
    assert probed(config) == 3
    assert "shelf.avi" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "asked", "chosen"),
    [
        pytest.param(["shelf"], None, "shelf", id="the-only-one"),
        pytest.param(["shelf", "door"], "door", "door", id="the-one-that-was-named"),
    ],
)
def test_a_camera_is_chosen(names: list[str], asked: str | None, chosen: str) -> None:
    assert camera_named(cameras(names), asked).name == chosen


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        pytest.param(["shelf", "door"], None, id="several-and-none-named"),
        pytest.param(["shelf", "door"], "gate", id="one-that-is-not-there"),
    ],
)
def test_which_camera_is_not_guessed(names: list[str], asked: str | None) -> None:
    with pytest.raises(ConfigError, match="name one of shelf, door"):
        camera_named(cameras(names), asked)
