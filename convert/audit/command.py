"""``stillwatch-convert audit --model BUNDLE|FILE --target cpu|coral|jetson``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from convert.audit import coral, cpu
from convert.audit.report import Report, Violation, table
from convert.bundle.folder import model_of
from convert.bundle.golden import verify
from convert.tflite import IDENTIFIER
from edge.bundle_files import read_bundle, read_file
from edge.errors import ModelError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

BROKEN = 1


def run(args: argparse.Namespace) -> int:
    """Audit one model file, or the file of a bundle that is made for the target.

    Of a bundle, the golden pairs are looked at too.

    Args:
        args: ``model``, a bundle's folder or a file; ``target``; ``json``, whether to
            print JSON in place of a table.

    Returns:
        0 when no rule is broken, else 1.

    Raises:
        ModelError: There is no such model, or it cannot be read.
    """
    report = _of_bundle(args.model, args.target) if args.model.is_dir() else _of_file(args.model, args.target)
    text = json.dumps(report.as_json(), indent=1) if args.json else table([report])
    sys.stdout.write(f"{text}\n")
    return 0 if report.clean else BROKEN


def _of_bundle(folder: Path, target: str) -> Report:
    bundle = read_bundle(folder)
    found = {file.delegate: file for file in bundle.files}
    # Where nothing was compiled for Coral, the file that would be is looked at.
    file = found.get(target) or (found["cpu"] if target == "coral" else None)
    if file is None:
        has = ", ".join(found)
        msg = f"{folder}: no model for {target}; it has {has}: name another target, or build the bundle again"
        raise ModelError(msg)
    content = model_of(folder, file)
    unrounded = model_of(folder, found["float"]) if "float" in found else None
    report = _AUDITS[target](content, file.name, unrounded)
    faults = tuple(Violation(fault, "build the bundle again") for fault in verify(folder))
    return Report(report.target, report.file, report.facts, report.violations + faults, report.remarks)


def _of_file(path: Path, target: str) -> Report:
    content = read_file(path)
    wanted = ".onnx" if target == "jetson" else ".tflite"
    if (content[4:8] == IDENTIFIER) is (target == "jetson"):
        msg = f"{path}: for {target}, name a bundle or a file that ends in {wanted}"
        raise ModelError(msg)
    return _AUDITS[target](content, path.name, None)


def _jetson(content: bytes, file: str, unrounded: bytes | None) -> Report:
    from convert.audit import jetson  # noqa: PLC0415 - the other targets do without ONNX

    return jetson.audit(content, file=file, unrounded=unrounded)


_AUDITS: dict[str, Callable[[bytes, str, bytes | None], Report]] = {
    "cpu": lambda content, file, _: cpu.audit(content, file=file),
    "coral": lambda content, file, _: coral.audit(content, file=file),
    "jetson": _jetson,
}
