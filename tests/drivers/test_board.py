from __future__ import annotations

import sys
from pathlib import Path

import pytest

from edge.drivers.board import SystemBoard, board_name


def test_the_machine_says_what_it_knows(tmp_path: Path) -> None:
    machine = SystemBoard(tmp_path).machine()
    assert machine.uptime_s >= 0
    assert machine.disk_free_mb is not None
    assert machine.disk_free_mb > 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has /proc")
def test_memory_is_that_of_this_process(tmp_path: Path) -> None:
    rss_mb = SystemBoard(tmp_path).machine().rss_mb
    kilobytes = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])
    assert rss_mb == pytest.approx(kilobytes * 1024 / 1e6, rel=0.2)


def test_a_folder_that_is_gone_leaves_the_rest(tmp_path: Path) -> None:
    machine = SystemBoard(tmp_path / "gone").machine()
    assert machine.disk_free_mb is None
    assert machine.uptime_s >= 0


def test_the_board_has_a_name_that_fits_a_message() -> None:
    assert 0 < len(board_name()) <= 64
