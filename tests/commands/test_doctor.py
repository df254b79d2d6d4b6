from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from edge.commands.doctor import run
from edge.config import last_good
from edge.drivers.state_lock import state_lock
from edge.surroundings import RealSurroundings
from tests.bench import bench_config
from tests.frames import write_frames
from tests.schema_faults import faults

if TYPE_CHECKING:
    from pathlib import Path

    from edge.ports.examining import FolderState
    from tests.conftest import StartMosquitto


def written(folder: Path, *, port: int, source: str = "dir:frames") -> Path:
    (folder / "state").mkdir(mode=0o700)
    write_frames(folder / "frames", count=4)
    path = folder / "my.toml"
    # So few looks that a machine busy with other things keeps up with them.
    path.write_text(bench_config(port, source=source, fps=1.5))
    return path


@dataclass(frozen=True)
class Fine(RealSurroundings):
    """A machine with room on its disk, whatever this one has."""

    def folder(self, path: Path) -> FolderState:
        """Say that there is room."""
        return replace(super().folder(path), free_mb=1e5)

    def memory_free_mb(self) -> float:
        """Say that there is memory."""
        return 1e4


def doctor(config: Path, *, as_json: bool = False) -> int:
    return run(argparse.Namespace(config=config, json=as_json), Fine())


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_a_device_that_will_work_is_told_so_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mosquitto: StartMosquitto
) -> None:
    config = written(tmp_path, port=mosquitto().port)
    assert doctor(config) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("OK")] == [
        *("configuration", "rights", "disk", "clock", "memory"),
        *(["temperature"] if any("temperature" in line for line in lines) else []),
        *("accelerator", "camera", "broker", "mqtt", "engine"),
    ]
    assert "FAIL" not in "".join(lines)


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_json_is_alone_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mosquitto: StartMosquitto
) -> None:
    assert doctor(written(tmp_path, port=mosquitto().port), as_json=True) == 0
    told = capsys.readouterr().out
    assert faults("doctor", told.encode()) == []
    assert json.loads(told)["exit_code"] == 0


def test_what_comes_after_a_failure_is_checked_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    assert doctor(written(tmp_path, port=free_port, source="dir:nothing")) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("FAIL")] == ["camera", "broker"]
    assert lines[-1].split()[1] == "engine"


def test_without_a_configuration_the_machine_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(tmp_path / "none.toml") == 2
    lines = capsys.readouterr().out.splitlines()
    assert "none.toml: no such file; `stillwatch init` writes one" in lines[0]
    assert "cameras, engine and broker are not checked" in lines[1]
    assert {"disk", "clock"} <= {line.split()[1] for line in lines}


def test_where_the_newest_has_faults_the_last_good_copy_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    config = written(tmp_path, port=free_port)
    last_good.keep(last_good.choose(config), config)
    config.write_text(config.read_text().replace("fps", "fsp"))
    assert doctor(config) == 2
    lines = capsys.readouterr().out.splitlines()
    assert 'unknown key; did you mean "fps"?' in lines[0]
    assert "last good copy" in lines[1]
    assert any("camera shelf" in line for line in lines)


def test_a_camera_that_the_running_device_films_with_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    config = written(tmp_path, port=free_port, source="/dev/video99")
    with state_lock(tmp_path / "state"):
        assert doctor(config) == 6
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "camera shelf" in line]
    assert line.startswith("WARN")
    assert f"the running stillwatch (process {os.getpid()}) films with it" in line


def test_nothing_is_left_behind(tmp_path: Path, free_port: int) -> None:
    doctor(written(tmp_path, port=free_port))
    assert list((tmp_path / "state").iterdir()) == []
