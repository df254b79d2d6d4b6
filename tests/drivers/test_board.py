from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from edge.drivers.board import SystemBoard, accelerators, board_name, memory_free_mb, written_bytes


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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has /proc")
def test_memory_that_is_left_is_told() -> None:
    assert (memory_free_mb() or 0) > 0


def plug_in(usb: Path, vendor: str, product: str) -> None:
    """Make what the kernel shows of a thing that is plugged in."""
    device = usb / f"1-{vendor}"
    device.mkdir(parents=True)
    (device / "idVendor").write_text(f"{vendor}\n")
    (device / "idProduct").write_text(f"{product}\n")


def test_accelerators_are_named(tmp_path: Path) -> None:
    plug_in(tmp_path / "usb", "046d", "0825")  # a camera
    nothing = accelerators(usb=tmp_path / "usb", pcie=tmp_path / "apex", tegra=tmp_path / "tegra")
    plug_in(tmp_path / "usb", "18d1", "9302")
    (tmp_path / "apex").touch()
    (tmp_path / "tegra").touch()
    all_ = accelerators(usb=tmp_path / "usb", pcie=tmp_path / "apex", tegra=tmp_path / "tegra")
    assert (nothing, all_) == ((), ("Coral USB", "Coral PCIe", "Jetson"))


@pytest.mark.parametrize(
    "text",
    [pytest.param("rchar: 5\nwrite_bytes: 8192\ncancelled_write_bytes: 1\n", id="as-linux-writes-it")],
)
def test_what_was_written_is_the_kernels_account(tmp_path: Path, text: str) -> None:
    (tmp_path / "io").write_text(text)
    assert written_bytes(tmp_path / "io") == 8192


@pytest.mark.parametrize("text", ["", "write_bytes: many\n", "no colon\n"], ids=["empty", "words", "strange"])
def test_where_there_is_no_account_blocks_are_counted(tmp_path: Path, text: str) -> None:
    (tmp_path / "io").write_text(text)
    before = written_bytes(tmp_path / "io")
    assert before % 512 == 0
    assert written_bytes(tmp_path / "none") >= before


def test_what_is_written_is_told(tmp_path: Path) -> None:
    before = SystemBoard(tmp_path).machine().written_mb
    with (tmp_path / "file").open("wb") as file:
        file.write(bytes(1 << 20))
        os.fsync(file.fileno())
    after = SystemBoard(tmp_path).machine().written_mb
    assert before is not None
    assert after is not None
    assert after >= before
