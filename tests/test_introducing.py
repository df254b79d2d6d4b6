from __future__ import annotations

import json

from edge.config.reading import parse
from edge.introducing import welcome
from edge.sim.engine import SimEngine
from tests.bench import bench_config


def digest(source: str) -> str:
    """Return what the first words to a broker say of a configuration with this camera."""
    config = parse(bench_config(1883, source=source), origin="/etc/stillwatch.toml")
    _, info = welcome(config, SimEngine(), "b")
    return str(json.loads(info.payload)["config_sha256"])


def test_the_digest_of_a_configuration_tells_cameras_apart() -> None:
    assert digest("rtsp://cam1.lan/1") != digest("rtsp://other.lan/9")


def test_the_digest_of_a_configuration_is_not_made_of_passwords() -> None:
    assert digest("rtsp://me:secret@cam1.lan/1") == digest("rtsp://me:other@cam1.lan/1")
