from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge.config import read_secret
from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def secret_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        pytest.param(b"pa ss", "pa ss", id="as-it-is"),
        pytest.param(b"pass\n", "pass", id="one-line-end-is-dropped"),
        pytest.param(b"pass\r\n", "pass", id="a-windows-line-end-too"),
        pytest.param(b" pass ", " pass ", id="blanks-belong-to-it"),
        pytest.param("pä".encode(), "pä", id="any-letters"),
    ],
)
def test_a_secret_is_one_line(tmp_path: Path, content: bytes, secret: str) -> None:
    assert read_secret(secret_file(tmp_path, content)) == secret


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n", "empty", id="blank"),
        pytest.param(b"geheim\ngeheim", "more than one line", id="two-lines"),
        pytest.param(b"geheim\xff", "UTF-8", id="not-text"),
        pytest.param(b"geheim" * 1000, "4096", id="endless"),
    ],
)
def test_what_is_no_secret_is_refused_without_showing_it(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        read_secret(secret_file(tmp_path, content))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o602], ids=["everybody-reads", "everybody-writes"])
def test_a_secret_open_to_everybody_is_refused_with_the_fix(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, b"geheim", mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {path}"):
        read_secret(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; put the secret there"):
        read_secret(tmp_path / "none")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="regular file"):
        read_secret(tmp_path)


def test_a_pipe_without_a_writer_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", mode=0o600)
    with pytest.raises(ConfigError, match="regular file"):
        read_secret(tmp_path / "pipe")


def test_a_file_of_somebody_else_says_whose_it_must_be(own_folder: Path) -> None:
    with pytest.raises(ConfigError, match="permission denied"):
        read_secret(secret_file(own_folder, b"x", 0o000))
