from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.engine_difference import DifferenceEngine
from edge.drivers.engine_litert import LiteRtEngine
from edge.engines import default_engine, engine_of
from edge.errors import ModelError
from tests.tiny_models import store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("delegate", ["cpu", "float"])
def test_a_bundle_becomes_the_engine_of_a_delegate(tmp_path: Path, delegate: str) -> None:
    engine = engine_of(store(tmp_path), delegate=delegate)
    assert (engine.contract.model, engine.delegate) == ("tiny", delegate)


def test_the_number_of_threads_changes_no_answer(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pair = {name: rng.integers(0, 256, (70, 90, 3)).astype(np.uint8) for name in ("reference", "current")}
    scores = [engine_of(store(tmp_path), threads=threads).run(pair)["score"] for threads in (1, 2, None)]
    assert all(np.array_equal(score, scores[0]) for score in scores)


def test_a_delegate_that_a_bundle_lacks_is_named_with_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model for the delegate 'coral'; it has cpu, float"):
        engine_of(store(tmp_path), delegate="coral")


def test_a_device_compares_with_the_network_where_there_is_one(tmp_path: Path) -> None:
    assert isinstance(default_engine(store(tmp_path)), LiteRtEngine)


def test_a_device_without_a_network_compares_without_and_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(default_engine(tmp_path), DifferenceEngine)
    assert caplog.text == ""


def test_a_device_whose_network_is_damaged_keeps_watching_and_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (store(tmp_path) / "model.tflite").write_bytes(b"cut short")
    assert isinstance(default_engine(tmp_path), DifferenceEngine)
    assert "digest" in caplog.text
    assert "with the difference method instead" in caplog.text
