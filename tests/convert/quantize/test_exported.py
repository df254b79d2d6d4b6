from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert.quantize.exported import feed, in_float, int8_by_examples, onnx
from convert.tflite import Tflite
from tests.convert.contexts import KERAS

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

pytestmark = [*KERAS, pytest.mark.slow]

SIDE = 8
BRIGHT, DARK = 250, 10


def plain(level: int) -> Pixels:
    return np.full((SIDE, SIDE, 3), level, np.uint8)


@pytest.fixture(scope="module")
def lopsided() -> keras.Model:
    """A network that adds ten times the reference to a tenth of the current picture."""
    pictures = {
        name: keras.Input((SIDE, SIDE, 3), batch_size=1, name=name) for name in ("reference", "current")
    }
    sums = [
        keras.layers.Conv2D(
            1, 1, use_bias=False, kernel_initializer=keras.initializers.Constant(gain), name=f"of_{name}"
        )(pictures[name])
        for name, gain in (("reference", 10.0), ("current", 0.1))
    ]
    return keras.Model(pictures, keras.layers.Add()(sums))


def test_the_float_file_takes_each_picture_by_its_name(lopsided: keras.Model, tmp_path: Path) -> None:
    file = Tflite(in_float(lopsided, scratch=tmp_path), origin="float")
    assert float(file.logits(plain(255), plain(0)).max()) == pytest.approx(30.0, rel=1e-3)
    assert float(file.logits(plain(0), plain(255)).max()) == pytest.approx(0.3, rel=1e-3)


def test_examples_measure_the_picture_that_they_name(lopsided: keras.Model, tmp_path: Path) -> None:
    # Had the converter swapped them, the range of the first convolution would end at dark.
    shown = [feed(plain(BRIGHT - step), plain(DARK + step)) for step in range(4)]
    file = Tflite(int8_by_examples(lopsided, shown, scratch=tmp_path), origin="int8")
    assert float(file.logits(plain(BRIGHT), plain(DARK)).max()) == pytest.approx(30 * BRIGHT / 255, rel=0.02)


def test_the_same_network_gives_the_same_bytes(lopsided: keras.Model, tmp_path: Path) -> None:
    assert in_float(lopsided, scratch=tmp_path) == in_float(lopsided, scratch=tmp_path)
    assert onnx(lopsided) == onnx(lopsided)
