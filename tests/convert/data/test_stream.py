from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.data.stored import StoredPairs
from convert.data.stream import Batches
from convert.data.targets import Target, anywhere
from edge.types import Denoise, Preprocess
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of, scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = KERAS

COUNT, SIDE, BATCH = 10, 32, 4
PLAIN = Preprocess()


def pairs() -> StoredPairs:
    rng = rng_of(0)
    mask = np.zeros((COUNT, SIDE, SIDE), np.uint8)
    mask[1::2, 8:12, 8:12] = 255
    reference, current = (
        np.stack([scene(int(rng.integers(1000)), side=SIDE) for _ in range(COUNT)]) for _ in range(2)
    )
    return StoredPairs(reference, current, mask)


PAIRS = pairs()


def batches(*, seed: int = 0, augment: bool = True, preprocess: Preprocess = PLAIN) -> Batches:
    return Batches(PAIRS, preprocess, batch=BATCH, seed=seed, augment=augment)


def content(shown: Batches) -> list[bytes]:
    """Return what an epoch shows, batch by batch."""
    return [
        b"".join([given["reference"].tobytes(), given["current"].tobytes(), answer.tobytes()])
        for given, answer in (shown[number] for number in range(len(shown)))
    ]


def test_the_same_seed_shows_the_same() -> None:
    assert content(batches()) == content(batches())


def test_another_seed_shows_something_else() -> None:
    assert set(content(batches())).isdisjoint(content(batches(seed=1)))


def test_every_epoch_shows_something_else() -> None:
    shown = batches()
    first = content(shown)
    shown.on_epoch_end()
    assert set(first).isdisjoint(content(shown))


def test_an_epoch_does_not_depend_on_those_before() -> None:
    straight, back = batches(), batches()
    straight.begin(3)
    for epoch in (5, 1, 3):
        back.begin(epoch)
    assert content(straight) == content(back)


def test_for_judging_all_pairs_come_as_they_are() -> None:
    shown = batches(augment=False)
    assert len(shown) == 3
    given = [shown[number] for number in range(3)]
    current = np.concatenate([inputs["current"] for inputs, _ in given])
    assert np.array_equal(np.rint(current * 255), PAIRS.current)
    assert np.concatenate([answer for _, answer in given]).shape == (COUNT, SIDE // 2, SIDE // 2, 1)


def test_for_training_an_incomplete_batch_is_left_out() -> None:
    shown = batches()
    assert len(shown) == 2
    assert {len(shown[number][1]) for number in range(2)} == {BATCH}


def test_fewer_pairs_than_a_batch_are_one_batch() -> None:
    few = Batches(PAIRS, PLAIN, batch=64, seed=0, augment=True)
    assert [len(few[number][1]) for number in range(len(few))] == [COUNT]


def test_each_pair_is_shown_once_an_epoch() -> None:
    shown = Batches(PAIRS, PLAIN, batch=5, seed=3, augment=True)
    changed = sum(float(shown[number][1].any((1, 2, 3)).sum()) for number in range(len(shown)))
    assert changed >= COUNT // 2 - 2  # a change may be turned out of sight


def test_pictures_come_between_zero_and_one() -> None:
    given, _ = batches()[0]
    for picture in given.values():
        assert picture.dtype == np.float32
        assert 0 <= picture.min() < 0.4 < picture.max() <= 1


def test_pictures_are_prepared_as_on_the_device() -> None:
    given, _ = batches(augment=False, preprocess=Preprocess(denoise=Denoise.MEDIAN))[0]
    assert np.array_equal(np.rint(given["current"][0] * 255), cv2.medianBlur(PAIRS.current[0], 3))


def of_the_view(side_px: int) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    shown = Batches(PAIRS, PLAIN, batch=4, seed=0, augment=False, target=Target(anywhere, side_px))
    return shown[0]


@pytest.mark.parametrize("side_px", [16, 32, 80])
def test_a_network_of_whole_views_is_shown_its_own_size(side_px: int) -> None:
    given, answer = of_the_view(side_px)
    assert {picture.shape for picture in given.values()} == {(4, side_px, side_px, 3)}
    assert answer.tolist() == [[0], [1], [0], [1]]
