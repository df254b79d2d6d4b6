from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from edge.core.limits import Limits
from edge.engines import difference_engine
from edge.errors import ConfigError
from edge.probe import Footage, Result, Settings, probe
from edge.probe.report import as_text
from edge.sim.engine import SimEngine
from tests.vision.pictures import in_colour, textured

FPS = 2.5
LIMITS = Limits(learn_s=2.0, min_change_px=12)
SCENE = textured(height=120, width=160)
SMALL = Settings(positions=4, loop_frames=20, sides_px=(1, 12))


def film(seconds: float = 10.0) -> Footage:
    """Return a recording of a scene in which nothing happens."""
    return Footage("shelf", FPS, tuple(in_colour(SCENE, seed=n) for n in range(round(seconds * FPS))))


@lru_cache(maxsize=1)
def run() -> tuple[Result, list[tuple[float, float]]]:
    """Probe once for many tests; return what it told of its progress too."""
    told: list[tuple[float, float]] = []
    result = probe(
        film(), difference_engine(), LIMITS, SMALL, step=lambda done, total: told.append((done, total))
    )
    return result, told


def probed() -> Result:
    return run()[0]


@lru_cache(maxsize=1)
def frightened() -> Result:
    return probe(film(), SimEngine(_afraid_of_the_dark), LIMITS, SMALL)


def test_large_patches_are_told_and_invisible_ones_are_not() -> None:
    recall = {kind: share.share for kind, share in probed().recall.items()}
    assert recall == {"12@60": 1.0, "12@30": 1.0, "1@60": 0.0, "1@30": 0.0}


def test_a_blind_engine_finds_nothing() -> None:
    result = probe(film(), SimEngine(), LIMITS, SMALL)
    assert sum(share.found for share in result.recall.values()) == 0
    assert result.still_open.of == 0
    assert set(result.misses["12@60"]) == {"faint"}


def test_it_says_how_long_it_took_to_tell() -> None:
    seconds = [fate.seconds for fate in probed().fates if fate.seconds is not None]
    # Still for half a second, then three looks.
    assert min(seconds) >= 0.6
    assert max(seconds) <= 2.0


def test_what_stays_is_still_open_in_the_end() -> None:
    told = probed().still_open
    assert told.of > 0
    assert told.found == told.of


def test_what_stays_has_the_contrast_it_says() -> None:
    assert all(abs(fate.insert.patch.contrast) in {30, 60} for fate in probed().looped)


def test_what_heals_by_itself_is_not_open_in_the_end() -> None:
    settings = Settings(positions=2, loop_frames=30, sides_px=(12,))
    absorbing = Limits(learn_s=2.0, absorb_s=5.0)
    result = probe(film(), difference_engine(), absorbing, settings)
    assert (result.still_open.found, result.still_open.of > 0) == (0, True)


def test_when_only_the_light_steps_nothing_is_told() -> None:
    assert (probed().light_events, probed().light_steps) == (0, 8)


def test_an_engine_that_calls_light_a_change_is_caught() -> None:
    assert frightened().light_events > 0


def test_what_was_told_elsewhere_has_a_picture_each() -> None:
    result = frightened()
    assert [stray.picture for stray in result.strays] == list(range(len(result.album.strays)))


def test_two_runs_with_one_seed_agree() -> None:
    assert probe(film(), difference_engine(), LIMITS, SMALL).as_dict() == probed().as_dict()


def test_progress_grows_and_ends_at_the_total() -> None:
    _, told = run()
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(done <= total for done, total in told)
    assert told[-1][0] == told[-1][1]


def test_a_view_that_is_never_still_is_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (30, 120, 160, 3)).astype(np.uint8)
    with pytest.raises(ConfigError, match="less than half of the view stands still"):
        probe(Footage("shelf", FPS, tuple(noise)), difference_engine(), LIMITS, SMALL)


def test_nothing_is_inserted_where_nothing_is_judged() -> None:
    left_half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    settings = Settings(positions=4, loop_frames=0, sides_px=(12,), ignore=(left_half,))
    result = probe(film(), SimEngine(), LIMITS, settings)
    assert result.fates
    assert all(fate.insert.patch.left >= 80.0 for fate in result.fates)


def test_people_read_one_line_for_each_size_and_contrast() -> None:
    lines = as_text(probed()).splitlines()
    assert lines[0].startswith(
        "shelf: 160 x 120 at 2.5 looks a second, difference 1 on cpu, min_change_px 12"
    )
    assert lines[2].split()[:8] == ["12", "px", "7.50%", "+-60", "4", "of", "4", "1.000"]
    assert "events when only the light stepped (8 times): 0" in lines


def test_programs_read_the_same_figures() -> None:
    told = probed().as_dict()
    assert told["recall"]["12@60"] == {"found": 4, "of": 4, "share": 1.0, "low": 0.5101, "high": 1.0}  # type: ignore[index]  # JSON
    assert (told["width"], told["still_open"], told["light_events"]) == (160, 1.0, 0)


def _afraid_of_the_dark(inputs: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """See something in the middle whenever it is darker than the reference."""
    current, reference = (np.asarray(inputs[name], np.float32) for name in ("current", "reference"))  # type: ignore[index]  # a mapping
    score = np.zeros(current.shape[:2], np.float32)
    if current.mean() < 0.95 * reference.mean():
        score[50:70, 70:90] = 0.9
    return score
