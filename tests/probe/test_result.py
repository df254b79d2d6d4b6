from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.core.encoding import canonical
from edge.core.limits import Limits
from edge.probe.album import Album
from edge.probe.fate import Fate, Stray
from edge.probe.patches import Patch
from edge.probe.plan import Insert
from edge.probe.result import LIGHT, LOOP, QUIET, ROUNDS, Result, pooled
from edge.types import ModelTag
from tests.schema_faults import faults
from tests.vision.pictures import instant, square

if TYPE_CHECKING:
    from collections.abc import Sequence


def stray(phase: str, gain: float = 1.0, *, left: int = 50) -> Stray:
    return Stray(phase, instant(1.0), gain, square(left, 50, 20), 0.9, None)


def fate(contrast: int = 60, *, after_s: float | None = 1.0, change_id: str | None = "shelf-1") -> Fate:
    patch = Patch(10.0, 10.0, 12, contrast)
    return Fate(Insert(patch, 12, contrast), seconds=after_s, change_id=change_id)


def result(
    *,
    name: str = "shelf",
    strays: Sequence[Stray] = (),
    fates: Sequence[Fate] = (),
    looped: Sequence[Fate] = (),
) -> Result:
    """Return a probe's outcome with what a test is about, and nothing else of interest."""
    return Result(
        name=name,
        size=(240, 180),
        fps=5.0,
        footage_s=10.0,
        whole=True,
        seed=0,
        model=ModelTag("m", "1", "cpu"),
        threshold=0.5,
        limits=Limits(),
        learned=1.0,
        usable=1.0,
        fates=tuple(fates),
        looped=tuple(looped),
        open_ids=frozenset({"shelf-1"}),
        loop_frames=100,
        light_steps=8,
        strays=tuple(strays),
        alerts={},
        seconds={QUIET: 60.0, LIGHT: 60.0, ROUNDS: 500.0, LOOP: 120.0},
        album=Album(),
    )


@pytest.mark.parametrize(
    ("strays", "light", "perhaps_light"),
    [
        pytest.param([], 0, 0, id="nothing-was-told"),
        pytest.param([stray(LIGHT, 0.6)], 1, 0, id="told-only-when-the-light-stepped"),
        pytest.param([stray(QUIET), stray(LIGHT, 0.6)], 0, 0, id="told-in-steady-light-too"),
        pytest.param([stray(QUIET, left=150), stray(LIGHT)], 1, 0, id="told-in-steady-light-elsewhere"),
        pytest.param([stray(ROUNDS, 0.8)], 0, 1, id="in-a-stepped-round"),
        pytest.param([stray(ROUNDS, 0.8), stray(LOOP)], 0, 0, id="there-in-steady-light-too"),
        pytest.param([stray(ROUNDS)], 0, 0, id="in-a-steady-round"),
    ],
)
def test_the_light_is_blamed_where_steady_light_told_nothing(
    strays: list[Stray], light: int, perhaps_light: int
) -> None:
    told = result(strays=strays)
    assert (told.light_events, told.light_suspects) == (light, perhaps_light)


def test_false_events_are_those_in_steady_light_without_a_patch_over_the_time_that_gave_them() -> None:
    strays = [stray(QUIET), stray(LOOP), stray(LIGHT, 0.6), stray(ROUNDS)]
    assert result(strays=strays).as_dict()["false_events_per_hour"] == pytest.approx(2 / 180.0 * 3600)


def test_a_change_that_ended_is_not_still_open() -> None:
    looped = [fate(), fate(change_id="shelf-2"), fate(after_s=None, change_id=None)]
    told = result(looped=looped).still_open
    assert (told.found, told.of) == (1, 2)


def test_what_was_told_late_counts_as_told_and_not_as_in_time() -> None:
    told = result(fates=[fate(), fate(after_s=3.0), fate(after_s=None)]).as_dict()
    assert told["recall"]["12@60"]["found"] == 2  # type: ignore[index]  # JSON
    assert told["within_2_s"]["12@60"]["found"] == 1  # type: ignore[index]  # JSON


def test_brighter_and_darker_are_counted_together_and_apart() -> None:
    told = result(fates=[fate(60), fate(-60, after_s=None)]).as_dict()
    assert told["recall"]["12@60"]["of"] == 2  # type: ignore[index]  # JSON
    assert {key: one["found"] for key, one in told["recall_signed"].items()} == {"12@+60": 1, "12@-60": 0}  # type: ignore[attr-defined]  # JSON


def test_views_are_pooled_and_kept_apart() -> None:
    one, other = (
        result(fates=[fate()]),
        result(name="door", fates=[fate(after_s=None)], strays=[stray(QUIET)]),
    )
    told = pooled([one, other])
    assert told["recall"]["12@60"]["found"] == 1  # type: ignore[index]  # JSON
    assert told["false_events_per_hour"] == pytest.approx(1 / 360.0 * 3600)
    assert list(told["views"]) == ["shelf", "door"]  # type: ignore[call-overload]  # JSON
    assert faults("probe", canonical(told)) == []


def test_a_probe_that_told_nothing_is_described_too() -> None:
    missed = replace(result(fates=[fate(after_s=None)], strays=[stray(LIGHT, 0.6)]), seconds={})
    assert faults("probe", canonical(pooled([missed]))) == []
