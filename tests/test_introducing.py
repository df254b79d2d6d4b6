from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.config import MqttConfig
from edge.config.reading import parse
from edge.errors import ConfigError
from edge.introducing import access, welcome
from edge.sim.engine import SimEngine
from tests.bench import bench_config

if TYPE_CHECKING:
    from pathlib import Path


def digest(source: str) -> str:
    """Return what the first words to a broker say of a configuration with this camera."""
    config = parse(bench_config(1883, source=source), origin="/etc/stillwatch.toml")
    _, info = welcome(config, SimEngine(), "b")
    return str(json.loads(info.payload)["config_sha256"])


def test_the_digest_of_a_configuration_tells_cameras_apart() -> None:
    assert digest("rtsp://cam1.lan/1") != digest("rtsp://other.lan/9")


def test_the_digest_of_a_configuration_is_not_made_of_passwords() -> None:
    assert digest("rtsp://me:secret@cam1.lan/1") == digest("rtsp://me:other@cam1.lan/1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "No such file or directory; name the file", id="missing"),
        pytest.param("hello", "holds no certificate; name a file with certificates", id="no-certificate"),
    ],
)
def test_a_wrong_file_of_authorities_is_said_at_the_start(
    tmp_path: Path, text: str | None, words: str
) -> None:
    authorities = tmp_path / "ca.crt"
    if text is not None:
        authorities.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        access(MqttConfig("mqtts://b.lan", ca_file=authorities), "bench1")
    assert f"mqtt.ca_file {authorities}" in str(caught.value)
