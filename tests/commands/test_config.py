from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from edge.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
config = 1
[device]
id = "bench1"
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "/dev/video0"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration without faults."""
    path = tmp_path / "my.toml"
    path.write_text(TEXT)
    return path


def test_a_file_without_faults_is_told_in_a_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(file)]) == 0
    told = capsys.readouterr().out
    assert told == f"{file}: no faults; device bench1, broker mqtt://localhost, cameras shelf\n"


def test_every_fault_is_a_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(TEXT.replace("mqtt://localhost", "x").replace("/dev/video0", "y"))
    assert main(["config", "check", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith(f"stillwatch: {file}:") for line in lines] == [True, True]


@pytest.mark.parametrize(("text", "count"), [(TEXT, 0), (TEXT.replace("url", "ulr"), 2)], ids=["none", "two"])
def test_faults_as_json_are_alone_on_standard_output(
    file: Path, capsys: pytest.CaptureFixture[str], text: str, count: int
) -> None:
    file.write_text(text)
    code = main(["config", "check", str(file), "--json"])
    record = json.loads(capsys.readouterr().out)
    assert (code == 0, len(record["faults"]), record["file"]) == (count == 0, count, str(file))


def test_every_key_is_explained_in_two_lines(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f'device.id = "bench1"   ({file}:3)' in lines
    assert "camera[0].fps = 2.0   (default)" in lines
    assert lines[lines.index("camera[0].fps = 2.0   (default)") + 1].endswith(
        "Takes 0.1 to 30 looks per second."
    )


def test_every_key_is_explained_to_programs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain", str(file), "--json"]) == 0
    keys = {key["key"]: key for key in json.loads(capsys.readouterr().out)["keys"]}
    assert keys["camera[0].fps"] == {
        "key": "camera[0].fps",
        "value": 2.0,
        "line": None,
        "unit": "looks per second",
        "allowed": "0.1 to 30",
        "about": "Looks per second, 0.1 to 30.",
    }


def test_the_usual_file_is_meant_when_none_is_named(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STILLWATCH_CONFIG", str(file))
    assert main(["config", "check"]) == 0
    assert str(file) in capsys.readouterr().out


OLD = "# ours\n" + TEXT.replace("config = 1\n", "")


def test_a_dry_run_prints_what_would_be_and_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(OLD)
    file.chmod(0o400)
    assert main(["config", "migrate", "--dry-run", str(file)]) == 0
    assert capsys.readouterr().out == f"config = 1\n{OLD}"
    assert file.read_text() == OLD
    assert [path.name for path in file.parent.iterdir()] == ["my.toml"]


def test_a_dry_run_works_in_a_folder_that_is_read_only(own_folder: Path) -> None:
    path = own_folder / "my.toml"
    path.write_text(OLD)
    own_folder.chmod(0o500)
    assert main(["config", "migrate", "--dry-run", str(path)]) == 0


def test_a_migrated_file_keeps_its_rights_and_what_it_was(file: Path) -> None:
    file.write_text(OLD)
    file.chmod(0o600)
    assert main(["config", "migrate", str(file)]) == 0
    before = file.with_name("my.toml.before")
    assert (file.read_text(), before.read_text()) == (f"config = 1\n{OLD}", OLD)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, before)] == [0o600, 0o600]


def test_a_migrated_file_stays_its_owners(file: Path) -> None:
    file.write_text(OLD)
    root = os.geteuid() == 0
    owner = (65534, 65534) if root else (file.stat().st_uid, file.stat().st_gid)
    os.chown(file, *owner)
    assert main(["config", "migrate", str(file)]) == 0
    before = file.with_name("my.toml.before")
    assert [(path.stat().st_uid, path.stat().st_gid) for path in (file, before)] == [owner, owner]


def test_what_a_file_was_before_is_never_overwritten(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for comment in ("", "# another\n"):
        file.write_text(comment + OLD)
        assert main(["config", "migrate", str(file)]) == 0
    befores = [file.with_name(name) for name in ("my.toml.before", "my.toml.before.2")]
    assert [path.read_text() for path in befores] == [OLD, f"# another\n{OLD}"]
    assert f"as it was before: {befores[1]}\n" in capsys.readouterr().out


def test_a_file_of_today_is_left_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "migrate", str(file)]) == 0
    assert "already as this version reads it" in capsys.readouterr().out
    assert [path.name for path in file.parent.iterdir()] == ["my.toml"]


def test_what_else_is_wrong_is_said_after_the_migrated_text(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(OLD.replace("url", "ulr"))
    assert main(["config", "migrate", "--dry-run", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out.startswith("config = 1\n# ours\n")
    assert 'did you mean "url"?' in told.err
