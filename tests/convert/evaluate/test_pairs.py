from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convert.evaluate.pairs import find_set
from convert.evaluate.truth import read_pair
from edge.errors import ConfigError
from edge.types import Box
from tests.convert.evaluate.sets import HEIGHT, SQUARE, WIDTH, list_pairs, scene, write_pair, write_set

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_without_a_list_every_pair_found_belongs_to_one_group(tmp_path: Path) -> None:
    found = find_set(write_set(tmp_path / "mine"))
    assert [(pair.id, pair.subset, pair.group) for pair in found.pairs] == [
        ("0000", "all", "all"),
        ("0001", "all", "all"),
    ]
    assert found.name == "mine"


def test_the_list_gives_subset_and_group(tmp_path: Path) -> None:
    list_pairs(write_set(tmp_path), {"id": "0000", "subset": "dusk", "group": "door"})
    (pair,) = find_set(tmp_path).pairs
    assert (pair.subset, pair.group) == ("dusk", "door")


def test_a_scene_serves_as_group(tmp_path: Path) -> None:
    list_pairs(write_set(tmp_path), {"id": "0000", "scene": "hall"})
    assert find_set(tmp_path).pairs[0].group == "hall"


def test_pairs_that_the_list_leaves_out_are_counted(tmp_path: Path) -> None:
    list_pairs(write_set(tmp_path), {"id": "0000"})
    assert find_set(tmp_path).left_out == 1


def test_a_mask_says_more_than_boxes(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "pairs" / "0000_boxes.json").write_text('{"boxes": []}')
    pair = find_set(tmp_path).pairs[0]
    assert (pair.mask, pair.boxes) == (tmp_path / "pairs" / "0000_mask.png", None)


def test_a_mask_that_is_neither_black_nor_white_is_not_judged(tmp_path: Path) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[SQUARE] = 255
    mask[:10] = 127
    write_pair(tmp_path, "0000", scene(), scene(), mask=mask)
    _, _, truth = read_pair(find_set(tmp_path).pairs[0])
    assert np.array_equal(truth.changed, mask == 255)
    assert np.array_equal(truth.judged, mask != 127)


def test_pictures_are_read_as_rgb(tmp_path: Path) -> None:
    blue_in_bgr = np.zeros((40, 40, 3), np.uint8)
    blue_in_bgr[..., 0] = 200
    write_pair(tmp_path, "0000", blue_in_bgr, blue_in_bgr, boxes=[])
    before, _, _ = read_pair(find_set(tmp_path).pairs[0])
    assert before[0, 0].tolist() == [0, 0, 200]


def test_boxes_are_clipped_to_the_picture(tmp_path: Path) -> None:
    write_pair(tmp_path, "0000", scene(), scene(), boxes=[[-5, 10, 20, HEIGHT + 9]])
    _, _, truth = read_pair(find_set(tmp_path).pairs[0])
    assert truth.boxes == (Box(0, 10, 20, HEIGHT),)
    assert np.count_nonzero(truth.changed) == 20 * (HEIGHT - 10)


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "pairs" / name).unlink()


def put(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(remove("0000_cur.png"), ["0000_cur.*", "add the picture"], id="no-current"),
        pytest.param(remove("0001_ref.png"), ["0001_ref.*", "add the picture"], id="no-reference"),
        pytest.param(remove("0000_mask.png"), ["pair 0000", "all-black mask"], id="no-truth"),
        pytest.param(put("pairs/0000_cur.jpg", ""), ["0000_cur.jpg", "keep one"], id="two-currents"),
        pytest.param(put("META.json", "{"), ["META.json", "not a JSON object"], id="list-is-no-json"),
        pytest.param(put("META.json", "[" * 100_000), ["META.json", "nested"], id="list-is-nested-for-ever"),
        pytest.param(
            put("META.json", '{"items": 3}'), ["META.json", "list of objects"], id="list-is-a-number"
        ),
        pytest.param(
            put("META.json", '{"items": [{"id": "../../etc"}]}'), ["META.json", '"id"'], id="id-is-a-path"
        ),
        pytest.param(
            put("META.json", '{"items": [{"id": "0000"}, {"id": "0000"}]}'),
            ["listed twice"],
            id="listed-twice",
        ),
        pytest.param(
            put("META.json", '{"items": [{"id": "0009"}]}'),
            ["0009_ref.*", "0009_cur.*"],
            id="listed-and-absent",
        ),
    ],
)
def test_a_set_that_cannot_be_used_says_why_and_what_to_do(
    tmp_path: Path, damage: Callable[[Path], None], words: list[str]
) -> None:
    damage(write_set(tmp_path))
    with pytest.raises(ConfigError) as caught:
        find_set(tmp_path)
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(put("pairs/0000_cur.png", ""), ["0000_cur.png", "an empty file"], id="empty-picture"),
        pytest.param(put("pairs/0000_ref.png", "GIF"), ["0000_ref.png", "not a picture"], id="no-picture"),
        pytest.param(put("pairs/0000_mask.png", "no"), ["0000_mask.png", "not a picture"], id="no-mask"),
    ],
)
def test_a_picture_that_cannot_be_read_is_named(
    tmp_path: Path, damage: Callable[[Path], None], words: list[str]
) -> None:
    damage(write_set(tmp_path))
    with pytest.raises(ConfigError) as caught:
        read_pair(find_set(tmp_path).pairs[0])
    assert [word for word in words if word not in str(caught.value)] == []


def test_two_sizes_are_refused_with_both(tmp_path: Path) -> None:
    write_pair(tmp_path, "0000", scene()[:50], scene(), boxes=[])
    with pytest.raises(ConfigError, match=r"0000_cur\.png: 128x96 .*0000_ref\.png has 128x50"):
        read_pair(find_set(tmp_path).pairs[0])


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "0000", scene(), scene(), mask=np.zeros((20, 30), np.uint8))
    with pytest.raises(ConfigError, match=r"0000_mask\.png: the mask has 30x20 .* 128x96"):
        read_pair(find_set(tmp_path).pairs[0])


def test_a_mask_of_sixteen_bits_is_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "0000", scene(), scene(), mask=np.zeros((HEIGHT, WIDTH), np.uint16).view(np.uint16))
    with pytest.raises(ConfigError, match="8 bits"):
        read_pair(find_set(tmp_path).pairs[0])


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param("x", id="text"),
        pytest.param([[1, 2, 3]], id="three-numbers"),
        pytest.param([[1, 2, 3, "4"]], id="a-number-as-text"),
        pytest.param([[20, 20, 20, 30]], id="no-width"),
        pytest.param([[900, 900, 910, 910]], id="outside"),
        pytest.param([[1, 1, float("nan"), 4]], id="not-a-number"),
        pytest.param([[1, 1, 1e30, 4]], id="a-huge-number"),
    ],
)
def test_boxes_that_are_none_are_refused(tmp_path: Path, boxes: object) -> None:
    write_pair(tmp_path, "0000", scene(), scene(), boxes=[])
    (tmp_path / "pairs" / "0000_boxes.json").write_text(json.dumps({"boxes": boxes}))
    with pytest.raises(ConfigError, match=r"0000_boxes\.json"):
        read_pair(find_set(tmp_path).pairs[0])


@pytest.mark.parametrize("made", [pytest.param(False, id="no-folder"), pytest.param(True, id="empty-folder")])
def test_a_folder_without_pairs_is_refused(tmp_path: Path, *, made: bool) -> None:
    if made:
        (tmp_path / "pairs").mkdir()
    with pytest.raises(ConfigError, match=r"NNNN_ref\.\*, NNNN_cur\.\*"):
        find_set(tmp_path)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    write_set(tmp_path)
    for name in ("0000_ref.png", "0001_mask.png"):
        (tmp_path / "pairs" / name).unlink()
    with pytest.raises(ConfigError) as caught:
        find_set(tmp_path)
    assert len(caught.value.faults) == 2
