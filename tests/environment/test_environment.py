from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Stands for an interpreter: answers the probe, makes a .venv of itself, installs nothing.
INTERPRETER = """#!/bin/sh
case "$1 $2" in
  "-c "*) printf '%s\\n%s\\n%s\\n' '{version}' '{bits}' '{lacks}' ;;
  "-m venv") echo "venv $0" >> '{log}'; /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;;
  "-m pip") shift 2; echo "pip $*" >> '{log}'; exit {pip_exit} ;;
esac
"""
STAND_IN = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


class Done(NamedTuple):
    """How ``environment.py`` ended, and what it said."""

    exit_code: int
    said: str
    faults: list[str]


class Checkout:
    """A folder with ``environment.py`` in it, and a PATH of pretended interpreters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.path = folder / "bin"
        self.log = folder / "log"
        self.folder.mkdir()
        self.path.mkdir()
        for name in ("environment.py", "pyproject.toml"):
            (self.folder / name).write_bytes((ROOT / name).read_bytes())

    def python(self, name: str, version: str, *, bits: int = 64, lacks: str = "", pip_exit: int = 0) -> None:
        """Put an interpreter on PATH that says this about itself."""
        spaced = version.replace(".", " ")
        text = INTERPRETER.format(version=spaced, bits=bits, lacks=lacks, pip_exit=pip_exit, log=self.log)
        self.program(self.path / name, text)

    def program(self, path: Path, text: str) -> None:
        """Write an executable script."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def prepare(self, *extras: str, python: str = "") -> Done:
        """Run ``environment.py`` for these extras."""
        done = subprocess.run(
            [sys.executable, self.folder / "environment.py", *extras],
            env={"PATH": str(self.path), "PYTHON": python, "TMPDIR": str(self.folder.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr.splitlines())

    def deeds(self) -> list[str]:
        """Return what was made and installed so far: ``venv PROGRAM``, ``pip ARGUMENTS``."""
        if not self.log.exists():
            return []
        text = self.log.read_text(encoding="utf-8").replace(f"{self.path}/", "")
        return [re.sub(r"pip install .*--editable ", "pip ", line) for line in text.splitlines()]


def by_hand(checkout: Checkout, *, pip_exit: int = 0) -> Path:
    """Make a ``.venv`` as somebody would by hand; return something of theirs in it."""
    checkout.python("python3.11", "3.11.2", pip_exit=pip_exit)
    text = (checkout.path / "python3.11").read_text(encoding="utf-8")
    checkout.program(checkout.folder / ".venv/bin/python", text)
    theirs = checkout.folder / ".venv/theirs"
    theirs.touch()
    return theirs


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize(
    ("name", "version", "bits", "lacks", "fault"),
    [
        pytest.param("python2", "2.7.18", 64, "", r"found: none\): \w", id="no-python-3-at-all"),
        pytest.param("python3", "3.9.2", 64, "", r"found: 3\.9\.2\): \w", id="only-an-old-one"),
        pytest.param("python3", "3.15.0", 64, "", r"found: 3\.15\.0\): \w", id="only-one-we-do-not-know"),
        pytest.param(
            "python3.12", "3.12.1", 32, "", r"32-bit build.*: install a 64-bit", id="a-32-bit-build"
        ),
        pytest.param(
            "python3.11",
            "3.11.2",
            64,
            "ensurepip",
            r"lacks ensurepip: .*python@?3\.11",
            id="debian-without-venv",
        ),
    ],
)
def test_a_python_that_will_not_do_is_one_line_with_its_cure(
    checkout: Checkout, name: str, version: str, bits: int, lacks: str, fault: str
) -> None:
    checkout.python(name, version, bits=bits, lacks=lacks)
    done = checkout.prepare("demo")
    assert done.exit_code == 2
    assert len(done.faults) == 1
    assert re.search(fault, done.faults[0])


def test_every_fault_is_told_in_one_pass(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0", lacks="venv ensurepip")
    checkout.python("python3.10", "3.10.1", bits=32)
    checkout.program(checkout.folder / ".venv/bin/python", "#!/bin/sh\nprintf '3 9 1\\n64\\n\\n'\n")
    faults = checkout.prepare("demo").faults
    causes = ["lacks venv and ensurepip", "32-bit", "not made by make"]
    assert [cause in fault for cause, fault in zip(causes, faults, strict=True)] == [True] * 3


def test_nothing_is_made_when_something_is_wrong(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0", lacks="ensurepip")
    checkout.prepare("demo")
    assert checkout.deeds() == []
    assert not (checkout.folder / ".venv").exists()


def test_the_newest_python_is_picked(checkout: Checkout) -> None:
    for minor in (10, 11, 12, 13):
        checkout.python(f"python3.{minor}", f"3.{minor}.0")
    checkout.prepare("demo")
    assert checkout.deeds() == ["venv python3.13", "pip .[demo]"]


def test_a_stand_in_that_does_not_run_is_passed_over(checkout: Checkout) -> None:
    checkout.program(checkout.path / "python3.13", STAND_IN)
    checkout.python("python3.11", "3.11.2")
    checkout.prepare("demo")
    assert checkout.deeds()[0] == "venv python3.11"


def test_an_older_python_with_venv_beats_a_newer_one_without(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0", lacks="ensurepip")
    checkout.python("python3.11", "3.11.2")
    assert checkout.prepare("demo").exit_code == 0
    assert checkout.deeds()[0] == "venv python3.11"


def test_plain_python3_serves_when_its_version_does(checkout: Checkout) -> None:
    checkout.python("python3", "3.14.0")
    checkout.prepare("demo")
    assert checkout.deeds()[0] == "venv python3"


def test_where_training_is_wanted_a_python_without_tensorflow_is_one_line_with_its_cure(
    checkout: Checkout,
) -> None:
    checkout.python("python3", "3.14.0")
    done = checkout.prepare("convert", "demo")
    assert (done.exit_code, checkout.deeds(), len(done.faults)) == (2, [], 1)
    assert re.search(r"3\.10 to 3\.13 \(TensorFlow .*found: 3\.14\.0\): .*python@?3\.13", done.faults[0])


def test_where_training_is_wanted_the_python_asked_for_must_have_tensorflow(checkout: Checkout) -> None:
    checkout.python("mine", "3.14.0")
    done = checkout.prepare("convert", python="mine")
    assert "Python 3.14.0 (mine) is not 3.10 to 3.13 (TensorFlow" in done.faults[0]


def test_where_training_is_wanted_an_environment_without_tensorflow_is_made_again(checkout: Checkout) -> None:
    checkout.python("python3", "3.14.0")
    checkout.prepare("demo")
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("convert")
    assert checkout.deeds()[-2:] == ["venv python3.13", "pip .[convert]"]


def test_the_python_asked_for_is_taken(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0")
    checkout.python("mine", "3.10.1")
    checkout.prepare("demo", python="mine")
    assert checkout.deeds()[0] == "venv mine"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        pytest.param("nowhere", "PYTHON=nowhere does not start", id="absent"),
        pytest.param("mine", "Python 3.8.1 (mine) is not 3.10 to", id="too-old"),
    ],
)
def test_no_other_python_is_taken_than_the_one_asked_for(checkout: Checkout, asked: str, fault: str) -> None:
    checkout.python("python3.13", "3.13.0")
    checkout.python("mine", "3.8.1")
    done = checkout.prepare("demo", python=asked)
    assert (done.exit_code, len(done.faults)) == (2, 1)
    assert fault in done.faults[0]


def test_a_second_run_does_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("demo")
    before = checkout.deeds()
    assert checkout.prepare("demo") == Done(0, "", [])
    assert checkout.deeds() == before


def test_more_extras_are_added_to_what_is_there(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0")
    for extras in (["demo"], ["test"], ["demo"]):
        checkout.prepare(*extras)
    assert checkout.deeds() == ["venv python3.13", "pip .[demo]", "pip .[demo,test]"]


def test_new_requirements_are_installed_into_what_is_there(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("demo")
    with (checkout.folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("# changed\n")
    checkout.prepare("demo")
    assert checkout.deeds() == ["venv python3.13", "pip .[demo]", "pip .[demo]"]


def test_a_newer_python_on_path_leaves_a_good_environment_alone(checkout: Checkout) -> None:
    checkout.python("python3.11", "3.11.2")
    checkout.prepare("demo")
    checkout.python("python3.13", "3.13.0")
    assert checkout.prepare("demo").said == ""


def test_another_python_asked_for_remakes_the_environment(checkout: Checkout) -> None:
    checkout.python("python3.11", "3.11.2")
    checkout.prepare("demo")
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("demo", python="python3.13")
    assert checkout.deeds()[-2:] == ["venv python3.13", "pip .[demo]"]


def test_a_half_made_environment_is_made_again(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0", pip_exit=1)
    half = checkout.prepare("demo")
    checkout.python("python3.13", "3.13.0")
    whole = checkout.prepare("demo")
    assert (half.exit_code, whole.exit_code) == (2, 0)
    assert checkout.deeds() == ["venv python3.13", "pip .[demo]"] * 2


def test_a_failed_download_says_what_to_do(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0", pip_exit=1)
    assert "run this again" in checkout.prepare("demo").faults[-1]


def test_an_environment_that_was_moved_is_made_again(checkout: Checkout) -> None:
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("demo")
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("elsewhere"))
    checkout.prepare("demo")
    assert checkout.deeds() == ["venv python3.13", "pip .[demo]"] * 2


def test_an_environment_made_by_hand_is_used(checkout: Checkout) -> None:
    by_hand(checkout)
    for _ in range(2):
        checkout.prepare("demo")
    assert checkout.deeds() == ["pip .[demo]"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#!/bin/sh\nprintf '3 9 1\\n64\\n\\n'\n", id="of-another-version"),
        pytest.param(STAND_IN, id="that-no-longer-starts"),
    ],
)
def test_an_environment_made_by_hand_is_never_deleted(checkout: Checkout, text: str) -> None:
    checkout.python("python3.13", "3.13.0")
    theirs = checkout.folder / ".venv/bin/python"
    checkout.program(theirs, text)
    done = checkout.prepare("demo")
    assert f"rm -r {checkout.folder / '.venv'}" in done.faults[0]
    assert theirs.exists()


def test_an_environment_made_by_hand_outlives_a_pip_that_fails(checkout: Checkout) -> None:
    theirs = by_hand(checkout, pip_exit=1)
    exit_codes = [checkout.prepare("demo").exit_code, checkout.prepare("demo").exit_code]
    assert (exit_codes, checkout.deeds()) == ([2, 2], ["pip .[demo]"] * 2)
    assert theirs.exists()


def test_an_environment_made_by_hand_outlives_a_later_pip_that_fails(checkout: Checkout) -> None:
    by_hand(checkout)
    checkout.prepare("demo")
    theirs = by_hand(checkout, pip_exit=1)
    for _ in range(2):
        checkout.prepare("test")
    assert theirs.exists()


def test_an_environment_made_by_hand_outlives_another_python_that_is_asked_for(checkout: Checkout) -> None:
    theirs = by_hand(checkout)
    checkout.python("python3.13", "3.13.0")
    checkout.prepare("demo")
    done = checkout.prepare("demo", python="python3.13")
    assert "rm -r" in done.faults[0]
    assert theirs.exists()


def test_an_unknown_extra_is_refused(checkout: Checkout) -> None:
    assert checkout.prepare("demmo") == Done(2, "", ["stillwatch: no extra is named demmo"])


@pytest.mark.parametrize(
    ("free_mb", "temporary_mb", "faults"),
    [
        pytest.param(500, environment.TEMPORARY_MB, 0, id="just-enough-is-enough"),
        pytest.param(499, environment.TEMPORARY_MB, 1, id="disk-too-full"),
        pytest.param(500, environment.TEMPORARY_MB - 1, 1, id="folder-for-temporary-files-too-full"),
        pytest.param(0, 0, 2, id="both"),
    ],
)
def test_too_little_space(free_mb: int, temporary_mb: int, faults: int) -> None:
    assert len(environment.space_faults(500, free_mb, temporary_mb)) == faults


def test_a_folder_that_refuses_files_is_a_fault_even_for_root(tmp_path: Path) -> None:
    assert environment.folder_faults(tmp_path) == []
    assert "cannot write to" in environment.folder_faults(tmp_path / "absent")[0]
    assert list(tmp_path.iterdir()) == []


def test_it_can_be_read_by_the_pythons_it_turns_away() -> None:
    ast.parse((ROOT / "environment.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_knows_the_size_of_every_extra() -> None:
    assert set(environment.SIZE_MB) - {""} == set(PROJECT["optional-dependencies"])


def test_it_takes_the_versions_that_the_package_takes() -> None:
    assert PROJECT["requires-python"] == ">={}.{}".format(*environment.OLDEST)
