"""Make ``.venv`` and install what a Makefile target needs, if that has not been done.

``python3 environment.py demo test`` installs this checkout with those extras. What would
go wrong is looked for first, before anything is downloaded: every fault is one line with
its cure, and the exit code is 2. Runs on Python 3.6, so that it can say "too old" itself.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "stillwatch.json"

OLDEST, NEWEST = (3, 10), (3, 14)
NEWEST_TO_TRAIN = (3, 13)  # TensorFlow has no build for a newer one
NAMES = ("python3.13", "python3.12", "python3.11", "python3.10", "python3")
PROBE = """
import sys
from importlib.util import find_spec
print(*sys.version_info[:3])
print(64 if sys.maxsize > 2**32 else 32)
print(*[name for name in ("venv", "ensurepip", "pip") if find_spec(name) is None])
"""
MAC = sys.platform == "darwin"
INSTALL = "brew install python@3.13" if MAC else "sudo apt install python3 python3-venv"

# Megabytes on disk, by extra, on x86-64 Linux; "" is what a device needs.
SIZE_MB: Dict[str, int] = {
    "": 320,
    "demo": 260,
    "test": 150,
    "jetson": 80,
    "tflite": 10,
    "consume": 20,
    "convert": 2000,
}
# pip unpacks in the folder for temporary files before it installs.
TEMPORARY_MB = 250


class Python(NamedTuple):
    """An interpreter that answered.

    Attributes:
        program: Name or path that starts it.
        version: Major, minor, micro.
        bits: Width of an address.
        lacks: Those of ``venv``, ``ensurepip``, ``pip`` that it cannot import.
    """

    program: str
    version: Tuple[int, ...]
    bits: int
    lacks: Tuple[str, ...]

    @property
    def number(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))

    def in_range(self, extras: List[str]) -> bool:
        """Say whether stillwatch with these extras runs on this version."""
        return OLDEST <= self.version[:2] <= newest(extras)


class Stamp(NamedTuple):
    """What a ``.venv`` holds.

    Attributes:
        folder: The checkout it was made in; its scripts hold that path.
        project: Digest of ``pyproject.toml``.
        python: Version of its interpreter.
        extras: Sorted.
        made: Whether we made it: what somebody made by hand is never deleted.
    """

    folder: str
    project: str
    python: str
    extras: List[str]
    made: bool = False


UNFINISHED = Stamp("", "", "", [], made=True)


def probe(program: str) -> Optional[Python]:
    """Ask an interpreter what it is.

    Returns:
        ``None`` when it is absent, or answers nothing sensible, as pyenv's stand-ins
        for versions that are not selected do.
    """
    try:
        done = subprocess.run(
            [program, "-c", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
            timeout=30,
            check=True,
        )
        version, bits, lacks = done.stdout.splitlines()
        return Python(program, tuple(map(int, version.split())), int(bits), tuple(lacks.split()))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def newest(extras: List[str]) -> Tuple[int, int]:
    """Return the newest version on which stillwatch with these extras runs."""
    return NEWEST_TO_TRAIN if "convert" in extras else NEWEST


def span(extras: List[str]) -> str:
    """Return from which version to which one stillwatch with these extras runs."""
    why = " (TensorFlow has no build for a newer one)" if "convert" in extras else ""
    return f"3.{OLDEST[1]} to 3.{newest(extras)[1]}{why}"


def cure(extras: List[str]) -> str:
    """Return how to come by such a version."""
    newer = "convert" in extras and not MAC
    return "sudo apt install python3.13-venv, or uv python install 3.13" if newer else INSTALL


def fault_of(python: Python, extras: List[str]) -> str:
    """Return why a ``.venv`` for these extras cannot be made with it, with the cure; empty when it can."""
    name = f"Python {python.number} ({python.program})"
    if not python.in_range(extras):
        return f"{name} is not {span(extras)}: {cure(extras)}"
    if python.bits != 64:  # noqa: PLR2004 - a width in bits says what it is
        return f"{name} is a 32-bit build, and OpenCV has none: install a 64-bit system and Python"
    absent = [module for module in python.lacks if module != "pip"]
    if absent:
        minor = f"3.{python.version[1]}"
        mend = f"brew reinstall python@{minor}" if MAC else f"sudo apt install python{minor}-venv"
        return f"{name} lacks {' and '.join(absent)}: {mend}"
    return ""


def choose(asked: str, extras: List[str]) -> Tuple[Optional[Python], List[str]]:
    """Pick the newest interpreter that can do it, or say why none can.

    Args:
        asked: The user's ``PYTHON``; the only candidate when not empty.
        extras: What will be installed.
    """
    found = [python for python in map(probe, [asked] if asked else NAMES) if python]
    for python in found:
        if not fault_of(python, extras):
            return python, []
    if asked and not found:
        return None, [f"PYTHON={asked} does not start a Python 3: give its name or path"]
    near = [python for python in found if python.in_range(extras) or asked]
    if near:
        return None, [fault_of(python, extras) for python in near]
    seen = ", ".join(sorted({python.number for python in found})) or "none"
    return None, [f"no Python {span(extras)} on PATH (found: {seen}): {cure(extras)}"]


def space_faults(needed_mb: int, free_mb: int, temporary_mb: int) -> List[str]:
    """Say whether the disk, or the folder for temporary files, is too full."""
    faults = []
    if free_mb < needed_mb:
        mend = "free some, or move this folder to a larger disk"
        faults.append(f"{ROOT} has {free_mb} MB free, {needed_mb} MB are needed: {mend}")
    if temporary_mb < TEMPORARY_MB:
        mend = "export TMPDIR=/a/folder/on/a/larger/disk"
        folder = tempfile.gettempdir()
        faults.append(f"{folder} has {temporary_mb} MB free, {TEMPORARY_MB} MB are needed: {mend}")
    return faults


def folder_faults(folder: Path) -> List[str]:
    """Say whether nothing can be written to ``folder``; permissions alone do not tell."""
    try:
        Path(tempfile.mkdtemp(dir=str(folder), prefix=".environment-")).rmdir()
    except OSError as error:
        return [f'cannot write to {folder} ({error.strerror}): sudo chown -R "$USER" {folder}']
    return []


def read_stamp() -> Optional[Stamp]:
    """Return what the last installation left, or ``None``."""
    try:
        return Stamp(**json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(stamp: Stamp) -> None:
    """Leave word for the next run."""
    STAMP.write_text(json.dumps(stamp._asdict()), encoding="utf-8")


def size_mb(extras: List[str]) -> int:
    """Return about how much disk the device's packages and these extras take."""
    return sum(SIZE_MB[extra] for extra in ["", *extras])


def say(line: str) -> None:
    """Tell the user, at once, even through a pipe."""
    print(f"stillwatch: {line}", flush=True)


def install(python: Python, stamp: Stamp, *, remake: bool) -> List[str]:
    """Make the environment where it must be made, and install into it.

    From the first step to the last there is no stamp that says so: an interrupted run shows.
    """
    began = time.monotonic()
    if remake:
        say(f"making .venv with Python {python.number} ({python.program})")
        if VENV.exists():
            shutil.rmtree(str(VENV))
        VENV.mkdir()
    if stamp.made:
        write_stamp(UNFINISHED)
    elif STAMP.exists():
        STAMP.unlink()
    if remake and subprocess.call([python.program, "-m", "venv", str(VENV)]):
        return [f"{python.program} -m venv failed, see above: {INSTALL}"]
    names = ", ".join(["stillwatch", *stamp.extras])
    say(f"installing {names}: about {size_mb(stamp.extras)} MB on disk, up to a few minutes")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    wanted = f".[{','.join(stamp.extras)}]"
    if subprocess.call([*pip, *quiet, "--editable", wanted], cwd=str(ROOT)):
        return ["pip failed, see above: with the network back (proxy: export HTTPS_PROXY=...) run this again"]
    write_stamp(stamp)
    say(f"environment ready after {time.monotonic() - began:.0f} s")
    return []


def prepare(extras: List[str], asked: str) -> List[str]:
    """Bring ``.venv`` to what is wanted; return what stands in the way.

    Args:
        extras: At least these.
        asked: The user's ``PYTHON``; empty for the newest that serves.
    """
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = read_stamp()
    ours = stamp is not None and stamp.made
    inside = probe(str(VENV / "bin" / "python"))
    like = probe(asked) if asked else inside
    keep = False
    missing = extras
    if inside and like and like.version == inside.version and inside.in_range(extras):
        if stamp and stamp.folder == str(ROOT) and stamp.python == inside.number:
            keep = True
            missing = sorted(set(extras) - set(stamp.extras))
            extras = sorted({*extras, *stamp.extras})
            if not missing and stamp.project == project:
                return []
        elif not ours:
            keep = "pip" not in inside.lacks

    python, faults = (inside, []) if keep else choose(asked, extras)
    if VENV.exists() and not keep and not ours:
        fault = "was not made by make, and its Python does not start, lacks pip or is not the one wanted"
        faults.append(f".venv {fault}: rm -r {VENV}")
    faults += folder_faults(ROOT)
    needed_mb = sum(SIZE_MB[extra] for extra in missing) if keep and stamp else size_mb(extras)
    free_mb, temporary_mb = (shutil.disk_usage(path).free // 10**6 for path in (ROOT, tempfile.gettempdir()))
    faults += space_faults(needed_mb, free_mb, temporary_mb)
    if faults or python is None:
        return faults
    made = ours or not keep
    return install(python, Stamp(str(ROOT), project, python.number, extras, made), remake=not keep)


def main(arguments: List[str]) -> int:
    """Prepare the environment for the extras named; return the exit code."""
    unknown = sorted(set(arguments) - set(SIZE_MB))
    if unknown:
        faults = [f"no extra is named {', '.join(unknown)}"]
    else:
        try:
            faults = prepare(sorted(arguments), os.environ.get("PYTHON", ""))
        except OSError as error:
            faults = [f"cannot make .venv: {error}"]
        except KeyboardInterrupt:
            return 130
    for fault in faults:
        print(f"stillwatch: {fault}", file=sys.stderr)
    return 2 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
