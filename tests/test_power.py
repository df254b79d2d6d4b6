from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.power import SECTOR, Disk, Step, whole_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B = "/d/a", "/d/b"
BEGUN = [Step("create", A), Step("sync", "/d")]
OLD, NEW = b"o" * 2 * SECTOR, b"n" * 2 * SECTOR


def outcomes(steps: Sequence[Step]) -> list[dict[str, bytes]]:
    """Return what many power cuts after these steps leave, each once."""
    disk, found = Disk(), list[dict[str, bytes]]()
    for step in steps:
        disk.do(step)
    for seed in range(300):
        left = disk.cut(random.Random(seed))  # noqa: S311 - a test's own dice
        if left not in found:
            found.append(left)
    return found


def contents(steps: Sequence[Step]) -> set[bytes]:
    """Return what may lie in the first file afterwards."""
    return {left[A] for left in outcomes([*BEGUN, *steps])}


def test_what_was_synced_is_there() -> None:
    assert contents([Step("write", A, NEW), Step("sync", A)]) == {NEW}


def test_what_was_not_synced_is_there_or_not_or_torn_between_sectors() -> None:
    n, o, nothing = NEW[:SECTOR], OLD[:SECTOR], b""
    assert contents([Step("write", A, OLD), Step("sync", A), Step("write", A, NEW)]) == {
        n + n,
        n + o,
        o + n,
        o + o,
    }
    assert contents([Step("write", A, NEW)]) == {n + n, n, bytes(SECTOR) + n, nothing}


def test_writes_may_come_in_another_order() -> None:
    assert contents([Step("write", A, b"1"), Step("write", A, b"2")]) == {b"", b"1", b"2"}


def test_a_truncation_is_a_write_too() -> None:
    kept = contents([Step("write", A, b"12"), Step("sync", A), Step("truncate", A, at=1)])
    assert kept == {b"12", b"1"}


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        pytest.param([Step("create", B)], [{A}, {A, B}], id="a-new-file"),
        pytest.param([Step("unlink", A)], [{A}, set()], id="a-deleted-file"),
        pytest.param([Step("rename", A, to=B)], [{A}, {B}], id="a-renamed-file"),
        pytest.param([Step("create", B), Step("sync", "/d")], [{A, B}], id="a-synced-folder"),
        pytest.param([Step("create", B), Step("sync", B)], [{A}, {A, B}], id="the-folder-was-not"),
    ],
)
def test_a_name_is_there_or_not_until_the_folder_is_synced(steps: list[Step], names: list[set[str]]) -> None:
    found = [set(left) for left in outcomes([*BEGUN, *steps])]
    assert sorted(map(sorted, found)) == sorted(map(sorted, names))


def test_a_file_keeps_its_content_under_another_name() -> None:
    steps = [*BEGUN, Step("write", A, b"1"), Step("sync", A), Step("rename", A, to=B)]
    assert sorted(map(str, outcomes(steps))) == sorted(map(str, [{A: b"1"}, {B: b"1"}]))


def test_what_was_said_is_remembered_by_lines() -> None:
    disk = Disk()
    disk.do(Step("say", data=b"one\ntwo\n"))
    assert disk.said == ["one", "two"]


def test_a_call_that_another_thread_interrupts_is_read_as_one_where_it_ended() -> None:
    log = [
        '71  write(1<\\x70>, "\\x69\\x64", 2 <unfinished ...>\n',
        "72  fdatasync(3<\\x66> <unfinished ...>\n",
        "73  fsync(4<\\x67>) = 0\n",
        "71  <... write resumed>)              = 2\n",
        "72  <... fdatasync resumed>)          = 0\n",
        '74  unlink("\\x66" <unfinished ...>\n',  # killed before it ended
    ]
    assert list(whole_calls(log)) == [
        "73  fsync(4<\\x67>) = 0\n",
        '71  write(1<\\x70>, "\\x69\\x64", 2)              = 2',
        "72  fdatasync(3<\\x66>)          = 0",
    ]
