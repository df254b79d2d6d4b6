"""What people get wrong first: each mistake is one line that names cause and fix."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.cli import main
from edge.commands import doctor
from edge.drivers.state_lock import state_lock
from edge.engines import DEFAULT_BUNDLE
from edge.sim.clock import SimClock
from edge.surroundings import RealSurroundings
from tests.certificates import certify
from tests.frames import write_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartMosquitto

pytestmark = pytest.mark.system

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of ours is made in it

CONFIG = """\
config = 1
[device]
id = "bench1"
state_dir = "state"
[mqtt]
url = "{url}"
{mqtt}
[model]
{model}
[[camera]]
name = "shelf"
source = "{source}"
fps = 10
"""


def written(
    folder: Path,
    *,
    url: str = "mqtt://127.0.0.1:1",
    mqtt: str = "",
    model: str = 'method = "difference"',
    source: str = "dir:frames",
) -> Path:
    """Write a configuration, and what it needs, with one thing in it that is wrong."""
    (folder / "state").mkdir(mode=0o700, exist_ok=True)
    write_frames(folder / "frames", count=4)
    path = folder / "my.toml"
    path.write_text(CONFIG.format(url=url, mqtt=mqtt, model=model, source=source))
    path.chmod(0o600)
    return path


def complaint(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    """Return the exit code of a command, and the one line it complains with."""
    code = main(args)
    told = capsys.readouterr()
    lines = told.err.splitlines() + [line for line in told.out.splitlines() if line.startswith("FAIL")]
    (line,) = [line for line in lines if line.startswith(("FAIL", "stillwatch:"))]
    return code, line


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        pytest.param(
            {"url": "http://broker.lan"}, 2, ["mqtt.url", "must be mqtts://HOST"], id="wrong-url-scheme"
        ),
        pytest.param(
            {"mqtt": 'pasword_file = "x"'},
            2,
            ["unknown key", 'did you mean "password_file"?'],
            id="unknown-key",
        ),
        pytest.param(
            {"mqtt": 'username = "a"\npassword_file = "none"'},
            2,
            ["none: no such file; put the secret there", "chmod 600"],
            id="password-file-missing",
        ),
        pytest.param(
            {"source": "dir:nothing"}, 3, ["nothing", "No such file", "name a folder"], id="no-pictures"
        ),
        pytest.param(
            {"source": "file:no.mp4"}, 3, ["no.mp4", "No such file", "name a recording"], id="no-recording"
        ),
        pytest.param(
            {"mqtt": 'protocol = "5"\nprotocol = "5"'},
            2,
            ["my.toml:8", "the key was given before: take one"],
            id="a-key-twice",
        ),
        pytest.param({"mqtt": "[mqtt]"}, 2, ["my.toml:7", "the table was begun before"], id="a-table-twice"),
        pytest.param(
            {"mqtt": "allow_plain = yes"}, 2, ["my.toml:7", "yes is true"], id="a-word-without-quotes"
        ),
    ],
)
def test_run_says_what_is_wrong_in_a_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    code: int,
    words: list[str],
) -> None:
    config = written(tmp_path, **changed)
    found, line = complaint(capsys, "run", "--config", str(config))
    assert (found, [word for word in words if word not in line]) == (code, []), line


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        pytest.param(
            {"url": "mqtt://127.0.0.1:1"},
            6,
            ["connection refused by 127.0.0.1:1; start the broker"],
            id="broker-not-there",
        ),
        pytest.param(
            {"url": "mqtts://no-such-host.invalid"},
            6,
            ["no such host: no-such-host.invalid; check the name in mqtt.url"],
            id="broker-unknown",
        ),
    ],
)
def test_doctor_says_what_keeps_it_from_the_broker(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    code: int,
    words: list[str],
) -> None:
    config = written(tmp_path, **changed)
    found, line = complaint(capsys, "doctor", "--config", str(config))
    assert (found, [word for word in words if word not in line]) == (code, []), line


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            "/dev/video99", ["no such device: /dev/video99; is the camera plugged in?"], id="no-such-camera"
        ),
        pytest.param(
            "rtsp://no-such-host.invalid/1",
            ["no such host: no-such-host.invalid; is the name right"],
            id="camera-host-wrong",
        ),
    ],
)
def test_doctor_says_what_is_wrong_with_a_camera(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    mosquitto: StartMosquitto,
    source: str,
    words: list[str],
) -> None:
    config = written(tmp_path, url=f"mqtt://127.0.0.1:{mosquitto().port}", source=source)
    code, line = complaint(capsys, "doctor", "--config", str(config))
    assert (code, [word for word in words if word not in line]) == (3, []), line


def test_a_wrong_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mosquitto: StartMosquitto
) -> None:
    broker = mosquitto("allow_anonymous false")
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    config = written(
        tmp_path,
        url=f"mqtt://127.0.0.1:{broker.port}",
        mqtt=f'username = "bench1"\npassword_file = "{secret}"',
    )
    code, line = complaint(capsys, "doctor", "--config", str(config))
    assert code == 6
    assert "Not authorized" in line
    assert "check mqtt.username, mqtt.password_file" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("host", "trusts", "words"),
    [
        pytest.param("localhost", False, ["vouched for by nobody", "mqtt.ca_file"], id="wrong-authority"),
        pytest.param(
            "127.0.0.1", True, ["certificate is not for 127.0.0.1; write the name"], id="wrong-name"
        ),
    ],
)
def test_a_broker_that_is_not_believed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    mosquitto: StartMosquitto,
    host: str,
    trusts: bool,  # noqa: FBT001 - a column of the table
    words: list[str],
) -> None:
    broker = mosquitto("allow_anonymous true\n" + certify(tmp_path))
    mqtt = f'ca_file = "{tmp_path / "ca.crt"}"' if trusts else ""
    config = written(tmp_path, url=f"mqtts://{host}:{broker.port}", mqtt=mqtt)
    code, line = complaint(capsys, "doctor", "--config", str(config))
    assert (code, [word for word in words if word not in line]) == (6, []), line


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="a device's file must lie below /dev")
def test_no_permission_for_the_camera(own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        device = Path(folder) / "video0"
        device.touch(mode=0)
        config = written(own_folder, source=str(device))
        assert main(["doctor", "--config", str(config)]) == 3
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "camera shelf" in line]
    assert line.startswith("FAIL")
    assert f"permission denied: {device}; add this user to the group video" in line


def test_a_state_folder_that_may_not_be_written_to(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = written(own_folder)
    (own_folder / "state").chmod(0o500)
    code, line = complaint(capsys, "run", "--config", str(config))
    assert code == 2
    assert f"[device] state_dir: {own_folder / 'state'}: Permission denied; name a folder" in line


def test_a_damaged_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DEFAULT_BUNDLE, tmp_path / "model")
    with (tmp_path / "model" / "model.tflite").open("r+b") as file:
        file.truncate(1000)
    config = written(tmp_path, model='bundle = "model"')
    code, line = complaint(capsys, "run", "--config", str(config))
    assert code == 4
    assert "model 'stillwatch'" in line
    assert "its digest is" in line
    assert "copy the bundle again" in line


def test_a_second_instance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = written(tmp_path)
    with state_lock(tmp_path / "state"):
        code, line = complaint(capsys, "run", "--config", str(config))
    assert code == 2
    assert f"in use by another stillwatch (process {os.getpid()}); stop that one" in line


def test_a_clock_that_nobody_has_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mosquitto: StartMosquitto
) -> None:
    config = written(tmp_path, url=f"mqtt://127.0.0.1:{mosquitto().port}")
    args = argparse.Namespace(config=config, json=False)
    code = doctor.run(args, RealSurroundings(SimClock(wall_ns=0)))
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert code == 3
    assert "clock" in line
    assert "1970-01-01" in line
    assert "timedatectl set-ntp true" in line


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of a megabyte."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a disk can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(tmp_path: Path, capsys: pytest.CaptureFixture[str], mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    with small_disk(tmp_path / "state") as disk:
        config = written(tmp_path, url=f"mqtt://127.0.0.1:{broker.port}")
        with pytest.raises(OSError, match="No space left"), (disk / "film.avi").open("wb") as film:
            film.write(bytes(2 << 20))
        code, line = complaint(capsys, "doctor", "--config", str(config))
    assert code == 5
    assert "the disk is full (No space left on device); delete what is not needed" in line


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_disk(tmp_path / "state") as disk:
        config = written(tmp_path)
        with pytest.raises(OSError, match="No space left"), (disk / "film.avi").open("wb") as film:
            film.write(bytes(2 << 20))
        code, line = complaint(capsys, "run", "--config", str(config))
    assert code == 5
    assert str(disk) in line
    assert "full; free some space on its disk" in line
