"""What a check found, as a line for people and as a record for programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from edge.core.encoding import canonical
from edge.errors import CameraError, ConfigError, EdgeError, HardwareError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = "stillwatch.doctor/1"
CONFIGURATION = ConfigError.exit_code
HARDWARE = HardwareError.exit_code
STORAGE = StorageError.exit_code
BROKER = 6
"""Exit code of a broker that cannot be spoken to: running, the device would wait for it."""

_NAME_WIDTH = 16


class Verdict(str, Enum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: What was checked.
        verdict: How it went.
        text: What was found.
        fix: What to do about it; empty where nothing is to be done.
        code: What the program exits with if this is the first that failed; 0
            where it did not fail.
    """

    name: str
    verdict: Verdict
    text: str
    fix: str = ""
    code: int = 0


def ok(name: str, text: str) -> Finding:
    """Return that all is well."""
    return Finding(name, Verdict.OK, text)


def warning(name: str, text: str, fix: str) -> Finding:
    """Return what a device runs with, but should not."""
    return Finding(name, Verdict.WARN, text, fix)


def failure(name: str, text: str, fix: str, *, code: int) -> Finding:
    """Return what keeps a device from doing its work."""
    return Finding(name, Verdict.FAIL, text, fix, code)


def failures(name: str, error: EdgeError, *, code: int | None = None) -> list[Finding]:
    """Return an error as findings; its messages name the cause, a semicolon, and the fix.

    Args:
        name: What was checked.
        error: What was raised.
        code: In place of the error's own exit code.
    """
    messages = error.faults if isinstance(error, ConfigError) else (_message(error),)
    found = []
    for message in messages:
        text, _, fix = " ".join(message.split()).partition("; ")
        found.append(failure(name, text, fix, code=error.exit_code if code is None else code))
    return found


def exit_code(findings: Sequence[Finding]) -> int:
    """Return the code of the first that failed, 0 when none did."""
    return next((found.code for found in findings if found.verdict is Verdict.FAIL), 0)


def as_line(found: Finding) -> str:
    """Return a finding as one line for people."""
    fix = f"; {found.fix}" if found.fix else ""
    return f"{found.verdict.value.upper():<5} {found.name:<{_NAME_WIDTH}} {found.text}{fix}"


def as_json(findings: Sequence[Finding]) -> bytes:
    """Return all findings as ``stillwatch.doctor/1``."""
    return canonical(
        {
            "schema": SCHEMA,
            "exit_code": exit_code(findings),
            "checks": [
                {
                    "name": found.name,
                    "verdict": found.verdict.value,
                    "text": found.text,
                    "fix": found.fix or None,
                }
                for found in findings
            ],
        }
    )


def _message(error: EdgeError) -> str:
    """Return what an error says; the name of the check says which camera it is about."""
    text = str(error)
    return text.partition(": ")[2] if isinstance(error, CameraError) else text
