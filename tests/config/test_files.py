from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from edge.config.files import PRIVATE, PUBLIC, write_text
from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_holds_the_text_as_it_is(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "é\r\n", mode=PUBLIC)
    assert (tmp_path / "a").read_bytes() == "é\r\n".encode()


def test_a_private_file_is_private_also_where_an_open_one_was(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "1", mode=PUBLIC)
    (tmp_path / "a.new").touch(mode=0o666)  # left over from a power cut
    write_text(tmp_path / "a", "2", mode=PRIVATE)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == PRIVATE


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "1", mode=PUBLIC)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_disk_that_refuses_leaves_the_old_file(own_folder: Path) -> None:
    write_text(own_folder / "a", "1", mode=PUBLIC)
    own_folder.chmod(0o500)
    with pytest.raises(StorageError, match=r"a: cannot be written: Permission denied; name another place"):
        write_text(own_folder / "a", "2", mode=PUBLIC)
    own_folder.chmod(0o700)
    assert (own_folder / "a").read_text() == "1"
