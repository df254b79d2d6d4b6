"""The ``audit`` stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.audit import coral, cpu
from convert.audit.report import table
from convert.evaluate.writing import as_json, write_bytes
from convert.model_files import FLOAT, INT8, ONNX
from convert.pipeline.results import PASSED
from edge.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.audit.report import Report
    from convert.pipeline.stage import StageContext

JSON, TEXT = "audit.json", "audit.txt"


def stage(context: StageContext) -> Mapping[str, object]:
    """Write ``audit.json`` and ``audit.txt``; return ``passed`` and figures; see ``convert.pipeline.stage``.

    Raises:
        ModelError: A model file cannot be read.
        StorageError: One is not there.
    """
    from convert.audit import jetson  # noqa: PLC0415 - the command audits other targets without ONNX

    models = context.inputs["quantize"]
    int8, unrounded, onnx = (_content(models / name) for name in (INT8, FLOAT, ONNX))
    reports = [
        cpu.audit(int8, file=INT8),
        coral.audit(int8, file=INT8),
        jetson.audit(onnx, file=ONNX, unrounded=unrounded),
    ]
    write_bytes(context.partial / JSON, as_json([report.as_json() for report in reports]))
    write_bytes(context.partial / TEXT, f"{table(reports)}\n".encode())
    for report in reports:
        for violation in report.violations:
            context.progress.say(f"{report.target}: {violation}")
    return {PASSED: all(report.clean for report in reports), **_figures(reports)}


def _figures(reports: list[Report]) -> dict[str, object]:
    wanted = ("size_kb", "operators", "partitions", "outside", "parameters", "multiplications")
    facts = {name: reports[0].facts[name] for name in wanted}
    return {
        **facts,
        "violations": [f"{each.target}: {broken}" for each in reports for broken in each.violations],
    }


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: {error.strerror or error}; run `stillwatch-convert quantize` again"
        raise StorageError(msg) from error
