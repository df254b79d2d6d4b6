from __future__ import annotations

import pytest

from edge.core.reports import Machine
from edge.setup.findings import Verdict
from edge.setup.machine import check_accelerators, check_clock, check_heat, check_memory
from edge.types import Instant

NOW = Instant(0, 1_800_000_000 * 10**9)


@pytest.mark.parametrize(
    ("now", "synced", "verdict", "words"),
    [
        pytest.param(NOW, True, Verdict.OK, "set by a time service", id="set"),
        pytest.param(NOW, False, Verdict.WARN, "no time service has set it", id="not-set"),
        pytest.param(Instant(0, 0), False, Verdict.FAIL, "shows 1970-01-01", id="never-set"),
        pytest.param(
            Instant(0, -(10**9)), True, Verdict.FAIL, "certificates will be refused", id="before-time"
        ),
    ],
)
def test_the_clock(now: Instant, synced: bool, verdict: Verdict, words: str) -> None:  # noqa: FBT001 - a column
    (found,) = check_clock(now, synced=synced)
    assert found.verdict is verdict
    assert words in found.text


@pytest.mark.parametrize(
    ("free_mb", "verdicts"),
    [
        pytest.param(None, [], id="unknown"),
        pytest.param(255.0, [Verdict.WARN], id="little"),
        pytest.param(256.0, [Verdict.OK], id="enough"),
    ],
)
def test_memory(free_mb: float | None, verdicts: list[Verdict]) -> None:
    assert [found.verdict for found in check_memory(free_mb)] == verdicts


@pytest.mark.parametrize(
    ("temp_c", "throttled", "verdicts"),
    [
        pytest.param(None, None, [], id="no-thermometer"),
        pytest.param(50.0, None, [Verdict.OK], id="warm"),
        pytest.param(80.0, None, [Verdict.WARN], id="hot"),
        pytest.param(50.0, True, [Verdict.WARN], id="a-weak-supply"),
        pytest.param(None, False, [Verdict.OK], id="not-throttled"),
    ],
)
def test_heat(temp_c: float | None, throttled: bool | None, verdicts: list[Verdict]) -> None:  # noqa: FBT001 - a column
    machine = Machine(1.0, temp_c=temp_c, throttled=throttled)
    assert [found.verdict for found in check_heat(machine)] == verdicts


def test_an_accelerator_that_is_not_used_is_named() -> None:
    (found,) = check_accelerators(("Coral USB",))
    assert found.text.startswith("Coral USB: found, not used by this version")
