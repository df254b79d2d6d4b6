from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.config import parse
from edge.ports.examining import FolderState
from edge.setup.findings import Verdict
from edge.setup.rights import check_disk, check_rights, room_mb
from edge.surroundings import RealSurroundings

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import Config

TEXT = """\
config = 1
[device]
id = "bench1"
state_dir = "state"
[mqtt]
url = "mqtt://localhost"
{mqtt}
[[camera]]
name = "shelf"
source = "{source}"
"""


def config(path: Path, *, mqtt: str = "", source: str = "/dev/video0") -> Config:
    path.write_text(TEXT.format(mqtt=mqtt, source=source))
    path.chmod(0o644)
    (path.parent / "state").mkdir(mode=0o700, exist_ok=True)
    return parse(path.read_text(), origin=str(path))


def verdicts(path: Path, read: Config) -> list[tuple[Verdict, str]]:
    return [(found.verdict, found.fix) for found in check_rights(read, path, RealSurroundings())]


def test_what_is_private_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    assert verdicts(path, config(path)) == [(Verdict.OK, "")]


def test_an_open_state_folder_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    read = config(path)
    (tmp_path / "state").chmod(0o755)
    assert verdicts(path, read) == [(Verdict.WARN, f"chmod 700 {tmp_path / 'state'}")]


@pytest.mark.parametrize(
    ("source", "mode", "found"),
    [
        pytest.param("rtsp://a:b@cam.lan/1", 0o644, Verdict.WARN, id="a-password-everybody-reads"),
        pytest.param("rtsp://a:b@cam.lan/1", 0o600, Verdict.OK, id="a-password-for-its-owner"),
        pytest.param("rtsp://cam.lan/1", 0o644, Verdict.OK, id="no-password"),
        pytest.param("pipe:film --key abc", 0o644, Verdict.WARN, id="a-command-may-hold-one"),
    ],
)
def test_a_camera_password_in_the_file(tmp_path: Path, source: str, mode: int, found: Verdict) -> None:
    path = tmp_path / "my.toml"
    read = config(path, source=source)
    path.chmod(mode)
    assert [verdict for verdict, _ in verdicts(path, read)] == [found]


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        pytest.param(0o600, Verdict.OK, id="for-its-owner"),
        pytest.param(0o640, Verdict.OK, id="for-a-group-to-read"),
        pytest.param(0o660, Verdict.WARN, id="for-a-group-to-write"),
        pytest.param(0o644, Verdict.FAIL, id="for-everybody"),
    ],
)
def test_a_password_file(tmp_path: Path, mode: int, found: Verdict) -> None:
    path = tmp_path / "my.toml"
    read = config(path, mqtt='username = "a"\npassword_file = "secret"')
    (tmp_path / "secret").write_text("hunter2\n")
    (tmp_path / "secret").chmod(mode)
    assert [verdict for verdict, _ in verdicts(path, read)] == [found]


@pytest.mark.parametrize(
    ("state", "verdict", "code", "words"),
    [
        pytest.param(
            FolderState(exists=True, mode=0o700, free_mb=1000.0), Verdict.OK, 0, "1000 MB free", id="room"
        ),
        pytest.param(
            FolderState(exists=True, mode=0o700, free_mb=50.0),
            Verdict.WARN,
            0,
            "about 200 MB will be used",
            id="little-room",
        ),
        pytest.param(
            FolderState(exists=True, mode=0o700, free_mb=0.0, fault="No space left on device"),
            Verdict.FAIL,
            5,
            "the disk is full",
            id="no-room",
        ),
        pytest.param(
            FolderState(exists=True, mode=0o700, free_mb=1000.0, fault="Permission denied"),
            Verdict.FAIL,
            2,
            "cannot be written to (Permission denied)",
            id="no-right",
        ),
    ],
)
def test_the_disk(tmp_path: Path, state: FolderState, verdict: Verdict, code: int, words: str) -> None:
    (found,) = check_disk(tmp_path, state, room=200.0)
    assert (found.verdict, found.code) == (verdict, code)
    assert words in found.text


def test_more_cameras_may_use_more_room(tmp_path: Path) -> None:
    read = config(tmp_path / "my.toml")
    assert room_mb(read) == read.device.evidence_mb + 100 + read.mqtt.outbox_mb
