from __future__ import annotations

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

from convert.data import photographs
from edge.demo.photographs import RESERVED

skimage_data = pytest.importorskip("skimage.data", reason="needs scikit-image: pip install '.[convert]'")

ALL = photographs.TRAINING + photographs.RESERVED
FREE = re.compile(r"CC0|[Nn]o known copyright restrictions|[Pp]ublic [Dd]omain|public domain")


def test_what_is_reserved_is_never_trained_on() -> None:
    assert set(photographs.TRAINING).isdisjoint(photographs.RESERVED)


def test_the_device_reserves_the_same_photographs() -> None:
    assert set(photographs.RESERVED) == {photograph.file for photograph in RESERVED}


def licence_of(file: str) -> str:
    """Return what scikit-image says of one of its photographs."""
    functions = [getattr(skimage_data, name) for name in dir(skimage_data)]
    said = [
        inspect.getdoc(function) or ""
        for function in functions
        if inspect.isfunction(function) and f"data/{file}" in inspect.getsource(function)
    ]
    return " ".join(said)


@pytest.mark.parametrize("file", ALL)
def test_scikit_image_says_that_anybody_may_use_a_photograph(file: str) -> None:
    assert FREE.search(licence_of(file))


@pytest.mark.parametrize("file", ALL)
def test_a_photograph_is_large_enough_to_cut_from(file: str) -> None:
    (pixels,) = photographs.load((file,))
    assert pixels.ndim == 3
    assert pixels.dtype == np.uint8
    assert min(pixels.shape[:2]) >= 128


def test_photographs_are_read_without_a_word() -> None:
    script = f"from convert.data.photographs import load; load({ALL})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_nobody_can_draw_on_the_photographs() -> None:
    assert not any(pixels.flags.writeable for pixels in photographs.load(photographs.RESERVED))
