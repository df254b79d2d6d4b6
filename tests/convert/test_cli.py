from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convert.cli import main
from convert.commands.build import run
from convert.pipeline.stages import STAGES
from edge import __version__
from edge.errors import ConfigError, StorageError
from tests.convert.pipeline.pretend_stages import TABLE, arguments

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "cv2", "keras", "tensorflow", "json", "tomllib", "socket", "logging", "sqlite3"}
STAGE_NAMES = [stage.name for stage in STAGES]


def modules_after(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "words", ["--help", "build --help", "train --help", "evaluate --help", "probe --help"]
)
def test_help_loads_nothing_heavy(words: str) -> None:
    loaded = modules_after(f"import convert.cli; convert.cli.main({words.split()!r})")
    # What the interpreter loads for itself depends on how it was installed.
    assert loaded & HEAVY <= modules_after("pass")


@pytest.mark.parametrize(
    "words", ["build --recipe smoke", "--footage", 'name = "mine"', "exit codes:", "130", *STAGE_NAMES]
)
def test_help_teaches(capsys: pytest.CaptureFixture[str], words: str) -> None:
    assert main(["--help"]) == 0
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("command", ["build", "table", "compile", "sheet", "probe", *STAGE_NAMES])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--help"]) == 0
    assert f"usage: stillwatch-convert {command}" in capsys.readouterr().out


def test_version_is_that_of_the_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"stillwatch-convert {__version__}\n"


def test_nothing_asked_is_answered_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: stillwatch-convert" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param("trian", "invalid choice: 'trian'", id="misspelt-command"),
        pytest.param("build", "--recipe", id="build-wants-a-recipe"),
        pytest.param("train", "--recipe", id="a-stage-wants-a-recipe"),
        pytest.param("build --recipe smoke --until dawn", "--until", id="until-is-a-stage"),
        pytest.param("build --recipe smok", "did you mean smoke?", id="nearest-recipe"),
        pytest.param("build --recipe smoke --footage nowhere", "nowhere: no such folder", id="no-footage"),
        pytest.param("build --recipe smoke --out x --until train", "no bundle yet", id="out-without-bundle"),
        pytest.param("build --recipe smoke --out .", "name the folder itself", id="out-without-a-name"),
        pytest.param(
            "build --recipe smoke --out convert", "holds something that is no bundle", id="out-taken"
        ),
        pytest.param("build --recipe smoke --out README.md", "not a folder", id="out-is-a-file"),
        pytest.param("build --recipe smoke --until synth --force train", "comes after", id="force-too-late"),
        pytest.param("evaluate --pairs x --out y --force", "--force is for", id="force-without-a-stage"),
        pytest.param("audit --model x --target cpu --work w", "--work is for", id="work-without-a-stage"),
        pytest.param("evaluate", "--pairs and --out missing", id="evaluate-what"),
        pytest.param("evaluate --pairs x", "--out missing", id="evaluate-where-to"),
        pytest.param("evaluate --recipe smoke --float", "--float is not", id="two-ways-at-once"),
        pytest.param(
            "evaluate --model a --method ecc --pairs x --out y", "not allowed with", id="model-or-method"
        ),
        pytest.param("evaluate --pairs x --out y --threads 0", "from 1 to 256", id="no-threads"),
        pytest.param("audit --model x", "--target missing", id="audit-for-what"),
        pytest.param("audit --model x --target pi", "invalid choice: 'pi'", id="unknown-hardware"),
        pytest.param("sheet --recipe smoke --out x --count 9999", "from 1 to 1000", id="too-large-a-sheet"),
        pytest.param("sheet --recipe smoke --out x --count \u0663", "from 1 to 1000", id="foreign-digits"),
    ],
)
def test_wrong_arguments_are_told(capsys: pytest.CaptureFixture[str], arguments: str, words: str) -> None:
    assert main(arguments.split()) == 2
    assert words in capsys.readouterr().err


def test_all_mistakes_of_a_recipe_are_told_one_per_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[recipe]\nnam = 'a'\n[train]\nepochs = 0\n", encoding="utf-8")
    assert main(["build", "--recipe", str(recipe)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert all(line.startswith(f"stillwatch-convert: {recipe}") for line in told)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["train", "--recipe", "smoke", "--work", str(tmp_path / "file")]) == 5
    assert "--work DIR" in capsys.readouterr().err


def test_a_stage_alone_says_what_to_run_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--recipe", "smoke", "--work", str(tmp_path)]) == 2
    assert "`stillwatch-convert synth` first" in capsys.readouterr().err


def test_a_build_ends_with_a_table_of_what_came_of_each_stage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(tmp_path), TABLE) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == [stage.name for stage in TABLE]
    assert "loss 0.25" in out
    assert f"The bundle is in {tmp_path / 'bundle' / 'bundle'}." in err


def test_with_json_standard_output_is_for_programs_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(tmp_path, json=True, quiet=True), TABLE) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert (events[-1]["event"], events[-1]["passed"]) == ("ended", True)
    assert events[-1]["figures"]["learn"]["loss"] == 0.25
    assert err == ""


def test_a_model_that_is_not_good_enough_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "strict.toml"
    recipe.write_text('[recipe]\nname = "strict"\n[gate]\nmin_f1 = 0.99\n', encoding="utf-8")
    out = tmp_path / "out"
    assert run(arguments(tmp_path / "work", recipe=str(recipe), out=out), TABLE) == 1
    assert "Not passed: judge" in capsys.readouterr().err
    assert not out.exists()


def test_the_bundle_is_copied_to_where_it_is_wanted_in_place_of_an_older_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for version in ("1", "2"):
        recipe = tmp_path / "mine.toml"
        recipe.write_text(f'[recipe]\nname = "mine"\nversion = "{version}"\n', encoding="utf-8")
        assert run(arguments(tmp_path / "work", recipe=str(recipe), out=out), TABLE) == 0
        assert (out / "contract.json").read_text(encoding="utf-8") == version


def test_a_place_where_no_copy_can_be_put_is_told_with_where_the_bundle_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"the bundle itself is whole, in .*bundle"):
        run(arguments(tmp_path / "work", out=tmp_path / "file" / "out"), TABLE)


def test_the_work_folder_is_named_after_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments(None), TABLE) == 0
    assert (tmp_path / "out" / "convert" / "smoke" / "bundle").is_dir()


def test_footage_of_the_command_line_takes_the_place_of_the_recipes(tmp_path: Path) -> None:
    footage = tmp_path / "footage"
    footage.mkdir()
    (footage / "a.png").write_bytes(b"picture")
    assert run(arguments(tmp_path / "work", footage=footage), TABLE) == 0
    said = json.loads((tmp_path / "work" / "paint" / "provenance.json").read_text(encoding="utf-8"))
    assert "footage" in said["inputs"]


def test_two_builds_in_one_folder_do_not_collide(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from convert.pipeline.artifact import Artifacts\n"
        "with Artifacts(Path(sys.argv[1])).held(): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ConfigError, match="another build is at work"):
            run(arguments(tmp_path), TABLE)
        other.communicate("")
    assert run(arguments(tmp_path), TABLE) == 0
