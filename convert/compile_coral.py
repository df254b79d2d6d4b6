"""``stillwatch-convert compile --target coral``: a bundle's model, compiled for Coral's Edge TPU.

The compiler is Google's, closed, and installed by the user. Its report decides: a
model is taken into the bundle only when all of it runs on the Edge TPU.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from convert.bundle.folder import model_of
from convert.evaluate.writing import write_bytes
from convert.model_files import INT8
from edge.bundle_files import read_bundle, read_file
from edge.core import bundles
from edge.errors import ConfigError, ModelError

if TYPE_CHECKING:
    import argparse

COMPILER = "edgetpu_compiler"
COMPILED = "model_edgetpu.tflite"
TIMEOUT_S = 600.0
"""The compiler gives up by itself after 180 s for each of its attempts."""

NOT_MAPPED = 1
MOST_CHARS = 300
MOST_BYTES = 1_000_000

INSTALL = (
    "it runs on amd64 Debian and Ubuntu only, from Google's archive: add the line"
    ' "deb https://packages.cloud.google.com/apt coral-edgetpu-stable main" to /etc/apt/sources.list.d,'
    " then apt-get install edgetpu-compiler"
)
MAPPED = "Mapped to Edge TPU"
_SUBGRAPHS = re.compile(r"^Number of Edge TPU subgraphs: (\d{1,9})\s*$", re.MULTILINE)
_TOTAL = re.compile(r"^Total number of operations: (\d{1,9})\s*$", re.MULTILINE)
_ROW = re.compile(r"^([A-Z][A-Z0-9_]*|custom\S*)[ \t]+(\d{1,9})[ \t]+(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of some operators of one kind.

    Attributes:
        kind: Such as ``CONV_2D``.
        count: How many.
        status: The compiler's words.
    """

    kind: str
    count: int
    status: str


@dataclass(frozen=True, slots=True)
class CompilerReport:
    """What ``edgetpu_compiler -s`` said.

    Attributes:
        subgraphs: Pieces that run on the Edge TPU.
        operations: Operators in all.
        rows: What became of them.
    """

    subgraphs: int
    operations: int
    rows: tuple[Row, ...]

    @property
    def left(self) -> tuple[Row, ...]:
        """What runs on the processor."""
        return tuple(row for row in self.rows if row.status != MAPPED)

    @property
    def mapped(self) -> int:
        """How many operators run on the Edge TPU."""
        return sum(row.count for row in self.rows if row.status == MAPPED)

    @property
    def complete(self) -> bool:
        """Whether everything runs on the Edge TPU, in one piece."""
        return self.subgraphs == 1 and self.mapped == self.operations


def run(args: argparse.Namespace) -> int:
    """Compile a bundle's model, and take it into the bundle when all of it is mapped.

    Args:
        args: ``model``, the bundle's folder.

    Returns:
        0 when it is in the bundle now; 1 when some of it would run on the processor.

    Raises:
        ConfigError: The compiler is not installed.
        ModelError: The bundle cannot be used, or the compiler fails.
        StorageError: The disk refuses.
    """
    folder: Path = args.model
    compiler = shutil.which(COMPILER)
    if compiler is None:
        msg = f"{COMPILER} is not installed: {INSTALL}"
        raise ConfigError(msg)
    bundle = read_bundle(folder)
    cpu = next(file for file in bundle.files if file.delegate == "cpu")
    content, report = compiled(model_of(folder, cpu), compiler, timeout_s=TIMEOUT_S)
    sys.stdout.write(table(report))
    if not report.complete:
        sys.stdout.write(
            "The bundle stays as it is: a model that runs in parts on the processor is slower than one"
            " without an Edge TPU. `audit --target coral` names operators that break a published rule.\n"
        )
        return NOT_MAPPED
    # The contract last: by it the file counts.
    write_bytes(folder / COMPILED, content)
    entry = replace(cpu, name=COMPILED, delegate="coral", sha256=hashlib.sha256(content).hexdigest())
    files = (*(file for file in bundle.files if file.delegate != entry.delegate), entry)
    write_bytes(folder / bundles.CONTRACT, bundles.format(replace(bundle, files=files)).encode())
    sys.stdout.write(f"{folder / COMPILED} is in the bundle now.\n")
    return 0


def compiled(content: bytes, compiler: str, *, timeout_s: float) -> tuple[bytes, CompilerReport]:
    """Run the compiler on an int8 TFLite file.

    Args:
        content: The file.
        compiler: Path of ``edgetpu_compiler``.
        timeout_s: Most seconds it may take.

    Returns:
        The compiled file, and what became of each operator.

    Raises:
        ModelError: The compiler fails, takes too long, or says what nobody understands.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = folder / INT8
        model.write_bytes(content)
        said = _said([compiler, "-s", "-o", str(folder), str(model)], folder / "said", timeout_s)
        report = parse(said)
        return read_file(folder / COMPILED), report


def parse(said: str) -> CompilerReport:
    """Read what ``edgetpu_compiler -s`` prints.

    Raises:
        ModelError: It is no report, or its counts contradict one another.
    """
    subgraphs, total = _SUBGRAPHS.search(said), _TOTAL.search(said)
    rows = tuple(Row(kind, int(count), status) for kind, count, status in _ROW.findall(said))
    if subgraphs is None or total is None or sum(row.count for row in rows) != int(total[1]):
        msg = f"{COMPILER} said what is no report: {_shortened(said)}: update it, or compile by hand"
        raise ModelError(msg)
    return CompilerReport(int(subgraphs[1]), int(total[1]), rows)


def table(report: CompilerReport) -> str:
    """Return the report as a table for people."""
    mapped = f"{report.mapped} of {report.operations} operators run on the Edge TPU"
    lines = [f"{mapped}; pieces: {report.subgraphs}"]
    lines += [f"  ! {row.kind} x {row.count}: {row.status}" for row in report.left]
    return "\n".join(lines) + "\n"


def _said(command: list[str], log: Path, timeout_s: float) -> str:
    """Run a command; return what it printed.

    Raises:
        ModelError: It cannot be started, fails, or takes too long.
    """
    with log.open("wb") as out:
        try:
            # A session of its own: the compiler works in a child, which must end with it.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            msg = f"{command[0]} cannot be started: {error.strerror or error}: {INSTALL}"
            raise ModelError(msg) from error
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            _end(process)
            msg = f"{COMPILER} did not end within {timeout_s:g} s: use smaller pictures, or fewer channels"
            raise ModelError(msg) from error
        except KeyboardInterrupt:
            _end(process)
            raise
    with log.open("rb") as file:
        said = file.read(MOST_BYTES).decode(errors="replace")
    if code:
        msg = (
            f"{COMPILER} failed with exit code {code}: {_shortened(said)}:"
            " `stillwatch-convert audit --target coral` may say why"
        )
        raise ModelError(msg)
    return said


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _shortened(said: str) -> str:
    return " ".join(said.split())[-MOST_CHARS:] or "nothing"
