from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.references_files import FileReferences
from edge.errors import StorageError
from edge.types import Reference

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = Reference(
    id="day-1",
    light="day",
    pixels=np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3),
    noise=np.full((5, 7), 2.5, np.float32),
    learned=np.eye(5, 7, dtype=np.bool_),
    taken_ns=1,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("references")


def stored(folder: Path) -> bytes:
    FileReferences(folder).save("shelf", REFERENCE)
    return (folder / "shelf.npz").read_bytes()


def refusal(folder: Path, content: bytes) -> str:
    (folder / "shelf.npz").write_bytes(content)
    with pytest.raises(StorageError) as caught:
        FileReferences(folder).load("shelf")
    return str(caught.value)


@given(st.integers(0), st.integers(1, 255))
def test_no_damaged_byte_is_taken_for_the_reference(folder: Path, place: int, flip: int) -> None:
    content = bytearray(stored(folder))
    content[place % len(content)] ^= flip
    (folder / "shelf.npz").write_bytes(content)
    try:
        (loaded,) = FileReferences(folder).load("shelf")
    except StorageError:
        return
    # A few bytes of a zip archive mean nothing, such as its time stamps.
    assert np.array_equal(loaded.pixels, REFERENCE.pixels)
    assert np.array_equal(loaded.learned, REFERENCE.learned)


@given(st.floats(0, 1, exclude_max=True))
def test_a_file_cut_off_anywhere_is_damaged(folder: Path, share: float) -> None:
    content = stored(folder)
    assert "damaged" in refusal(folder, content[: int(len(content) * share)])


@given(st.binary(max_size=200))
def test_what_is_no_archive_is_damaged(folder: Path, content: bytes) -> None:
    assert "damaged" in refusal(folder, content)


def rewritten(content: bytes, name: str, member: bytes, *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Replace one member of an archive, and leave its digest as it was."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", compression) as after:
        for info in before.infolist():
            after.writestr(info.filename, member if info.filename == name else before.read(info))
    return packed.getvalue()


def test_a_reference_with_a_valid_archive_and_other_pixels_is_damaged(folder: Path) -> None:
    content = rewritten(stored(folder), "about.json", json.dumps({"id": "x"}).encode())
    assert "digest" in refusal(folder, content)


def test_a_compressed_archive_is_refused_before_it_is_unpacked(folder: Path) -> None:
    content = rewritten(stored(folder), "", b"", compression=zipfile.ZIP_DEFLATED)
    assert "compressed" in refusal(folder, content)


def test_the_damaged_file_is_kept_for_a_look(folder: Path) -> None:
    assert str(folder / "shelf.npz.damaged") in refusal(folder, b"broken")
    assert (folder / "shelf.npz.damaged").read_bytes() == b"broken"


def test_the_same_reference_gives_the_same_bytes(tmp_path: Path) -> None:
    assert stored(tmp_path) == stored(tmp_path)


def test_numpy_opens_the_file(tmp_path: Path) -> None:
    stored(tmp_path)
    with np.load(tmp_path / "shelf.npz") as archive:
        assert np.array_equal(archive["pixels"], REFERENCE.pixels)


def test_nothing_unfinished_is_left_behind(tmp_path: Path) -> None:
    stored(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["shelf.npz"]


def test_a_disk_that_refuses_is_a_storage_error_and_keeps_the_old(tmp_path: Path) -> None:
    content = stored(tmp_path)
    (tmp_path / "shelf.npz.new").mkdir()
    with pytest.raises(StorageError, match="directory"):
        FileReferences(tmp_path).save("shelf", REFERENCE)
    assert (tmp_path / "shelf.npz").read_bytes() == content


def test_the_noise_of_a_broken_pixel_survives(tmp_path: Path) -> None:
    references = FileReferences(tmp_path)
    references.save("shelf", replace(REFERENCE, noise=np.full((5, 7), 1e6, np.float32)))
    (loaded,) = references.load("shelf")
    assert np.isfinite(loaded.noise).all()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"noise": np.full((5, 7), np.nan, np.float32)}, id="noise-is-no-number"),
        pytest.param({"noise": np.full((5, 7), -1, np.float32)}, id="negative-noise"),
        pytest.param({"noise": np.ones((5, 6), np.float32)}, id="noise-of-another-size"),
        pytest.param({"learned": np.ones((7, 5), np.bool_)}, id="learned-of-another-size"),
        pytest.param({"pixels": np.ones((5, 7), np.uint8)}, id="grey-pixels"),
    ],
)
def test_a_reference_that_does_not_fit_together_is_not_stored(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"noise|sizes"):
        FileReferences(tmp_path).save("shelf", replace(REFERENCE, **wrong))  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("name", ["../x", "", "a/b", "A"], ids=["parent", "empty", "nested", "upper-case"])
def test_only_a_camera_s_name_becomes_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        FileReferences(tmp_path).load(name)


@pytest.mark.parametrize("light", ["../x", "IR", "a@b"])
def test_only_a_light_state_s_name_becomes_a_file(tmp_path: Path, light: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        FileReferences(tmp_path).save("shelf", replace(REFERENCE, light=light, golden=False))


def test_a_file_of_an_earlier_version_is_the_golden_reference(tmp_path: Path) -> None:
    content = stored(tmp_path)
    (tmp_path / "shelf.npz").write_bytes(content)
    (loaded,) = FileReferences(tmp_path).load("shelf")
    assert (loaded.golden, loaded.light) == (True, "day")


def test_the_lights_of_a_camera_are_not_those_of_one_whose_name_begins_alike(tmp_path: Path) -> None:
    references = FileReferences(tmp_path)
    references.save("shelf", REFERENCE)
    references.save("shelf-2", REFERENCE)
    references.save("shelf-2", replace(REFERENCE, light="ir", golden=False))
    assert [one.light for one in references.load("shelf")] == ["day"]
