"""The demonstration must be able to fail, or its success says nothing."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import pytest

from edge.commands.demo import play
from edge.demo.plan import DIMMED_S, VANISHES_S, Plan, plan
from edge.demo.screen import Screen
from edge.drivers.engine_difference import DifferenceEngine
from edge.sim.engine import SimEngine, blind
from edge.sim.scene import tabletop
from edge.sim.script import PartReturns, PartVanishes
from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.ports import Engine
    from edge.types import Pixels, ScoreMap

pytestmark = [pytest.mark.system, pytest.mark.slow]
pytest.importorskip("amqtt", reason="needs the demo extra: pip install '.[demo]'")

STORY = plan(tabletop(640, 360), seed=0)


def light_blind(inputs: Mapping[str, NDArray[np.generic]]) -> ScoreMap:
    """See all that the default engine sees, and in one corner every change of the light."""
    reference, current = (grey(cast("Pixels", inputs[name])) for name in ("reference", "current"))
    score = cast("ScoreMap", DifferenceEngine().run(inputs)["score"])
    corner = np.s_[:60, :60]
    score[corner] = cv2.absdiff(reference[corner], current[corner]).astype(np.float32) / np.float32(32.0)
    return score


def passes(story: Plan, out: Path, engine: Engine, text: io.StringIO | None = None) -> bool:
    screen = Screen(text or io.StringIO(), json_lines=True)
    return play(story, screen, threading.Event(), out=out, fast=True, engine=engine)


def test_the_small_scene_passes_as_it_is(tmp_path: Path) -> None:
    assert passes(STORY, tmp_path, DifferenceEngine())


def test_a_change_that_does_not_happen_is_missed(tmp_path: Path) -> None:
    happens = tuple(cue for cue in STORY.script.cues if not isinstance(cue, PartVanishes | PartReturns))
    left_out = replace(STORY, script=replace(STORY.script, cues=happens))
    assert not passes(left_out, tmp_path, DifferenceEngine())


def test_a_light_step_told_as_an_event_fails(tmp_path: Path) -> None:
    text = io.StringIO()
    assert not passes(STORY, tmp_path, SimEngine(light_blind), text)
    lines = [json.loads(line) for line in text.getvalue().splitlines()]
    told = [(line["event"]["event_type"], line["at_s"]) for line in lines if "event" in line]
    assert any(kind == "change_started" and DIMMED_S < at_s < VANISHES_S for kind, at_s in told)


def test_an_engine_that_sees_nothing_fails(tmp_path: Path) -> None:
    assert not passes(STORY, tmp_path, SimEngine(blind))
