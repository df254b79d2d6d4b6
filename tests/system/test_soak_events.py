from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.events.ways import VISIBLE
from benchmarks.soak_events import judged
from tests.local_broker import find_mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_events_survive_the_death_of_everybody_on_their_way() -> None:
    if find_mosquitto() is None:
        pytest.skip("needs mosquitto: apt install mosquitto")
    command = [sys.executable, "-m", "benchmarks.soak_events", "--events", "400"]
    kills = ["--broker-kills", "2", "--publisher-kills", "2", "--consumer-kills", "1"]
    done = subprocess.run([*command, *kills], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert (found["lost"], found["duplicates"], found["out_of_order"], found["kills"]) == (0, 0, 0, 5)
    assert (done.returncode, found["events"] >= 400) == (0, True)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        pytest.param([1, 2, 3], (0, 0, 0), id="all-in-order"),
        pytest.param([1, 3], (1, 0, 0), id="one-is-missing"),
        pytest.param([1, 2, 2, 3], (0, 1, 0), id="one-came-twice"),
        pytest.param([2, 1, 3], (0, 0, 1), id="one-came-after-its-successor"),
        pytest.param([1, 2, 3, 4], (0, 0, 0), id="more-than-we-know-of"),
        pytest.param([], (3, 0, 0), id="nothing"),
    ],
)
def test_the_verdict_counts_what_a_user_would_see(
    tmp_path: Path, seen: list[int], verdict: tuple[int, int, int]
) -> None:
    book = tmp_path / "book.sqlite3"
    with closing(sqlite3.connect(book, isolation_level=None)) as db:
        db.execute(VISIBLE.rstrip(";"))
        db.executemany("insert into visible(epoch, seq) values('e', ?)", [(seq,) for seq in seen])
    found = judged(book, {1, 2, 3})
    assert (found["lost"], found["duplicates"], found["out_of_order"]) == verdict
