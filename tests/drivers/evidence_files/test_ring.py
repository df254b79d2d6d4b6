from __future__ import annotations

import errno
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.core.segments import LOOK, Record, framed, unframed
from edge.drivers.evidence_files.ring import LEAST_SEGMENT_BYTES, SegmentRing, segments

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
ROOM = 4 * LEAST_SEGMENT_BYTES


def a_record(number: int, size: int = 100) -> Record:
    return Record(LOOK, number, "shelf", bytes(size))


def numbers(folder: Path) -> list[int]:
    """Return the moments of all records, in order."""
    return [record.wall_ns for path in segments(folder) for record in unframed(path.read_bytes())[0]]


def filled(folder: Path, count: int, *, size: int = 100, start: int = 0) -> SegmentRing:
    ring = SegmentRing(folder, max_bytes=ROOM)
    for number in range(start, start + count):
        ring.append(a_record(number, size))
    return ring


def test_what_is_appended_can_be_read_at_once(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    assert numbers(tmp_path) == [0, 1, 2]


def test_the_room_is_never_exceeded_and_the_newest_stay(tmp_path: Path) -> None:
    ring = SegmentRing(tmp_path, max_bytes=ROOM)
    for number in range(400):
        ring.append(a_record(number, 1500))
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= ROOM
    kept = numbers(tmp_path)
    assert kept == list(range(kept[0], 400))
    assert len(kept) > 120


def test_after_a_restart_the_newest_segment_goes_on(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    filled(tmp_path, 2, start=2)
    assert (numbers(tmp_path), len(segments(tmp_path))) == ([0, 1, 2, 3], 1)


def test_a_torn_record_is_cut_off_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    (path,) = segments(tmp_path)
    with path.open("ab") as file:
        file.write(framed(a_record(9))[:-7])
    filled(tmp_path, 1, start=2)
    assert numbers(tmp_path) == [0, 1, 2]


def test_a_segment_that_is_none_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "000007.segment").write_bytes(b"a diary")
    filled(tmp_path, 1)
    assert [path.name for path in segments(tmp_path)] == ["000007.segment", "000008.segment"]
    assert numbers(tmp_path) == [0]


def test_files_of_other_people_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("today")
    filled(tmp_path, 400, size=1500)
    assert (tmp_path / "diary.txt").exists()


WRITER = """
import itertools, sys
from pathlib import Path
from edge.core.segments import LOOK, Record
from edge.drivers.evidence_files.ring import SegmentRing
ring = SegmentRing(Path(sys.argv[1]), max_bytes=int(sys.argv[2]))
for number in itertools.count():
    ring.append(Record(LOOK, number, "shelf", bytes(3000)))
    print(number, flush=True)
"""


@pytest.mark.system
def test_a_process_that_is_killed_loses_nothing_that_it_had_appended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(ROOM)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        for line in writing.stdout:
            if int(line) >= 150:
                break
        writing.send_signal(signal.SIGKILL)
        last = int((line + writing.stdout.read()).split()[-1])
    filled(tmp_path, 1, start=last + 2)
    kept = numbers(tmp_path)
    assert kept[-1] == last + 2
    assert kept[:-1] == list(range(kept[0], kept[-2] + 1))
    assert kept[-2] in {last, last + 1}


def test_a_folder_that_somebody_removed_is_made_anew(tmp_path: Path) -> None:
    ring = filled(tmp_path / "looks", 2)
    shutil.rmtree(tmp_path / "looks")
    with pytest.raises(FileNotFoundError):
        ring.append(a_record(2))
    ring.append(a_record(3))
    assert numbers(tmp_path / "looks") == [3]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse longer files: a disk that fills up within a record."""
    before, heard = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


def test_a_disk_that_fills_up_within_a_record_costs_that_record_only(tmp_path: Path) -> None:
    ring = filled(tmp_path, 2)
    ring.append(a_record(1, 10))
    with files_of_at_most(400), pytest.raises(OSError) as refusal:  # noqa: PT011 - its number is checked
        ring.append(a_record(97))
    assert refusal.value.errno in {errno.ENOSPC, errno.EFBIG}
    ring.append(a_record(2))
    assert numbers(tmp_path)[-1] == 2
    assert unframed(segments(tmp_path)[0].read_bytes())[1] == segments(tmp_path)[0].stat().st_size
