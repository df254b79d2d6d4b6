from __future__ import annotations

import argparse
import fcntl
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from convert.bundle.folder import model_of
from convert.compile_coral import COMPILED, compiled, parse, run
from edge.bundle_files import read_bundle
from edge.errors import ConfigError, ModelError
from tests.tiny_models import store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system

HEAD = """\
Edge TPU Compiler version 16.0.384591198
Started a compilation timeout timer of 180 seconds.

Model compiled successfully in 246 ms.

Input model: model.tflite
Input size: 83.60KiB
Output model: model_edgetpu.tflite
Output size: 152.36KiB
On-chip memory used for caching model parameters: 61.00KiB
On-chip memory remaining for caching model parameters: 7.63MiB
Off-chip memory used for streaming uncached model parameters: 0.00B
Number of Edge TPU subgraphs: {subgraphs}
Total number of operations: {total}
Operation log: model_edgetpu.log
{note}
Operator                       Count      Status

"""
PARTLY = """
Model successfully compiled but not all operations are supported by the Edge TPU. A percentage of the \
model will instead run on the CPU, which is slower. For details, visit g.co/coral/model-reqs.
Number of operations that will run on Edge TPU: 24
Number of operations that will run on CPU: 3
"""
WHOLE = HEAD.format(subgraphs=1, total=27, note="") + (
    "SUB                            9          Mapped to Edge TPU\n"
    "MAX_POOL_2D                    8          Mapped to Edge TPU\n"
    "CONV_2D                        10         Mapped to Edge TPU\n"
    "Compilation child process completed within timeout period.\n"
    "Compilation succeeded!\n"
)
PART = HEAD.format(subgraphs=1, total=27, note=PARTLY) + (
    "SUB                            9          Mapped to Edge TPU\n"
    "RESIZE_BILINEAR                1          Operation version not supported\n"
    "CONV_2D                        15         Mapped to Edge TPU\n"
    "CONV_2D                        2          More than one subgraph is not supported\n"
)
CHILD = (
    "import fcntl, sys, time; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX);"
    " time.sleep(float(sys.argv[2]))"
)
GARBAGE = "Segmentation fault? \x1b[31mno idea\x1b[0m\n"


def compiler(
    folder: Path, *, says: str = WHOLE, code: int = 0, writes: bool = True, sleeps_s: float = 0.0
) -> Path:
    """Make a program that stands in for Google's: takes the same arguments, writes and says the same.

    Args:
        folder: Where the program goes.
        says: What it prints.
        code: Its exit code.
        writes: Whether it leaves a compiled model.
        sleeps_s: How long a child of it works before that.
    """
    program = folder / "edgetpu_compiler"
    program.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent(
            f"""\
            import pathlib, subprocess, sys
            show, out, folder, model = sys.argv[1:]
            assert (show, out) == ("-s", "-o")
            subprocess.run([sys.executable, "-c", {CHILD!r}, "{folder / "lock"}", "{sleeps_s}"], check=True)
            print({says!r})
            if {writes}:
                content = pathlib.Path(model).read_bytes()
                (pathlib.Path(folder) / "model_edgetpu.tflite").write_bytes(b"compiled " + content)
            sys.exit({code})
            """
        )
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    return store(folder)


def arguments(bundle: Path) -> argparse.Namespace:
    return argparse.Namespace(target="coral", model=bundle)


def found_on_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))


def test_a_model_that_is_mapped_whole_is_in_the_bundle_afterwards(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found_on_path(compiler(tmp_path), monkeypatch)
    assert run(arguments(bundle)) == 0
    found = {file.delegate: file for file in read_bundle(bundle).files}
    assert set(found) == {"cpu", "float", "coral"}
    assert model_of(bundle, found["coral"]) == b"compiled " + model_of(bundle, found["cpu"])
    assert found["coral"].inputs == found["cpu"].inputs
    assert "27 of 27 operators run on the Edge TPU" in capsys.readouterr().out


def test_compiling_again_takes_the_place_of_what_was_compiled_before(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_on_path(compiler(tmp_path), monkeypatch)
    assert (run(arguments(bundle)), run(arguments(bundle))) == (0, 0)
    assert [file.delegate for file in read_bundle(bundle).files].count("coral") == 1


def test_a_model_that_is_mapped_in_part_is_told_and_left_out(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found_on_path(compiler(tmp_path, says=PART), monkeypatch)
    assert run(arguments(bundle)) == 1
    told = capsys.readouterr().out
    assert "24 of 27 operators run on the Edge TPU" in told
    assert "RESIZE_BILINEAR x 1: Operation version not supported" in told
    assert not (bundle / COMPILED).exists()
    assert "coral" not in {file.delegate for file in read_bundle(bundle).files}


def test_without_the_compiler_it_says_where_to_get_it(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match=r"packages\.cloud\.google\.com/apt coral-edgetpu-stable main"):
        run(arguments(bundle))


def test_what_is_no_bundle_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found_on_path(compiler(tmp_path), monkeypatch)
    with pytest.raises(ModelError, match=r"contract\.json"):
        run(arguments(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param(
            {"says": "Internal compiler error. Aborting!", "code": 1, "writes": False},
            "exit code 1: .*Aborting",
            id="it-fails",
        ),
        pytest.param(
            {"says": "Compilation failed!", "writes": False},
            "no report: .*failed!",
            id="it-fails-without-saying-so",
        ),
        pytest.param({"says": GARBAGE}, "no report", id="garbage"),
        pytest.param({"says": ""}, "no report: nothing", id="silence"),
        pytest.param(
            {"says": WHOLE.replace("operations: 27", "operations: 28")}, "no report", id="wrong-sums"
        ),
        pytest.param({"writes": False}, "No such file", id="no-model"),
    ],
)
def test_a_compiler_that_fails_is_told_with_its_words(
    program: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=words):
        compiled(b"model", str(compiler(tmp_path, **program)), timeout_s=60)


def test_a_compiler_that_does_not_end_is_ended_with_its_child(tmp_path: Path) -> None:
    program = compiler(tmp_path, sleeps_s=100)
    with pytest.raises(ModelError, match=r"did not end within 2 s"):
        compiled(b"model", str(program), timeout_s=2)
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # else this waits until the test has taken too long


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be started"):
        compiled(b"model", str(tmp_path / "missing"), timeout_s=60)


def test_a_report_is_read_row_by_row() -> None:
    report = parse(PART)
    assert (report.subgraphs, report.operations, report.mapped) == (1, 27, 24)
    assert [(row.kind, row.count) for row in report.left] == [("RESIZE_BILINEAR", 1), ("CONV_2D", 2)]
    assert not report.complete
    assert parse(WHOLE).complete


def test_two_pieces_are_not_the_whole() -> None:
    assert not parse(WHOLE.replace("subgraphs: 1", "subgraphs: 2")).complete
