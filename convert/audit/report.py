"""What an audit found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convert.audit.graph import Operator

MOST_SHOWN = 20
"""Violations in a table; a file for another target breaks one rule a hundred times."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the hardware that a model file breaks.

    Attributes:
        what: What is wrong.
        fix: What to do.
        operator: The operator's kind; empty where it is about the file as a whole.
        index: Its place in the file; ``None`` likewise.
    """

    what: str
    fix: str
    operator: str = ""
    index: int | None = None

    def __str__(self) -> str:
        """Return a sentence."""
        where = f"operator {self.index} ({self.operator}): " if self.index is not None else ""
        return f"{where}{self.what}: {self.fix}"


@dataclass(frozen=True, slots=True)
class Report:
    """One model file, held against one target.

    Attributes:
        target: ``cpu``, ``coral`` or ``jetson``.
        file: The file's name.
        facts: What was measured, by short names; numbers or text.
        violations: Rules that it breaks.
        remarks: What only the hardware's own tools can tell.
    """

    target: str
    file: str
    facts: Mapping[str, float | int | str]
    violations: tuple[Violation, ...]
    remarks: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations

    def as_json(self) -> dict[str, object]:
        """Return what JSON can hold."""
        return {
            "target": self.target,
            "file": self.file,
            "clean": self.clean,
            "facts": dict(self.facts),
            "violations": [
                {"operator": each.operator, "index": each.index, "what": each.what, "fix": each.fix}
                for each in self.violations
            ],
            "remarks": list(self.remarks),
        }


def about(operator: Operator, what: str, fix: str) -> Violation:
    """Return a violation by one operator."""
    return Violation(what, fix, operator.kind, operator.index)


def table(reports: Sequence[Report]) -> str:
    """Return a table for people."""
    return "\n\n".join("\n".join(_lines(report)) for report in reports)


def _lines(report: Report) -> list[str]:
    count = len(report.violations)
    verdict = "clean" if report.clean else f"{count} violation{'s' if count > 1 else ''}"
    lines = [f"{report.file} for {report.target}: {verdict}"]
    lines += [f"  {name:<16} {_shown(value)}" for name, value in report.facts.items()]
    lines += [f"  ! {violation}" for violation in report.violations[:MOST_SHOWN]]
    if count > MOST_SHOWN:
        lines.append(f"  ! and {count - MOST_SHOWN} more; --json tells all")
    return lines + [f"  ? {remark}" for remark in report.remarks]


def _shown(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
