from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from edge.config.last_good import COPY, choose, keep
from edge.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
config = 1
[device]
id = "bench1"
state_dir = "state"
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "rtsp://joe:hunter2@cam.lan/1"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that a device has started with."""
    (tmp_path / "state").mkdir()
    path = tmp_path / "my.toml"
    path.write_text(TEXT)
    keep(choose(path), path)
    return path


def test_the_newest_is_taken_where_it_can_be(config: Path) -> None:
    config.write_text(TEXT.replace("bench1", "bench2"))
    assert choose(config).config.device.id == "bench2"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("url", "ulr"), id="with-a-fault"),
        pytest.param(TEXT.replace('"bench1"', "bench1"), id="that-is-not-toml"),
        pytest.param(TEXT.replace('"bench1"', "bench1").replace('"state"', "'state'"), id="in-other-quotes"),
        pytest.param(TEXT + "\ud800", id="that-is-not-text"),
    ],
)
def test_a_file_gives_way_to_its_last_good_copy(
    config: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Out of a file that is not even text, the state folder cannot be read.
    monkeypatch.setenv("STATE_DIRECTORY", str(config.parent / "state"))
    config.write_bytes(text.encode(errors="surrogatepass"))
    chosen = choose(config)
    assert chosen.config.device.id == "bench1"
    assert all(str(config) in fault for fault in chosen.faults)


def test_the_state_folder_is_found_in_a_file_that_is_not_toml(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    config.write_text(TEXT.replace('"bench1"', "bench1"))
    assert choose(config).config.device.id == "bench1"


def test_relative_paths_still_count_from_the_file(config: Path) -> None:
    config.write_text(TEXT.replace("url", "ulr"))
    assert choose(config).config.device.state_dir == config.parent / "state"


def test_a_missing_file_is_no_faulty_one(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(config.parent / "state"))
    config.unlink()
    with pytest.raises(ConfigError, match="no such file"):
        choose(config)


def test_another_files_copy_is_not_taken(config: Path) -> None:
    other = config.with_name("other.toml")
    other.write_text(TEXT.replace("url", "ulr"))
    with pytest.raises(ConfigError, match="unknown key"):
        choose(other)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[:-20], id="cut-off"),
        pytest.param(lambda text: text.partition("\n")[2], id="without-its-heading"),
        pytest.param(lambda _: "", id="empty"),
    ],
)
def test_a_damaged_copy_is_not_taken(config: Path, damage: object) -> None:
    copy = config.parent / "state" / COPY
    assert callable(damage)
    copy.write_text(damage(copy.read_text()))
    config.write_text(TEXT.replace("url", "ulr"))
    with pytest.raises(ConfigError, match="unknown key"):
        choose(config)


def test_what_runs_in_place_of_a_faulty_file_is_not_kept_anew(config: Path) -> None:
    copy = config.parent / "state" / COPY
    before = copy.read_text()
    config.write_text(TEXT.replace("url", "ulr"))
    keep(choose(config), config)
    assert copy.read_text() == before


def test_a_copy_is_for_its_owner_alone(config: Path) -> None:
    assert stat.S_IMODE((config.parent / "state" / COPY).stat().st_mode) == 0o600


def test_an_unchanged_file_is_not_written_again(config: Path) -> None:
    copy = config.parent / "state" / COPY
    inode = copy.stat().st_ino
    keep(choose(config), config)
    assert copy.stat().st_ino == inode


def test_a_disk_that_refuses_says_so(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(TEXT)
    with pytest.raises(StorageError, match="cannot be written"):
        keep(choose(path), path)  # there is no state folder
