from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.power_writer import opened

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("STILLWATCH_KILLS", "50"))

LIVES = """
import os, sys
from pathlib import Path
from edge.ports import Entry
from tests.power_writer import opened
from tests.samples import NOON_NS, a_change, an_event
for number, _ in enumerate(sys.stdin):
    child = os.fork()
    if child == 0:
        journal = opened(Path(sys.argv[1]))
        newest = max((event.seq for event in journal.queued(0, 10**6)), default=journal.progress()[0])
        while True:
            change = a_change(f"c-{newest % 1000}")
            journal.commit(Entry([change], [an_event(change)]), NOON_NS)
            newest += 1
            os.write(1, b"%d\\n" % newest)
            journal.mark_sent([newest])
            if newest % 7 == 0:
                journal.confirm_through(newest - 5)
    os.write(1, b"born %d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""
"""Forks a writer for each line it reads, so that a life costs no start of an interpreter."""


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_whatever_was_committed_survives_kill_9(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    dice, path, reopened_ms = random.Random(1), tmp_path / "journal.sqlite3", list[float]()  # noqa: S311 - a test's own dice
    with subprocess.Popen(
        [sys.executable, "-c", LIVES, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as lives:
        assert lives.stdin is not None
        assert lives.stdout is not None
        acknowledged = 0
        for _ in range(KILLS):
            lives.stdin.write("\n")
            said, child = list[str](), 0
            at_least = dice.randrange(1, 25)
            while not child or len(said) < at_least:
                word = lives.stdout.readline()
                assert word not in {"dead\n", ""}, "the writer ended by itself"
                if word.startswith("born "):
                    child = int(word.split()[1])
                else:
                    said.append(word)
            os.kill(child, signal.SIGKILL)
            while (word := lives.stdout.readline()) != "dead\n":
                said.append(word)
            acknowledged = int(said[-1])
            began = time.perf_counter()
            with closing(opened(path)) as journal:
                reopened_ms.append(1000 * (time.perf_counter() - began))
                assert journal.quarantined is None
                seqs = [event.seq for event in journal.queued(0, 10**6)]
                first = journal.progress()[0] + 1
                assert seqs == list(range(first, first + len(seqs)))
                assert max(seqs, default=first - 1) >= acknowledged
        lives.stdin.close()
    reopened_ms.sort()
    record_testsuite_property("reopen_ms_p50", round(reopened_ms[len(reopened_ms) // 2], 1))
    record_testsuite_property("reopen_ms_p99", round(reopened_ms[len(reopened_ms) * 99 // 100], 1))
    assert acknowledged >= KILLS
