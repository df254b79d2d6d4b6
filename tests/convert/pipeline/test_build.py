from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from convert.pipeline.artifact import BEGUN, PROVENANCE, Artifacts
from convert.pipeline.build import Build
from convert.pipeline.inputs import derived_seed
from convert.pipeline.progress import Progress
from convert.pipeline.stage import Interrupted, Stage
from convert.pipeline.stages import STAGES
from convert.recipe import DataRecipe, GateRecipe, QuantizeRecipe, Recipe, TrainRecipe
from edge.errors import ConfigError, StorageError
from tests.convert.pipeline.pretend_stages import COUNTING, HERE, LEARN, PAINT, STEPS, STEPS_DONE, TABLE
from tests.listening import PATIENCE_S, until

ROOT = Path(__file__).parents[3]
RECIPE = Recipe(name="small", data=DataRecipe(pairs=3))
ALL = ["paint", "learn", "shrink", "judge", "bundle"]


def build(work: Path, recipe: Recipe = RECIPE, stages: tuple[Stage, ...] = TABLE) -> Build:
    return Build(recipe, stages, Artifacts(work), Progress())


def ran(work: Path, recipe: Recipe = RECIPE, force: tuple[str, ...] = ()) -> list[str]:
    """Build, and return the stages that ran."""
    return [result.stage for result in build(work, recipe).run(force=force) if result.ran]


def test_the_first_build_runs_every_stage_in_its_order(tmp_path: Path) -> None:
    assert ran(tmp_path) == ALL


def test_a_second_build_runs_nothing(tmp_path: Path) -> None:
    ran(tmp_path)
    assert ran(tmp_path) == []


@pytest.mark.parametrize(
    ("recipe", "again"),
    [
        pytest.param(replace(RECIPE, data=DataRecipe(pairs=4)), ALL, id="data-changes-everything"),
        pytest.param(replace(RECIPE, train=TrainRecipe(epochs=9)), ALL[1:], id="train-paints-nothing-anew"),
        pytest.param(replace(RECIPE, quantize=QuantizeRecipe("ptq")), ["shrink"], id="quantize-trains-not"),
        pytest.param(replace(RECIPE, gate=GateRecipe(0.1)), ["judge"], id="gate-only-judges"),
        pytest.param(replace(RECIPE, version="2"), ["bundle"], id="version-only-wraps-up"),
        pytest.param(replace(RECIPE, name="other"), ["bundle"], id="name-only-wraps-up"),
        pytest.param(replace(RECIPE, seed=1), ALL, id="seed-changes-everything"),
    ],
)
def test_only_stages_that_depend_on_a_change_run_again(
    tmp_path: Path, recipe: Recipe, again: list[str]
) -> None:
    ran(tmp_path)
    assert ran(tmp_path, recipe) == again


def test_a_stage_that_makes_the_same_again_stirs_nobody_after_it(tmp_path: Path) -> None:
    ran(tmp_path)
    assert ran(tmp_path, force=("paint",)) == ["paint"]


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    ran(tmp_path)
    (tmp_path / "learn" / "model.txt").write_text("something else", encoding="utf-8")
    assert ran(tmp_path) == ["learn"]


def test_an_additional_file_counts_as_damage(tmp_path: Path) -> None:
    ran(tmp_path)
    (tmp_path / "learn" / "more.txt").write_text("", encoding="utf-8")
    assert ran(tmp_path) == ["learn"]


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"inputs": 3}', "[" * 100_000])
def test_a_damaged_provenance_counts_as_damage(tmp_path: Path, damage: str) -> None:
    ran(tmp_path)
    (tmp_path / "learn" / PROVENANCE).write_text(damage, encoding="utf-8")
    assert ran(tmp_path) == ["learn"]


def test_footage_counts_by_what_is_in_it_and_not_by_where_it_is(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "a.png").write_bytes(b"picture")
    with_footage = [replace(RECIPE, data=replace(RECIPE.data, footage=folder)) for folder in (here, there)]
    assert ran(tmp_path / "work", with_footage[0]) == ALL
    assert ran(tmp_path / "work", with_footage[1]) == []
    (there / "a.png").write_bytes(b"another picture")
    assert ran(tmp_path / "work", with_footage[1]) == ["paint"]
    assert ran(tmp_path / "work", RECIPE) == ["paint"]


def test_a_higher_revision_of_a_stage_runs_it_again(tmp_path: Path) -> None:
    ran(tmp_path)
    newer = (PAINT, replace(LEARN, revision=2), *TABLE[2:])
    assert [result.stage for result in build(tmp_path, stages=newer).run() if result.ran] == ["learn"]


def test_until_is_the_last_stage_that_runs(tmp_path: Path) -> None:
    assert [result.stage for result in build(tmp_path).run(until="shrink")] == ALL[:3]


def test_what_does_not_pass_keeps_the_rest_from_running(tmp_path: Path) -> None:
    strict = replace(RECIPE, gate=GateRecipe(min_f1=0.95))
    for _ in range(2):  # also when it is known from before
        results = build(tmp_path, strict).run()
        assert ([result.stage for result in results], results[-1].passed) == (ALL[:4], False)
    with pytest.raises(ConfigError, match="needs judge to pass"):
        build(tmp_path, strict).run_alone("bundle")


def test_a_stage_that_does_not_decide_keeps_nobody_from_running(tmp_path: Path) -> None:
    strict = replace(RECIPE, gate=GateRecipe(min_f1=0.95))
    advisory = tuple(replace(stage, decides=False) for stage in TABLE)
    assert [result.stage for result in build(tmp_path, strict, advisory).run()] == ALL


def test_a_stage_alone_says_what_to_run_first(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"needs what paint makes.*`stillwatch-convert paint` first"):
        build(tmp_path).run_alone("learn")


def test_a_stage_alone_minds_also_what_it_stands_on_indirectly(tmp_path: Path) -> None:
    build(tmp_path).run()
    with pytest.raises(ConfigError, match=r"paint makes, and other than before: \[data\]"):
        build(tmp_path, replace(RECIPE, data=DataRecipe(pairs=5))).run_alone("shrink")


def test_stages_alone_one_after_another_make_the_same_as_all_at_once(tmp_path: Path) -> None:
    for name in ALL:
        assert build(tmp_path).run_alone(name).ran
    assert ran(tmp_path) == []


def test_stages_do_not_share_their_dice() -> None:
    assert len({derived_seed(seed, stage) for seed in range(20) for stage in ALL}) == 100


def test_provenance_says_what_went_in_and_what_came_out(tmp_path: Path) -> None:
    build(tmp_path).run(until="learn")
    said = json.loads((tmp_path / "learn" / PROVENANCE).read_text(encoding="utf-8"))
    assert sorted(said["inputs"]) == ["[train]", "paint", "revision", "seed"]
    assert sorted(said["outputs"]) == ["figures.json", "model.txt"]
    assert said["seed"] == derived_seed(0, "learn")
    assert said["versions"].keys() >= {"python", "stillwatch"}


def test_a_full_disk_is_told_with_the_folder_and_the_fix(tmp_path: Path) -> None:
    full = (Stage("full", "fill", f"{HERE}:fill_the_disk"),)
    with pytest.raises(StorageError, match=r"full\.partial.*make room.*--work"):
        build(tmp_path, stages=full).run()


def test_too_little_room_is_told_before_the_work(tmp_path: Path) -> None:
    large = (replace(PAINT, room_bytes=lambda _recipe: 10**18),)
    with pytest.raises(StorageError, match=r"paint needs 1000000000000 MB.*--work"):
        build(tmp_path, stages=large).run()


def test_a_missing_library_is_told_with_what_to_install(tmp_path: Path) -> None:
    wants = (Stage("wants", "want", f"{HERE}:want_a_library"),)
    with pytest.raises(ConfigError, match=r"wants needs a_framework.*pip install '.\[convert"):
        build(tmp_path, stages=wants).run()


def test_a_missing_module_of_ours_is_nothing_the_user_can_install(tmp_path: Path) -> None:
    wants = (Stage("wants", "want", f"{HERE}:want_a_module_of_ours"),)
    with pytest.raises(ModuleNotFoundError):
        build(tmp_path, stages=wants).run()


def test_a_stage_that_does_not_give_what_it_promised_is_not_done(tmp_path: Path) -> None:
    forgetful = (replace(PAINT, gives=("pairs.txt", "sheet.png")),)
    with pytest.raises(RuntimeError, match=r"paint ended without sheet\.png"):
        build(tmp_path, stages=forgetful).run()
    assert not (tmp_path / "paint").exists()


def test_a_stage_that_was_asked_to_stop_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    asked = iter([False] * 6 + [True])
    with pytest.raises(Interrupted):
        Build(RECIPE, COUNTING, Artifacts(tmp_path), Progress(), lambda: next(asked)).run()
    (result,) = build(tmp_path, stages=COUNTING).run()
    assert result.figures["began_at"] == 6


def test_what_was_begun_with_other_inputs_is_begun_anew(tmp_path: Path) -> None:
    asked = iter([False] * 6 + [True])
    with pytest.raises(Interrupted):
        Build(RECIPE, COUNTING, Artifacts(tmp_path), Progress(), lambda: next(asked)).run()
    (result,) = build(tmp_path, replace(RECIPE, seed=1), stages=COUNTING).run()
    assert result.figures["began_at"] == 0


def test_checkpoints_are_gone_when_a_stage_is_done(tmp_path: Path) -> None:
    build(tmp_path, stages=COUNTING).run()
    assert sorted(path.name for path in (tmp_path / "count").iterdir()) == [
        "figures.json",
        PROVENANCE,
        STEPS_DONE,
    ]


def test_a_build_that_died_between_the_last_file_and_the_name_is_complete(tmp_path: Path) -> None:
    ran(tmp_path)
    (tmp_path / "learn").rename(tmp_path / "learn.partial")
    assert ran(tmp_path) == []


@pytest.mark.system
def test_a_killed_build_goes_on_where_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-m", HERE, str(tmp_path)]
    steps = tmp_path / "count.partial" / STEPS_DONE
    slow = [*command, "slowly"]
    with subprocess.Popen(slow, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        until(lambda: steps.exists() and len(steps.read_text(encoding="utf-8").split()) > 1)
        first.kill()
    assert (tmp_path / "count.partial" / BEGUN).exists()
    assert not (tmp_path / "count").exists()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "going on with what began" in done.stderr
    counted = [int(line) for line in (tmp_path / "count" / STEPS_DONE).read_text(encoding="utf-8").split()]
    # The step that was under way when it died may be there twice.
    assert sorted(set(counted)) == list(range(STEPS))
    assert len(counted) <= STEPS + 1


@pytest.mark.system
def test_ctrl_c_stops_at_a_checkpoint_and_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", HERE, str(tmp_path)]
    steps = tmp_path / "count.partial" / STEPS_DONE
    slow = [*command, "slowly"]
    with subprocess.Popen(slow, cwd=ROOT, stderr=subprocess.PIPE, text=True) as child:
        until(steps.exists)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 130
    assert "the same command goes on from here" in told
    assert "Traceback" not in told
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "going on" in done.stderr
    counted = (tmp_path / "count" / STEPS_DONE).read_text(encoding="utf-8").split()
    assert counted == [str(step) for step in range(STEPS)]


@pytest.mark.system
def test_a_second_ctrl_c_ends_a_stage_that_does_not_look(tmp_path: Path) -> None:
    command = [sys.executable, "-m", HERE, str(tmp_path), "deaf"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as child:
        until((tmp_path / "deaf.partial" / STEPS_DONE).exists)
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        while b"Ctrl-C again" not in child.stderr.readline():
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=PATIENCE_S)
    assert child.returncode == -signal.SIGINT


def test_the_real_table_has_each_stage_once_and_needs_only_what_is_above() -> None:
    above: set[str] = set()
    for stage in STAGES:
        assert stage.name not in above
        assert above.issuperset(stage.needs)
        above.add(stage.name)


def test_the_real_table_names_only_tables_that_a_recipe_has() -> None:
    for stage in STAGES:
        for table in stage.tables:
            assert table == "recipe" or hasattr(RECIPE, table)


def test_progress_for_programs_is_one_json_object_per_line(tmp_path: Path) -> None:
    lines = io.StringIO()
    Build(RECIPE, COUNTING, Artifacts(tmp_path), Progress(programs=lines)).run()
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert events[0]["event"] == "started"
    assert events[-1] == {
        "event": "finished",
        "stage": "count",
        "seconds": events[-1]["seconds"],
        "figures": {"began_at": 0},
    }
