from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.drivers.camera_discovery import MOST, found_sources

if TYPE_CHECKING:
    from pathlib import Path


def found(folder: Path) -> list[str]:
    return found_sources(devices=folder / "dev", sysfs=folder / "sys", tegra=folder / "tegra")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no camera, and no program on its path."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def add(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_machine_without_cameras(machine: Path) -> None:
    assert found(machine) == []


def test_devices_come_in_the_order_of_their_numbers(machine: Path) -> None:
    for name in ("video10", "video2", "video", "videoX", "vbi0"):
        add(machine / "dev" / name)
    assert found(machine) == [str(machine / "dev" / name) for name in ("video2", "video10")]


def test_the_second_device_of_a_camera_gives_no_pictures(machine: Path) -> None:
    for number, index in enumerate("010"):
        add(machine / "dev" / f"video{number}")
        add(machine / "sys" / f"video{number}" / "index", f"{index}\n")
    assert found(machine) == [str(machine / "dev" / name) for name in ("video0", "video2")]


def test_there_are_not_too_many(machine: Path) -> None:
    for number in range(MOST + 5):
        add(machine / "dev" / f"video{number}")
    assert len(found(machine)) == MOST


def program(machine: Path, name: str) -> None:
    add(machine / "bin" / name, "#!/bin/sh\n")
    (machine / "bin" / name).chmod(0o755)


def test_a_raspberry_pi_has_its_own_way(machine: Path) -> None:
    program(machine, "rpicam-vid")
    assert found(machine) == ["rpicam:0"]


def test_a_jetson_has_its_own_way(machine: Path) -> None:
    program(machine, "gst-launch-1.0")
    assert found(machine) == []
    add(machine / "tegra")
    assert found(machine) == ["jetson:0"]
