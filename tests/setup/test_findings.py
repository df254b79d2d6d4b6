from __future__ import annotations

import json

import pytest

from edge.errors import CameraError, ConfigError, DeliveryError, EdgeError, EngineError, ModelError
from edge.setup.findings import BROKER, Finding, as_json, as_line, exit_code, failure, failures, ok, warning
from tests.schema_faults import faults

FINE = ok("disk", "fine")
WARM = warning("temperature", "90 degrees", "cool it")
BROKEN = failure("camera shelf", "gone", "plug it in", code=3)
FULL = failure("disk", "full", "make room", code=5)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        pytest.param([], 0, id="nothing-found"),
        pytest.param([FINE, WARM], 0, id="a-warning-is-no-failure"),
        pytest.param([FINE, BROKEN, FULL], 3, id="the-first-that-failed-decides"),
    ],
)
def test_the_exit_code(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        pytest.param(FINE, "OK    disk             fine", id="ok"),
        pytest.param(WARM, "WARN  temperature      90 degrees; cool it", id="warning"),
        pytest.param(BROKEN, "FAIL  camera shelf     gone; plug it in", id="failure"),
    ],
)
def test_a_finding_is_a_line(finding: Finding, line: str) -> None:
    assert as_line(finding) == line


@pytest.mark.parametrize(
    ("error", "code", "text", "fix"),
    [
        pytest.param(ConfigError("a is wrong; mend it"), 2, "a is wrong", "mend it", id="configuration"),
        pytest.param(CameraError("shelf", "v4l2:x", "gone; plug in"), 3, "gone", "plug in", id="camera"),
        pytest.param(EngineError("no engine; install"), 3, "no engine", "install", id="engine"),
        pytest.param(ModelError("damaged:\nagain"), 4, "damaged: again", "", id="without-a-semicolon"),
    ],
)
def test_an_error_becomes_cause_and_fix(error: EdgeError, code: int, text: str, fix: str) -> None:
    (found,) = failures("x", error)
    assert (found.code, found.text, found.fix) == (code, text, fix)


def test_each_fault_of_a_configuration_is_a_finding() -> None:
    assert [found.text for found in failures("x", ConfigError("a", "b"))] == ["a", "b"]


def test_a_broker_has_a_code_of_its_own() -> None:
    (found,) = failures("x", DeliveryError("away; wait"), code=BROKER)
    assert found.code == 6


@pytest.mark.parametrize("findings", [[], [FINE, WARM, BROKEN]], ids=["nothing", "one-of-each"])
def test_the_record_obeys_its_schema(findings: list[Finding]) -> None:
    assert faults("doctor", as_json(findings)) == []


def test_the_record_holds_every_finding() -> None:
    record = json.loads(as_json([FINE, BROKEN]))
    assert record["exit_code"] == 3
    assert record["checks"] == [
        {"name": "disk", "verdict": "ok", "text": "fine", "fix": None},
        {"name": "camera shelf", "verdict": "fail", "text": "gone", "fix": "plug it in"},
    ]
