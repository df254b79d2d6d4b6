from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.config import ModelConfig
from edge.core.contract import PAIR, SCORE
from edge.engines import DEFAULT_BUNDLE, engine_of
from edge.errors import ModelError
from edge.golden import FOLDER, INDEX, verify
from edge.surroundings import RealSurroundings
from edge.types import ModelContract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.types import Affine


class Blind:
    """An engine that never sees anything."""

    contract = ModelContract("blind", "1", PAIR[:2], SCORE)
    delegate = "cpu"

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Say that all is the same."""
        return {"score": np.zeros(inputs["current"].shape[:2], np.float32)}


@pytest.fixture(scope="module")
def affine() -> Affine:
    """How the network that comes along stores its score."""
    installed = RealSurroundings().installed(ModelConfig())
    assert installed is not None
    assert installed.score is not None
    return installed.score


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of our own to damage."""
    return shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")


def test_the_network_answers_here_as_where_it_was_built(affine: Affine) -> None:
    assert verify(DEFAULT_BUNDLE, engine_of(threads=1), affine) == 4


def test_an_engine_that_computes_something_else_is_found_out(affine: Affine) -> None:
    with pytest.raises(ModelError, match=r"golden pair coffee: .* computes something else"):
        verify(DEFAULT_BUNDLE, Blind(), affine)


def test_a_bundle_without_pairs_says_nothing(bundle: Path, affine: Affine) -> None:
    shutil.rmtree(bundle / FOLDER)
    assert verify(bundle, Blind(), affine) == 0


@pytest.mark.parametrize(
    "index",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a-list"),
        pytest.param(json.dumps({"pairs": []}), id="without-a-tolerance"),
        pytest.param(json.dumps({"pairs": [], "tolerance_lsb": 8}), id="without-pairs"),
        pytest.param(json.dumps({"pairs": ["../x"], "tolerance_lsb": 8}), id="out-of-the-folder"),
        pytest.param(json.dumps({"pairs": ["coffee"], "tolerance_lsb": -1}), id="negative"),
        pytest.param(json.dumps({"pairs": ["tea"], "tolerance_lsb": 8}), id="a-pair-that-is-not-there"),
        pytest.param(json.dumps({"pairs": ["coffee"], "tolerance_lsb": 8, "octaves": 0}), id="no-size"),
        pytest.param(
            json.dumps({"pairs": ["coffee"], "tolerance_lsb": 8, "octaves": True}), id="sizes-that-are-a-flag"
        ),
        pytest.param(" " * 70_000, id="too-long"),
    ],
)
def test_a_damaged_index_is_named(bundle: Path, affine: Affine, index: str) -> None:
    (bundle / FOLDER / INDEX).write_text(index)
    with pytest.raises(ModelError, match=rf"{FOLDER}/.*; copy the bundle again"):
        verify(bundle, Blind(), affine)


def test_a_damaged_picture_is_named(bundle: Path, affine: Affine) -> None:
    (bundle / FOLDER / "coffee_score.png").write_bytes(b"\x89PNG")
    with pytest.raises(ModelError, match=r"coffee_score\.png: .*; copy the bundle again"):
        verify(bundle, Blind(), affine)
