from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.evidence_files import FileEvidence
from edge.sim.world import SimEvidence
from edge.types import Frame, Instant, Moment, View
from tests.samples import a_change, an_event

if TYPE_CHECKING:
    from pathlib import Path

    from edge.ports import Evidence

NOW = Instant(1, 1)
FRAME = Frame("shelf", 0, NOW, np.zeros((36, 64, 3), np.uint8))


@pytest.fixture(params=["memory", "files", "files-on-a-disk-that-refuses"])
def evidence(request: pytest.FixtureRequest, tmp_path: Path) -> Evidence:
    """Return evidence of each kind."""
    if request.param == "memory":
        return SimEvidence()
    if request.param == "files":
        return FileEvidence(tmp_path)
    (tmp_path / "evidence").write_text("a file where the folder should be")
    return FileEvidence(tmp_path / "evidence")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(Moment("shelf", NOW, View.LOST, 0.6, reason="unplugged"), id="without-a-frame"),
        pytest.param(Moment("shelf", NOW, View.LEARNING, 0.6, FRAME), id="while-learning"),
        pytest.param(Moment("shelf", NOW, View.OK, 0.6, FRAME, events=(an_event(),)), id="of-the-view"),
        pytest.param(
            Moment("shelf", NOW, View.LOST, 0.6, events=(an_event(a_change()),)), id="of-a-change-unseen"
        ),
    ],
)
def test_every_moment_is_taken(evidence: Evidence, moment: Moment) -> None:
    evidence.note(moment)
    evidence.note(moment)
