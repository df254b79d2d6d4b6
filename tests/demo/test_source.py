from pathlib import Path

import pytest

from edge.config import SourceKind
from edge.demo.source import read_source
from edge.errors import ConfigError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "odd:name.mp4").touch()
    (tmp_path / "frames").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "kind", "location"),
    [
        pytest.param("clip.mp4", SourceKind.FILE, "clip.mp4", id="a-path"),
        pytest.param("file:clip.mp4", SourceKind.FILE, "clip.mp4", id="as-in-a-configuration"),
        pytest.param("odd:name.mp4", SourceKind.FILE, "odd:name.mp4", id="a-path-with-a-colon"),
        pytest.param("frames", SourceKind.FOLDER, "frames", id="a-folder"),
        pytest.param("/dev/null", SourceKind.DEVICE, "/dev/null", id="a-device"),
        pytest.param("rtsp://u:p@host/a", SourceKind.STREAM, "rtsp://u:p@host/a", id="a-stream"),
        pytest.param("rpicam:0", SourceKind.RPICAM, "0", id="a-raspberry-pi-s-camera"),
        pytest.param("pipe:" + "x" * 300, SourceKind.PIPE, "x" * 300, id="a-command-too-long-for-a-path"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_source_is_read_kindly(text: str, kind: SourceKind, location: str) -> None:
    source = read_source(text)
    assert (source.kind, source.location) == (kind, location)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("gone.mp4", "there is no gone.mp4", id="no-such-file"),
        pytest.param("dir:gone", "there is no gone", id="no-such-folder"),
        pytest.param("/dev/video99", "there is no /dev/video99", id="no-such-device"),
        pytest.param("sim:x", "leave --source away", id="the-simulator"),
        pytest.param("", "must be", id="nothing"),
        pytest.param("a\nb", "must be", id="two-lines"),
        pytest.param("ftp://host/x", "must be", id="an-unknown-scheme"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_no_source_is_refused_with_a_reason(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_source(text)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as refused:
        read_source("ftp://me:secret@host/x")
    assert "secret" not in str(refused.value)
