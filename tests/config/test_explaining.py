from __future__ import annotations

import pytest

from edge.config.explaining import Setting, explained
from edge.errors import ConfigError

TEXT = """\
config = 1
[device]
id = "bench1"
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "rtsp://joe:hunter2@cam.lan/1"
fps = 4
ignore = [[[0, 0], [0.5, 0], [0.5, 0.5]]]
[camera.detect]
absorb = "36h"
[[camera]]
name = "door"
source = "/dev/video0"
"""
SETTINGS = {setting.key: setting for setting in explained(TEXT, origin="/etc/a.toml")}


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        pytest.param("config", 1, 1, id="the-version"),
        pytest.param("device.id", "bench1", 3, id="given"),
        pytest.param("mqtt.outbox_mb", 16, None, id="a-default"),
        pytest.param("mqtt.username", None, None, id="nothing"),
        pytest.param("camera[0].fps", 4.0, 9, id="of-a-camera"),
        pytest.param("camera[1].fps", 2.0, None, id="of-another-camera"),
        pytest.param("camera[0].ignore", [[[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]]], 10, id="polygons"),
        pytest.param("camera[0].detect.absorb", "36h", 12, id="a-length-of-time"),
        pytest.param("camera[1].detect.absorb", "never", None, id="never"),
        pytest.param("camera[0].detect.confirm", "3/5", None, id="m-of-n"),
        pytest.param("camera[0].detect.clear_s", 10.0, None, id="in-seconds"),
        pytest.param("camera[1].source", "v4l2:/dev/video0", 15, id="a-source"),
    ],
)
def test_what_is_in_force_and_where_it_is_said(key: str, value: object, line: int | None) -> None:
    assert (SETTINGS[key].value, SETTINGS[key].line) == (value, line)


@pytest.mark.parametrize(
    ("key", "allowed", "unit"),
    [
        pytest.param("camera[0].fps", "0.1 to 30", "looks per second", id="number"),
        pytest.param("mqtt.outbox_mb", "1 to 2048", "megabytes", id="whole-number"),
        pytest.param("mqtt.protocol", '"auto" or "5" or "3.1.1"', "", id="choice"),
        pytest.param("mqtt.allow_plain", "true or false", "", id="flag"),
        pytest.param("mqtt.ca_file", "a path", "", id="path"),
        pytest.param("model.threads", "1 to 64", "", id="read-only-where-it-is-given"),
    ],
)
def test_what_a_key_takes(key: str, allowed: str, unit: str) -> None:
    assert (SETTINGS[key].rule.allowed, SETTINGS[key].rule.unit) == (allowed, unit)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_every_key_is_described_in_a_sentence(setting: Setting) -> None:
    assert setting.about.endswith(".")
    assert "`" not in setting.about


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_every_key_says_what_it_takes(setting: Setting) -> None:
    assert setting.rule.allowed != "text"


def test_a_password_is_hidden() -> None:
    assert SETTINGS["camera[0].source"].value == "rtsp://***@cam.lan/1"


def test_a_file_with_faults_is_not_explained() -> None:
    with pytest.raises(ConfigError, match="unknown key"):
        explained(TEXT.replace("fps =", "fsp ="), origin="/etc/a.toml")
