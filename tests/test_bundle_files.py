from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.bundle_files import MAX_BYTES, read_bundle, read_model
from edge.core.bundles import CONTRACT
from edge.errors import ModelError
from tests.tiny_models import TINY, TINY_FLOAT, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_bundle_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    bundle = read_bundle(store(tmp_path))
    assert (bundle.model, [file.delegate for file in bundle.files]) == ("tiny", ["cpu", "float"])
    assert [read_model(tmp_path, file) for file in bundle.files] == [TINY.file(), TINY_FLOAT.file()]


def missing(path: Path) -> None:
    """Take the file away."""
    path.unlink()


def empty(path: Path) -> None:
    """Leave nothing of the file."""
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    """Put a folder there."""
    path.unlink()
    path.mkdir()


def endless(path: Path) -> None:
    """Make the file larger than any; it takes no room."""
    with path.open("r+b") as file:
        file.truncate(MAX_BYTES + 1)


def foreign(path: Path) -> None:
    """Put something there that is no text."""
    path.write_bytes(b"\x89PNG\r\n\xff\xfe")


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (missing, "No such file"),
        (empty, "empty"),
        (a_folder, "Is a directory"),
        (endless, "longer than"),
        (foreign, "damaged"),
    ],
)
def test_a_contract_that_cannot_be_read_is_named(
    tmp_path: Path, damage: Callable[[Path], None], cause: str
) -> None:
    path = store(tmp_path) / CONTRACT
    damage(path)
    with pytest.raises(ModelError, match=cause) as caught:
        read_bundle(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "copy it again" in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [(missing, "No such file"), (empty, "empty"), (a_folder, "Is a directory"), (endless, "longer than")],
)
def test_a_model_that_cannot_be_read_is_named(
    tmp_path: Path, damage: Callable[[Path], None], cause: str
) -> None:
    file = read_bundle(store(tmp_path)).files[0]
    damage(tmp_path / file.name)
    with pytest.raises(ModelError, match=cause) as caught:
        read_model(tmp_path, file)
    assert str(caught.value).startswith(f"{tmp_path / 'model.tflite'}: ")


def test_a_folder_that_is_no_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="name the folder of a whole bundle"):
        read_bundle(tmp_path / "nowhere")


def test_a_model_that_the_folder_lacks_is_named_by_the_contract(tmp_path: Path) -> None:
    file = replace(read_bundle(store(tmp_path)).files[0], name="other.tflite")
    with pytest.raises(ModelError, match=r"other\.tflite"):
        read_model(tmp_path, file)
