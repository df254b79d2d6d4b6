from __future__ import annotations

import os
import random
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge.core.gaps import first_of, gap_of, is_gap
from tests.power import Disk, Step, record
from tests.power_writer import opened

ROOT = Path(__file__).parents[2]
ROUNDS = 300
CUTS = int(os.environ.get("STILLWATCH_CUTS", "300"))

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What a journal writes in its life, in order."""
    folder = tmp_path_factory.mktemp("recorded") / "state"
    folder.mkdir()
    writer = [sys.executable, "-m", "tests.power_writer", str(folder), str(ROUNDS)]
    return record(writer, folder, ROOT)


def numbers(path: Path) -> tuple[set[int], set[str]]:
    """Open what a power cut left; return the numbers accounted for, and the changes."""
    with closing(opened(path)) as journal:
        assert journal.quarantined is None
        found = set[int]()
        for event in journal.queued(0, 10**6):
            gap = gap_of(event.message.payload) if is_gap(event.message.payload) else None
            assert gap is None or gap.reason == "full"
            first = event.seq if gap is None else first_of(event.seq, gap)
            found |= set(range(first, event.seq + 1))
        return found, {change.change_id for change in journal.changes(10**6)}


@pytest.mark.timeout(3600)
def test_whatever_was_promised_survives_a_power_cut_at_any_moment(steps: list[Step], tmp_path: Path) -> None:
    dice = random.Random(4)  # noqa: S311 - a test's own dice
    disk, done = Disk(), 0
    begun = next(at for at, step in enumerate(steps) if step.what == "say")
    for turn, moment in enumerate(sorted(dice.randrange(begun, len(steps)) for _ in range(CUTS))):
        for step in steps[done : moment + 1]:
            disk.do(step)
        done = moment + 1
        newest, acked, change_id = disk.said[-1].split()
        folder = tmp_path / str(turn)
        folder.mkdir()
        for path, content in disk.cut(dice).items():
            (folder / Path(path).name).write_bytes(content)
        found, changes = numbers(folder / "journal.sqlite3")
        lost = set(range(int(acked) + 1, int(newest) + 1)) - found
        assert (lost, change_id in changes) == (set(), True), f"cut {turn} after step {moment}"
        assert found == set(range(min(found), max(found) + 1))
        for file in folder.iterdir():
            file.unlink()


def test_a_power_cut_while_the_journal_is_begun_leaves_one_that_can_be_begun(
    steps: list[Step], tmp_path: Path
) -> None:
    dice = random.Random(5)  # noqa: S311 - a test's own dice
    begun = next(at for at, step in enumerate(steps) if step.what == "say")
    for moment in range(begun):
        disk = Disk()
        for step in steps[:moment]:
            disk.do(step)
        folder = tmp_path / str(moment)
        folder.mkdir()
        for path, content in disk.cut(dice).items():
            (folder / Path(path).name).write_bytes(content)
        with closing(opened(folder / "journal.sqlite3")) as journal:
            assert journal.depth() <= 1  # a gap, where a file was there that could not be read


IDLER = """
import os, sys, time
from pathlib import Path
from edge.delivery import Delivery
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from tests.power_writer import opened
from tests.samples import a_change, an_event
journal = opened(Path(sys.argv[1]) / "journal.sqlite3")
delivery = Delivery(journal, PahoBroker(Access("127.0.0.1", 9, "bench1")), SystemClock(), welcome=list)
delivery.start()
delivery.put([a_change()], [an_event(a_change())])
while not delivery.stats().depth:
    time.sleep(0.01)
os.write(1, b"idle")
time.sleep(3)
os.write(1, b"over")
delivery.stop(0)
"""


def test_while_nothing_happens_nothing_is_written(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    steps = record([sys.executable, "-c", IDLER, str(state)], state, ROOT)
    said = [at for at, step in enumerate(steps) if step.what == "say"]
    assert [steps[at].data for at in said] == [b"idle", b"over"]
    assert any(step.what == "sync" for step in steps[: said[0]])
    assert steps[said[0] + 1 : said[1]] == []
