from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.core.quant import dequantize, logistic, quantize, real_table
from edge.types import Affine

if TYPE_CHECKING:
    from numpy.typing import NDArray

affines = st.builds(Affine, scale=st.floats(1e-4, 1e2), zero_point=st.integers(-128, 127))
stored_tensors = hnp.arrays(np.int8, hnp.array_shapes(max_dims=4, max_side=8))
reals = hnp.arrays(np.float32, 16, elements=st.floats(-1e6, 1e6, width=32))


@given(stored_tensors, affines)
def test_every_stored_value_survives_a_round_trip(stored: NDArray[np.int8], affine: Affine) -> None:
    assert np.array_equal(quantize(dequantize(stored, affine), affine), stored)


@given(affines, st.floats(-1.0, 1.0))
def test_the_error_inside_the_range_is_at_most_half_a_step(affine: Affine, fraction: float) -> None:
    low, high = (affine.scale * (stored - affine.zero_point) for stored in (-128, 127))
    real = np.float32(low + (high - low) * (fraction + 1.0) / 2.0)
    back = dequantize(quantize(np.asarray([real]), affine), affine)[0]
    slack = 1e-5 * max(abs(low), abs(high))
    assert abs(float(back) - float(real)) <= affine.scale / 2 + slack


@given(reals, affines)
def test_a_larger_value_is_never_stored_as_a_smaller_one(real: NDArray[np.float32], affine: Affine) -> None:
    assert (np.diff(quantize(np.sort(real), affine).astype(np.int16)) >= 0).all()


@pytest.mark.parametrize(
    ("real", "stored"),
    [
        pytest.param(0.0, 3, id="zero-is-the-zero-point"),
        pytest.param(1.0, 4, id="one-step"),
        pytest.param(0.5, 4, id="half-a-step-goes-away-from-zero"),
        pytest.param(1.5, 5, id="an-odd-half-does-too"),
        pytest.param(-0.5, 2, id="below-zero-away-is-down"),
        pytest.param(-2.5, 0, id="an-even-half-goes-away-not-to-even"),
        pytest.param(1e9, 127, id="too-much-saturates"),
        pytest.param(-3e38, -128, id="the-least-float-saturates"),
    ],
)
def test_quantize(real: float, stored: int) -> None:
    assert quantize(np.array([real], np.float32), Affine(1.0, 3)).tolist() == [stored]


def test_a_quotient_beyond_float32_saturates_silently() -> None:
    assert quantize(np.array([3e38], np.float32), Affine(1e-4, 0)).tolist() == [127]


@pytest.mark.parametrize("real", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_cannot_be_stored(real: float) -> None:
    with pytest.raises(ValueError, match="NaN"):
        quantize(np.array([0.0, real], np.float32), Affine(1.0, 0))


def test_a_pixel_is_stored_as_itself_less_128() -> None:
    pixels = np.arange(256, dtype=np.float32) / np.float32(255)
    assert quantize(pixels, Affine(1 / 255, -128)).tolist() == list(range(-128, 128))


@pytest.mark.parametrize(
    ("logit", "score"),
    [
        pytest.param(0.0, 0.5, id="even-odds"),
        pytest.param(np.log(3.0), 0.75, id="three-to-one"),
        pytest.param(-np.log(3.0), 0.25, id="one-to-three"),
        pytest.param(3e38, 1.0, id="certain"),
        pytest.param(-3e38, 0.0, id="impossible-and-no-overflow"),
    ],
)
def test_logistic(logit: float, score: float) -> None:
    found = logistic(np.array([logit], np.float32))
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(score)


@given(affines)
def test_the_table_holds_the_value_of_every_byte(affine: Affine) -> None:
    stored = np.arange(-128, 128).astype(np.int8)
    table = real_table(affine)
    assert table.shape == (256,)
    assert table.dtype == np.float32
    assert np.array_equal(table[stored.view(np.uint8)], dequantize(stored, affine))
