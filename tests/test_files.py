from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from edge.errors import StorageError
from edge.files import content_of, is_there, replace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", [0, 1, 8])
def test_a_file_within_the_bound_is_read_whole(tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(bytes(size))
    assert content_of(tmp_path / "file", at_most=8) == bytes(size)


def test_a_longer_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(9))
    with pytest.raises(ValueError, match="longer than 8 bytes"):
        content_of(tmp_path / "file", at_most=8)


def test_what_never_ends_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="longer than 8 bytes"):
        content_of(tmp_path / "file", at_most=8)


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        content_of(tmp_path / "file", at_most=8)


@pytest.mark.parametrize(("name", "there"), [("file", True), ("none", False), ("file/below", False)])
def test_what_is_there_is_known(tmp_path: Path, name: str, there: bool) -> None:  # noqa: FBT001 - a column
    (tmp_path / "file").touch()
    assert is_there(tmp_path / name, fix="") is there


@pytest.mark.parametrize(
    ("name", "fault"), [("file", "cannot be read by this user: wait"), ("x" * 300, "File name too long")]
)
def test_where_it_cannot_be_known_that_is_said(own_folder: Path, name: str, fault: str) -> None:
    closed = own_folder / "closed"
    closed.mkdir(mode=0o700 if fault.startswith("File") else 0)
    with pytest.raises(StorageError, match=fault):
        is_there(closed / name, fix="wait")


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    replace(tmp_path / "file", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"new")]


def test_a_left_over_does_not_lend_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half")
    (tmp_path / "file.new").chmod(0o666)
    replace(tmp_path / "file", b"secret", mode=0o600)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_who_may_not_give_files_away_keeps_them(own_folder: Path) -> None:
    replace(own_folder / "file", b"new", owner=(0, 0))
    assert (own_folder / "file").stat().st_uid == os.geteuid()


def test_a_file_that_cannot_be_replaced_stays_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "inside").touch()
    with pytest.raises(OSError, match=os.strerror(21)):
        replace(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
