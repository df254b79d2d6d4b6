from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convert.pipeline.artifact import BEGUN, PROVENANCE, Artifacts
from convert.pipeline.files import MAX_JSON_BYTES, digest_of, digests, read_json, write_json
from convert.pipeline.provenance import Provenance, versions
from edge.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

INPUTS = {"seed": "1"}
NOW = "2026-01-02T03:04:05.000Z"
LATER = "2026-01-02T04:04:05.000Z"
ABOUT = Provenance("train", INPUTS, {}, 5, versions(), NOW, LATER, 1.5, 2.5)


def begun(artifacts: Artifacts, inputs: Mapping[str, str] = INPUTS, *, now: str = NOW) -> tuple[Path, str]:
    return artifacts.begin("train", inputs, now=now, room_bytes=0)


def finished(work: Path, text: str = "weights") -> Artifacts:
    artifacts = Artifacts(work)
    partial, _ = begun(artifacts)
    (partial / "deep").mkdir()
    (partial / "deep" / "model").write_text(text, encoding="utf-8")
    artifacts.finish("train", {"loss": 0.5}, ABOUT)
    return artifacts


def test_what_was_finished_is_read_back_the_same(tmp_path: Path) -> None:
    finished(tmp_path)
    found = Artifacts(tmp_path).sound("train")
    assert found is not None
    assert found == ABOUT.with_outputs(found.outputs)
    assert sorted(found.outputs) == ["deep/model", "figures.json"]
    assert Artifacts(tmp_path).figures("train") == {"loss": 0.5}


def test_only_a_whole_artifact_has_the_stages_name(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    begun(artifacts)
    assert artifacts.sound("train") is None
    assert [path.name for path in tmp_path.iterdir()] == ["train.partial"]


def test_nothing_of_the_work_is_left_beside_an_artifact(tmp_path: Path) -> None:
    finished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
    assert not (tmp_path / "train" / BEGUN).exists()


def test_an_artifacts_digest_is_that_of_its_files_and_not_of_when_they_were_made(tmp_path: Path) -> None:
    one, same, other = (
        finished(tmp_path / name, text).sound("train")
        for name, text in (("a", "weights"), ("b", "weights"), ("c", "others"))
    )
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.digest == same.digest
    assert one.digest != other.digest


def test_work_goes_on_in_the_folder_that_was_left(tmp_path: Path) -> None:
    partial, _ = begun(Artifacts(tmp_path))
    (partial / "half").touch()
    again, since = begun(Artifacts(tmp_path), now=LATER)
    assert (again / "half").exists()
    assert since == NOW


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda partial: (partial / BEGUN).unlink(), id="no-record"),
        pytest.param(lambda partial: (partial / BEGUN).write_text("{", encoding="utf-8"), id="half-a-record"),
        pytest.param(lambda partial: write_json(partial / BEGUN, {"inputs": {}}), id="other-inputs"),
    ],
)
def test_work_does_not_go_on_in_a_folder_of_unknown_origin(tmp_path: Path, damage: object) -> None:
    partial, _ = begun(Artifacts(tmp_path))
    (partial / "half").touch()
    assert callable(damage)
    damage(partial)
    again, since = begun(Artifacts(tmp_path), now=LATER)
    assert not (again / "half").exists()
    assert since == LATER


def test_a_new_artifact_takes_the_place_of_the_old(tmp_path: Path) -> None:
    artifacts = finished(tmp_path)
    before = artifacts.sound("train")
    partial, _ = begun(artifacts)
    (partial / "model").write_text("newer", encoding="utf-8")
    after = artifacts.finish("train", {}, ABOUT)
    assert before is not None
    assert before.outputs != after.outputs
    assert Artifacts(tmp_path).sound("train") == after


def test_the_old_artifact_stays_while_the_new_one_is_made(tmp_path: Path) -> None:
    artifacts = finished(tmp_path)
    begun(artifacts)
    assert Artifacts(tmp_path).sound("train") is not None


def test_a_whole_partial_folder_gets_its_name_late(tmp_path: Path) -> None:
    finished(tmp_path)
    (tmp_path / "train").rename(tmp_path / "train.partial")
    assert Artifacts(tmp_path).sound("train") is not None
    assert (tmp_path / "train").is_dir()


def test_a_partial_folder_with_a_false_provenance_gets_no_name(tmp_path: Path) -> None:
    finished(tmp_path)
    (tmp_path / "train" / "deep" / "model").write_text("half", encoding="utf-8")
    (tmp_path / "train").rename(tmp_path / "train.partial")
    assert Artifacts(tmp_path).sound("train") is None


def test_discarding_removes_what_is_done_and_what_was_begun(tmp_path: Path) -> None:
    artifacts = finished(tmp_path)
    begun(artifacts)
    artifacts.discard("train")
    assert list(tmp_path.iterdir()) == []
    assert artifacts.sound("train") is None


def test_too_little_room_says_how_much_is_needed_and_where(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"train\.partial: train needs 1000000000 MB"):
        Artifacts(tmp_path).begin("train", INPUTS, now=NOW, room_bytes=10**15)


def test_a_folder_that_cannot_be_written_says_so(own_folder: Path) -> None:
    own_folder.chmod(0o500)
    try:
        with pytest.raises(StorageError, match=r"denied; make it writable.*--work DIR"):
            begun(Artifacts(own_folder))
    finally:
        own_folder.chmod(0o700)


def test_the_lock_ends_with_the_build(tmp_path: Path) -> None:
    for _ in range(2):
        with Artifacts(tmp_path).held():
            pass


def test_provenance_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    finished(tmp_path)
    text = (tmp_path / "train" / PROVENANCE).read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert str(Path.home()) not in text


@given(values=st.dictionaries(st.text(), st.integers() | st.text()))
def test_the_order_of_keys_does_not_count_in_a_digest(values: dict[str, object]) -> None:
    assert digest_of(values) == digest_of(dict(reversed(values.items())))


def test_an_endless_json_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b" " * (MAX_JSON_BYTES + 1))
    with pytest.raises(ValueError, match="longer than"):
        read_json(path)


def test_a_figure_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"loss": float("nan")})


def test_a_folder_that_is_not_there_has_no_digests(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        digests(tmp_path / "nowhere")


@pytest.mark.parametrize("key", ["stage", "inputs", "outputs", "seed", "versions", "started", "wall_s"])
def test_a_provenance_that_lacks_something_is_refused(key: str) -> None:
    values = ABOUT.as_json()
    assert Provenance.of(values) == ABOUT
    del values[key]
    with pytest.raises(ValueError, match=key):
        Provenance.of(values)
