from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import Source, SourceKind, parse_source, redacted
from edge.errors import ConfigError

HERE = Path("/etc/stillwatch")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param("/dev/video0", Source(SourceKind.DEVICE, "/dev/video0"), id="device"),
        pytest.param("v4l2:/dev/video2", Source(SourceKind.DEVICE, "/dev/video2"), id="device-with-a-prefix"),
        pytest.param("rtsp://cam/1", Source(SourceKind.STREAM, "rtsp://cam/1"), id="rtsp"),
        pytest.param("rtsps://cam:322/1", Source(SourceKind.STREAM, "rtsps://cam:322/1"), id="rtsps"),
        pytest.param("http://a:b@[::1]/x", Source(SourceKind.STREAM, "http://a:b@[::1]/x"), id="ipv6"),
        pytest.param("https://cam/x.m3u8", Source(SourceKind.STREAM, "https://cam/x.m3u8"), id="https"),
        pytest.param("file:/a/b.mp4", Source(SourceKind.FILE, "/a/b.mp4"), id="recording"),
        pytest.param("file:b.mp4", Source(SourceKind.FILE, "/etc/stillwatch/b.mp4"), id="relative-recording"),
        pytest.param("dir:frames/", Source(SourceKind.FOLDER, "/etc/stillwatch/frames"), id="folder"),
        pytest.param("rpicam:0", Source(SourceKind.RPICAM, "0"), id="raspberry-pi"),
        pytest.param("jetson:1", Source(SourceKind.JETSON, "1"), id="jetson"),
        pytest.param("pipe:a 'b c' -", Source(SourceKind.PIPE, "a 'b c' -"), id="any-command"),
        pytest.param("sim:", Source(SourceKind.SIM, ""), id="simulated"),
    ],
)
def test_every_way_to_get_pictures_is_understood(text: str, source: Source) -> None:
    assert parse_source(text, folder=HERE) == source


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("clip.mp4", id="a-bare-path"),
        pytest.param("ftp://cam/1", id="an-unknown-scheme"),
        pytest.param("rtsp:cam", id="no-slashes"),
        pytest.param("rtsp://", id="no-host"),
        pytest.param("rtsp://cam:99999/", id="no-such-port"),
        pytest.param("rtsp://adm:pa/ss@cam/", id="a-slash-in-the-password"),
        pytest.param("v4l2:0", id="a-number-is-no-device"),
        pytest.param("rpicam:", id="no-number"),
        pytest.param("rpicam:first", id="a-word-is-no-number"),
        pytest.param("jetson:10", id="a-number-too-high"),
        pytest.param("pipe:", id="no-command"),
        pytest.param("pipe: ", id="a-command-of-blanks"),
        pytest.param("pipe:''", id="a-program-without-a-name"),
        pytest.param("pipe:ffmpeg 'x", id="a-quote-without-its-end"),
        pytest.param("file:", id="no-path"),
        pytest.param("file:a\0b", id="a-null-character"),
        pytest.param("dir:" + "x" * 3000, id="endless"),
    ],
)
def test_what_is_no_source_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_source(text, folder=HERE)


@given(st.text(max_size=60))
def test_no_text_crashes_it(text: str) -> None:
    try:
        parse_source(text, folder=HERE)
    except ConfigError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("rtsp://adm:pw@cam/1", "rtsp://***@cam/1", id="name-and-password"),
        pytest.param("rtsp://adm:p@s/s@cam/1", "rtsp://***@cam/1", id="password-with-marks"),
        pytest.param(
            "http://cam/s?user=a&pwd=b&res=hd", "http://cam/s?user=***&pwd=***&res=hd", id="in-a-query"
        ),
        pytest.param("rtsp://cam/user=a_password=b&ch=1", "rtsp://cam/user=***&ch=1", id="in-a-path"),
        pytest.param(
            "http://cam/s?pwd=se/c?ret&res=hd", "http://cam/s?pwd=***&res=hd", id="marks-in-a-query"
        ),
        pytest.param("http://cam/s?password1=b", "http://cam/s?password1=***", id="a-number-in-the-name"),
        pytest.param("http://cam/s?api-key-2=b", "http://cam/s?api-key-2=***", id="a-hyphen-in-the-name"),
        pytest.param("//adm:pw@cam/1", "***@cam/1", id="no-scheme"),
        pytest.param("rtsp:adm:pw@cam", "***@cam", id="even-when-misspelt"),
        pytest.param("rtsp://cam:554/1", "rtsp://cam:554/1", id="nothing-to-hide"),
        pytest.param("pipe:ffmpeg -i rtsp://a:b@cam/1 -", "pipe:ffmpeg ...", id="all-but-the-program"),
        pytest.param("pipe:http://a:b@cam/1", "pipe:http://***@cam/1", id="a-url-that-is-no-program"),
        pytest.param("rpicam:0", "rpicam:0", id="raspberry-pi"),
        pytest.param("/dev/video0", "/dev/video0", id="device"),
        pytest.param("file:/a@b.mp4", "file:/a@b.mp4", id="recording"),
    ],
)
def test_passwords_are_hidden(source: str, shown: str) -> None:
    assert redacted(source) == shown


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_part_of_a_login_is_ever_shown(user: str, password: str) -> None:
    assert redacted(f"rtsp://{user}:{password}@cam/1") == "rtsp://***@cam/1"


@pytest.mark.parametrize("show", [str, repr], ids=["str", "repr"])
@pytest.mark.parametrize(
    "text", ["rtsp://adm:geheim@cam/1", "pipe:curl -u adm:geheim http://cam/1"], ids=["url", "command"]
)
def test_a_source_shown_as_text_hides_its_password(show: type[str], text: str) -> None:
    assert "geheim" not in show(parse_source(text, folder=HERE))
