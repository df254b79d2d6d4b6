from dataclasses import replace

import numpy as np
import pytest

from edge.demo.photographs import DEMONSTRATION, RESERVED, Photograph, load
from edge.errors import ConfigError

pytest.importorskip("skimage", reason="needs scikit-image: pip install '.[demo]'")


@pytest.mark.parametrize("photograph", RESERVED, ids=lambda photograph: photograph.file)
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (320, 180), (300, 700)])
def test_a_reserved_photograph_fills_the_view(photograph: Photograph, width: int, height: int) -> None:
    pixels = load(photograph, width=width, height=height)
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == np.uint8


def test_colours_are_in_order() -> None:
    red, _, blue = load(DEMONSTRATION, width=320, height=180).reshape(-1, 3).mean(axis=0)
    assert red > 2 * blue


def test_four_are_reserved_and_the_demonstration_s_is_one() -> None:
    assert len({photograph.file for photograph in RESERVED}) == 4
    assert DEMONSTRATION in RESERVED


def test_another_picture_under_the_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="not the one that was published"):
        load(replace(DEMONSTRATION, sha256="0" * 64))


def test_a_missing_picture_is_refused_with_the_way_to_get_it() -> None:
    with pytest.raises(ConfigError, match=r"pip install '.\[demo\]' in the folder"):
        load(replace(DEMONSTRATION, file="gone.png"))
