from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.picture_files import read_picture, write_files
from edge.errors import ConfigError, StorageError
from edge.vision.encoded import encoded

if TYPE_CHECKING:
    from pathlib import Path


def test_a_picture_that_was_written_is_read_back(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 3)).astype(np.uint8)
    write_files(tmp_path / "a" / "b", {"one.png": encoded(pixels)})
    assert np.array_equal(read_picture(tmp_path / "a" / "b" / "one.png"), pixels)


def test_a_file_is_replaced_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    for content in (b"old", b"new"):
        write_files(tmp_path, {"x.json": content})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x.json", b"new")]


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"x\.png: No such file or directory; name a"):
        read_picture(tmp_path / "x.png")


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("hello")
    with pytest.raises(ConfigError, match=r"x\.png: not a JPEG, PNG or BMP"):
        read_picture(tmp_path / "x.png")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written to"):
        write_files(tmp_path / "file", {"x": b""})
