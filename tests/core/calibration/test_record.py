from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.calibration.record import BLOCKS, Record, made_by, packed, unpacked
from edge.types import ModelTag


def a_record(blocks: int = 3) -> Record:
    """Return a record in which something happened."""
    record = Record.empty((2, 3))
    for number in range(blocks):
        record = record.with_block(np.array([0, number % 7, 0, 0, 9, 0], np.uint8), number)
    return record


@given(st.integers(0, 20))
def test_a_record_survives_being_kept(blocks: int) -> None:
    record = a_record(blocks)
    back, maker = unpacked(packed(record, "m 1"))
    assert (back.shape, maker) == (record.shape, "m 1")
    assert np.array_equal(back.maxima, record.maxima)
    assert np.array_equal(back.told, record.told)


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(place: int, bit: int) -> None:
    content = bytearray(packed(a_record(), "m 1"))
    content[place % len(content)] ^= 1 << bit
    with pytest.raises(ValueError, match="digest"):
        unpacked(bytes(content))


def test_only_so_many_blocks_are_kept() -> None:
    record = a_record(BLOCKS + 5)
    assert (len(record.maxima), record.told[0]) == (BLOCKS, 5)


def test_another_sensitivity_is_another_maker() -> None:
    tag = ModelTag("m", "1", "cpu")
    assert made_by(tag, 0.5) != made_by(tag, 0.6)
