from __future__ import annotations

from typing import TYPE_CHECKING

from edge.drivers.folder_state import folder_state, mode_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_of_ours_can_be_written_to_and_stays_empty(tmp_path: Path) -> None:
    state = folder_state(tmp_path)
    assert (state.exists, state.fault) == (True, "")
    assert (state.free_mb or 0) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    state = folder_state(tmp_path / "a" / "b")
    assert (state.exists, state.mode, state.fault) == (False, 0, "")
    assert not (tmp_path / "a").exists()


def test_a_folder_that_refuses_says_why(own_folder: Path) -> None:
    own_folder.chmod(0o500)
    assert folder_state(own_folder).fault == "Permission denied"


def test_a_folder_that_could_not_be_made_says_where(own_folder: Path) -> None:
    own_folder.chmod(0o500)
    assert folder_state(own_folder / "a").fault == f"{own_folder} may not be written to"


def test_a_folder_in_one_that_may_not_be_looked_into_says_which(own_folder: Path) -> None:
    own_folder.chmod(0)
    assert folder_state(own_folder / "a" / "b").fault == f"{own_folder} may not be written to"


def test_the_permissions_of_a_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(0o640)
    assert mode_of(tmp_path / "a") == 0o640
    assert mode_of(tmp_path / "none") == 0
