from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.segments import LOOK, MAGIC, MAX_PAYLOAD, PICTURE, Record, framed, unframed

RECORDS = st.builds(
    Record,
    kind=st.integers(0, 255),
    wall_ns=st.integers(-(2**63), 2**63 - 1),
    camera=st.from_regex(r"[a-z0-9_-]{1,32}", fullmatch=True),
    payload=st.binary(max_size=200),
)
TWO = (Record(LOOK, 1, "shelf", b"one"), Record(PICTURE, 2, "door", b"two"))


def a_file(*records: Record) -> bytes:
    return MAGIC + b"".join(framed(record) for record in records)


@given(st.lists(RECORDS, max_size=5))
def test_what_was_written_is_read(records: list[Record]) -> None:
    content = a_file(*records)
    assert unframed(content) == (records, len(content))


@given(st.integers(0, len(a_file(*TWO)) - 1))
def test_a_torn_file_is_read_up_to_the_tear(length: int) -> None:
    content = a_file(*TWO)
    records, intact = unframed(content[:length])
    assert records == list(TWO[: len(records)])
    assert intact == (len(a_file(*records)) if length >= len(MAGIC) else 0)


@given(st.integers(len(MAGIC), len(a_file(*TWO)) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    content = bytearray(a_file(*TWO))
    content[place] ^= change
    records, intact = unframed(bytes(content))
    assert len(records) < 2
    assert intact < len(content)


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange_to_read(content: bytes) -> None:
    for whole in (content, MAGIC + content):
        records, intact = unframed(whole)
        assert intact <= len(whole)
        assert not records or intact > len(MAGIC)


def test_another_file_is_no_segment() -> None:
    assert unframed(b"a diary") == ([], 0)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(Record(LOOK, 0, "shelf", bytes(MAX_PAYLOAD)), id="by-its-payload"),
        pytest.param(Record(LOOK, 0, "x" * 256, b""), id="by-its-name"),
    ],
)
def test_a_record_that_is_too_long_is_refused(record: Record) -> None:
    with pytest.raises(ValueError, match="too long"):
        framed(record)


def test_a_moment_beyond_all_clocks_is_bent() -> None:
    ((record,), _) = unframed(a_file(Record(LOOK, 2**70, "shelf", b"")))
    assert record.wall_ns == 2**63 - 1
