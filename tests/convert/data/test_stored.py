from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convert.data import stored
from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    stored.make(tmp_path / "new", 3, 16)
    written = stored.read(tmp_path / "new", writable=True)
    written.reference[1], written.current[1], written.mask[1] = 10, 20, 255
    del written
    pairs = stored.read(tmp_path / "new")
    assert len(pairs) == 3
    assert pairs.size_px == 16
    assert [int(array[1].min()) for array in (pairs.reference, pairs.current, pairs.mask)] == [10, 20, 255]
    assert not pairs.mask[[0, 2]].any()


def test_what_is_there_already_is_kept(tmp_path: Path) -> None:
    stored.make(tmp_path, 2, 16)
    stored.read(tmp_path, writable=True).mask[0] = 255
    stored.make(tmp_path, 2, 16)
    assert stored.read(tmp_path).mask[0].all()


def test_what_was_only_begun_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "mask.partial").write_bytes(b"the power failed here")
    stored.make(tmp_path, 2, 16)
    assert stored.read(tmp_path).mask.shape == (2, 16, 16)
    assert not list(tmp_path.glob("*.partial"))


def test_pairs_that_are_read_cannot_be_changed(tmp_path: Path) -> None:
    stored.make(tmp_path, 1, 16)
    with pytest.raises(ValueError, match="read-only"):
        stored.read(tmp_path).mask[0] = 1


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    stored.make(tmp_path, 1, 16)
    (tmp_path / "mask.npy").unlink()
    with pytest.raises(StorageError, match=r"mask\.npy.*stillwatch-convert synth"):
        stored.read(tmp_path)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    stored.make(tmp_path, 1, 16)
    content = (tmp_path / "mask.npy").read_bytes()
    (tmp_path / "mask.npy").write_bytes(content[:-1])
    with pytest.raises(StorageError, match="cannot read the pairs"):
        stored.read(tmp_path)
