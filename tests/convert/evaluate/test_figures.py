from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from convert.evaluate.cleanup import reported
from convert.evaluate.counts import BINS, Counts, count, grown
from convert.evaluate.figures import average_precision, curve, figures
from convert.evaluate.truth import Truth
from convert.evaluate.writing import stored
from edge.types import Box
from tests.convert.evaluate import plainly
from tests.convert.evaluate.plainly import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from convert.evaluate.figures import Figures

SIDE = 40


def blotches(rng: np.random.Generator, *, above: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 1.5)
    return np.asarray(noise / noise.std() > above)


def drawn(seed: int, *, changed: bool = True) -> Seen:
    """Return a pair of random shapes: some reported rightly, some not, some where nobody knows."""
    rng = np.random.default_rng(seed)
    truth = np.where(blotches(rng, above=1.3) & changed, np.uint8(255), np.uint8(0))
    truth[blotches(rng, above=1.6)] = 127
    noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 1.5)
    score = np.clip(0.25 + noise / noise.std() * 0.15 + 0.25 * (truth == 255), 0, 1).astype(np.float32)
    return Seen(f"scene-{seed % 3}", reported(score, 0.5), truth, None, stored(score))


def boxed(seed: int) -> Seen:
    """Return a pair whose changes are boxes, some of them found."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, SIDE - 8, (4, 2))
    boxes = tuple(Box(int(x), int(y), int(x) + 8, int(y) + 6) for x, y in corners)
    return Seen("all", blotches(rng, above=1.3), None, boxes, np.zeros((SIDE, SIDE), np.uint16))


def truth_of(seen: Seen) -> Truth:
    if seen.truth is not None:
        return Truth(seen.truth == 255, (seen.truth == 255) | (seen.truth == 0))
    inside = np.zeros((SIDE, SIDE), np.bool_)
    for box in seen.boxes or ():
        inside[box.top : box.bottom, box.left : box.right] = True
    return Truth(inside, np.ones_like(inside), seen.boxes)


def figures_of(*pairs: Seen) -> Figures:
    groups: dict[str, Counts] = {}
    for pair in pairs:
        groups[pair.group] = groups.get(pair.group, Counts()) + count(
            pair.reported, pair.stored, truth_of(pair)
        )
    return figures(groups)


SHOWN = ("reported", "truth", "boxes", "stored")
MASKS = [drawn(seed, changed=seed % 4 != 0) for seed in range(8)]
BOXES = [boxed(seed) for seed in range(6)]


def test_the_samples_hold_every_case() -> None:
    hit, false, missed, calm = plainly.confusion(MASKS)
    assert min(hit, false, missed, calm) > 0
    assert sum(plainly.false_regions(pair) for pair in MASKS) > 0
    assert 0 < plainly.blob_recall(MASKS) < 1
    assert 0 < plainly.box_figures(BOXES)[0] < 1


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        pytest.param("ftol", plainly.ftol, id="f-within-two-pixels-is-a-mean-over-scenes"),
        pytest.param("blob_recall", plainly.blob_recall, id="regions-found"),
        pytest.param("line_recall", plainly.line_recall, id="pixels-found-within-three-pixels"),
        pytest.param("false_regions_per_mpx", plainly.false_regions_per_mpx, id="false-regions"),
        pytest.param("quiet", lambda pairs: plainly.quiet(pairs)[0], id="unchanged-pairs-left-alone"),
        pytest.param(
            "quiet_false_px", lambda pairs: plainly.quiet(pairs)[1], id="false-pixels-of-unchanged-pairs"
        ),
        pytest.param("cut", plainly.cut, id="lowest-scores-reported"),
        pytest.param("f1_best", plainly.f1_best, id="best-f1-of-any-threshold"),
    ],
)
def test_figures_are_those_worked_out_plainly(name: str, plain: Callable[[list[Seen]], float]) -> None:
    assert figures_of(*MASKS)[name] == pytest.approx(plain(MASKS), abs=1e-6, rel=1e-6)


def test_pixel_figures_are_those_of_the_confusion() -> None:
    hit, false, missed, calm = plainly.confusion(MASKS)
    found = figures_of(*MASKS)
    assert found["accuracy"] == pytest.approx((hit + calm) / (hit + false + missed + calm), abs=1e-6)
    assert found["precision"] == pytest.approx(hit / (hit + false), abs=1e-6)
    assert found["recall"] == pytest.approx(hit / (hit + missed), abs=1e-6)
    assert found["f1"] == pytest.approx(2 * hit / (2 * hit + false + missed), abs=1e-6)


def test_box_figures_are_those_worked_out_plainly() -> None:
    found = figures_of(*BOXES)
    assert [found[name] for name in ("box_precision", "box_recall", "box_f")] == pytest.approx(
        plainly.box_figures(BOXES), abs=1e-6
    )


@pytest.mark.parametrize("px", [2, 3])
def test_near_means_what_it_means_plainly(px: int) -> None:
    mask = np.zeros((15, 15), np.bool_)
    mask[7, 7] = True
    assert plainly.pixels(grown(mask, px)) == plainly.near({(7, 7)}, px)


def whole(*, changed: bool, said: bool) -> Seen:
    full = np.full((SIDE, SIDE), said, np.bool_)
    truth = np.full((SIDE, SIDE), 255 if changed else 0, np.uint8)
    return Seen("all", full, truth, None, full.astype(np.uint16) * np.uint16(65535))


def test_pictures_are_right_or_wrong_as_a_whole() -> None:
    sample = [(True, True), (True, True), (True, False), (False, True), (False, False)]
    found = figures_of(*(whole(changed=changed, said=said) for changed, said in sample))
    assert [found[f"image_{name}"] for name in ("accuracy", "precision", "recall", "f1")] == pytest.approx(
        [3 / 5, 2 / 3, 2 / 3, 2 / 3], abs=1e-6
    )


def test_where_nothing_changed_there_is_no_recall() -> None:
    found = figures_of(whole(changed=False, said=False))
    assert "recall" not in found
    assert (found["accuracy"], found["quiet"], found["quiet_false_px"]) == (1, 1, 0)


def test_where_nobody_knows_nothing_counts() -> None:
    seen = whole(changed=False, said=True)
    assert seen.truth is not None
    seen.truth[:] = 127
    assert "accuracy" not in figures_of(seen)


def test_an_all_white_mask_cannot_hide() -> None:
    assert figures_of(whole(changed=True, said=True))["mask_area"] == 1


def test_boxes_and_no_report_is_a_missed_picture() -> None:
    seen = Seen(
        "all", np.zeros((SIDE, SIDE), np.bool_), None, (Box(1, 1, 5, 5),), np.zeros((SIDE, SIDE), np.uint16)
    )
    found = figures_of(seen)
    assert (found["image_recall"], found["box_f"]) == (0, 0)


def test_no_boxes_and_no_report_is_a_quiet_pair() -> None:
    seen = Seen("all", np.zeros((SIDE, SIDE), np.bool_), None, (), np.zeros((SIDE, SIDE), np.uint16))
    assert figures_of(seen)["quiet"] == 1


def test_scores_that_tell_all_apart_have_a_whole_area_under_the_curve() -> None:
    changed, unchanged = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    changed[3000], unchanged[1000] = 5, 500
    assert average_precision(*curve(changed, unchanged)) == 1.0


def test_scores_that_tell_nothing_have_the_share_of_the_changed_as_area() -> None:
    level = np.ones(BINS, np.int64)
    assert average_precision(*curve(level, 3 * level)) == pytest.approx(0.25)


def test_a_region_half_of_which_lies_in_a_box_is_right() -> None:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[10:20, 10:14] = True
    seen = Seen("all", mask, None, (Box(12, 10, 20, 20),), np.zeros((SIDE, SIDE), np.uint16))
    assert figures_of(seen)["box_precision"] == 1


def test_a_scene_in_which_nothing_changes_has_no_say_in_the_mean_over_scenes() -> None:
    still = Seen("still", *(getattr(whole(changed=False, said=True), name) for name in SHOWN))
    assert figures_of(whole(changed=True, said=True), still)["ftol"] == 1


def test_a_report_where_nobody_knows_leaves_a_pair_quiet() -> None:
    seen = whole(changed=False, said=False)
    assert seen.truth is not None
    seen.truth[:9, :9] = 127
    seen.reported[:9, :9] = True
    assert figures_of(seen)["quiet"] == 1
