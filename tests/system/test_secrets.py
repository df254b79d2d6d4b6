from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.listening import Subscriber, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
SECRETS = ("geheim1", "geheim2", "geheim3", "geheim4")
CONFIG = """\
config = 1
[device]
id = "bench1"
state_dir = "state"
log = "{log}"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
username = "bench1"
password_file = "password"
[model]
method = "difference"
[[camera]]
name = "stream"
source = "http://joe:geheim1@127.0.0.1:1/film"
[[camera]]
name = "query"
source = "http://127.0.0.1:1/film?user=joe&password=geheim2"
[[camera]]
name = "pipe"
source = "pipe:sh -c 'echo cannot open rtsp://joe:geheim3@cam.lan/1 >&2; exit 1' --password geheim3"
[metrics]
port = {metrics}
"""


def written(folder: Path, broker: Mosquitto, metrics: int, *, log: str = "json") -> Path:
    """Write a configuration in which there is a secret wherever one can be."""
    (folder / "password").write_text("geheim4\n")
    (folder / "password").chmod(0o600)
    config = folder / "my.toml"
    config.write_text(CONFIG.format(log=log, port=broker.port, metrics=metrics))
    return config


def refused(folder: Path, config: Path, *words: str) -> str:
    """Return all that a command prints that ends by itself."""
    command = [sys.executable, "-m", "edge", *words, str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode, folder
    return done.stdout + done.stderr


def told_by(port: int, figure: str) -> str:
    """Return what a Prometheus reads, nothing as long as one figure is not in it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        told = connection.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        connection.close()
    return told if figure in told else ""


@contextmanager
def running(log: Path, *words: str, env: dict[str, str] | None = None) -> Iterator[None]:
    """Run a device in which every camera has failed; it ends well when it is told to."""
    command = [sys.executable, *words]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out) as device,
    ):
        try:
            until(lambda: all(f"camera {name}" in log.read_text() for name in ("stream", "query", "pipe")))
            yield
            device.terminate()
            assert device.wait(60) == 0
        finally:
            device.kill()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_running_device_tells_no_secret(
    tmp_path: Path, mosquitto: StartMosquitto, free_port: int, form: str
) -> None:
    broker = mosquitto()
    ear = Subscriber(broker.port, "#")
    config = written(tmp_path, broker, free_port, log=form)
    log = tmp_path / "log"
    with running(log, "-m", "edge", "run", "--config", str(config)):
        figures = until(lambda: told_by(free_port, 'stillwatch_camera_online{camera="pipe"} 0'))
        heard = ear.heard.wait(lambda messages: len([m for m in messages if "/state" in m.topic]) >= 3)
    ear.close()
    told = log.read_text() + figures + b"".join(message.payload for message in heard).decode()
    assert [secret for secret in SECRETS if secret in told] == []
    if form == "json":
        cameras = {json.loads(line).get("camera") for line in log.read_text().splitlines()}
        assert cameras >= {"stream", "query", "pipe"}


LOUD = """\
import logging
logging.basicConfig(level=logging.DEBUG)
from edge.cli import main
raise SystemExit(main())
"""


def test_no_secret_is_told_however_much_is_logged(
    tmp_path: Path, mosquitto: StartMosquitto, free_port: int
) -> None:
    config = written(tmp_path, mosquitto(), free_port)
    libraries = {"OPENCV_LOG_LEVEL": "DEBUG", "OPENCV_FFMPEG_DEBUG": "1", "OPENCV_VIDEOIO_DEBUG": "1"}
    log = tmp_path / "log"
    with running(log, "-c", LOUD, "run", "--config", str(config), env={**os.environ, **libraries}):
        pass
    told = log.read_text()
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param('name = "query"', 'nam = "query"', id="unknown-key"),
        pytest.param("127.0.0.1:1/film?", "127.0.0.1:0/film?", id="a-port-that-cannot-be"),
        pytest.param('source = "http://joe', 'source = "htp://joe', id="no-such-scheme"),
        pytest.param('password_file = "password"', 'password = "geheim4"', id="a-password-in-the-file"),
        pytest.param('url = "mqtt://', 'url = "mqtt://joe:geheim4@', id="a-password-in-the-brokers-address"),
        pytest.param('password_file = "password"', 'password_file = "none"', id="no-password-file"),
        pytest.param("port = ", "port = 80 # ", id="a-port-that-is-not-allowed"),
        pytest.param("[metrics]", "[metrics", id="no-toml"),
    ],
)
def test_a_faulty_file_is_told_without_its_secrets(
    tmp_path: Path, mosquitto: StartMosquitto, free_port: int, right: str, wrong: str
) -> None:
    config = written(tmp_path, mosquitto(), free_port)
    assert right in config.read_text()
    config.write_text(config.read_text().replace(right, wrong))
    told = refused(tmp_path, config, "run", "--config")
    assert told.startswith("stillwatch: ")
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_password_file_for_all_to_read_is_told_without_what_it_holds(
    tmp_path: Path, mosquitto: StartMosquitto, free_port: int
) -> None:
    config = written(tmp_path, mosquitto(), free_port)
    (tmp_path / "password").chmod(0o644)
    told = refused(tmp_path, config, "run", "--config")
    assert "chmod 600" in told
    assert "geheim4" not in told
