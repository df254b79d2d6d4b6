from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.config import parse
from edge.config.device import default_device_id, default_state_dir
from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2


def device_id(folder: Path, machine_id: str) -> str | None:
    path = folder / "machine-id"
    path.write_text(machine_id)
    return default_device_id(path)


def test_the_default_name_is_that_of_the_machine(tmp_path: Path) -> None:
    assert device_id(tmp_path, ONE) == device_id(tmp_path, ONE + "\n") != device_id(tmp_path, OTHER)


def test_the_default_name_does_not_give_the_machine_id_away(tmp_path: Path) -> None:
    name = device_id(tmp_path, ONE) or ""
    assert name.removeprefix("stillwatch-") not in ONE
    assert len(name) == len("stillwatch-") + 12


@pytest.mark.parametrize(
    "machine_id", ["", "uninitialized\n", "é" * 32], ids=["empty", "first-boot", "no-hex"]
)
def test_a_machine_without_an_id_gets_no_name_that_others_share(tmp_path: Path, machine_id: str) -> None:
    assert device_id(tmp_path, machine_id) is None


def test_no_machine_id_file_gives_no_name(tmp_path: Path) -> None:
    assert default_device_id(tmp_path / "none") is None


def test_state_is_kept_in_the_systems_folder_where_we_may_write(tmp_path: Path) -> None:
    assert default_state_dir(tmp_path) == tmp_path


def test_the_systems_folder_may_still_have_to_be_made(tmp_path: Path) -> None:
    assert default_state_dir(tmp_path / "stillwatch") == tmp_path / "stillwatch"


def test_state_is_kept_in_the_users_folder_otherwise(own_folder: Path) -> None:
    own_folder.chmod(0o500)
    assert default_state_dir(own_folder).parts[-3:] == (".local", "state", "stillwatch")


def test_a_folder_that_cannot_be_made_leads_to_the_users_folder(tmp_path: Path) -> None:
    assert default_state_dir(tmp_path / "no" / "such").parts[-3:] == (".local", "state", "stillwatch")


CONFIG = """\
config = 1
[device]
id = "bench"
{evidence}
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "/dev/video0"
"""


@pytest.mark.parametrize(
    ("line", "megabytes"),
    [pytest.param("", 64, id="as-usual"), pytest.param("evidence_mb = 8", 8, id="little")],
)
def test_evidence_has_as_much_room_as_is_written(line: str, megabytes: int) -> None:
    assert parse(CONFIG.format(evidence=line), origin="x.toml").device.evidence_mb == megabytes


@pytest.mark.parametrize("room", ["7", "4097", "64.5", "true"])
def test_room_for_evidence_is_bounded(room: str) -> None:
    with pytest.raises(ConfigError, match="whole number from 8 to 4096 megabytes"):
        parse(CONFIG.format(evidence=f"evidence_mb = {room}"), origin="x.toml")
