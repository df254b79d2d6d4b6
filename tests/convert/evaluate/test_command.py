from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from convert.cli import main
from convert.evaluate.command import run
from edge.errors import ConfigError, ModelError, StorageError
from tests.convert.evaluate.sets import HEIGHT, SQUARE, WIDTH, list_pairs, scene, write_pair, write_set
from tests.tiny_models import store

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


def asked(out: Path, *sets: Path, **more: str | float | None) -> Namespace:
    """Return the arguments of the command."""
    given = {"model": None, "float": False, "threads": None, "json": False, "quiet": True, "method": "band"}
    return Namespace(pairs=list(sets), out=out, **(given | more))


def shown(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image)


def test_scores_and_masks_are_written_for_each_pair(tmp_path: Path) -> None:
    assert run(asked(tmp_path / "out", write_set(tmp_path / "set"))) == 0
    names = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert names == {"0000_score.png", "0000_mask.png", "0001_score.png", "0001_mask.png", "curve.png"}


def test_a_score_is_sixteen_bits_and_a_mask_is_black_and_white(tmp_path: Path) -> None:
    run(asked(tmp_path / "out", write_set(tmp_path / "set")))
    score, mask = (shown(tmp_path / "out" / f"0000_{name}.png") for name in ("score", "mask"))
    assert (str(score.dtype), score.shape) == ("uint16", (HEIGHT, WIDTH))
    assert (str(mask.dtype), mask.shape) == ("uint8", (HEIGHT, WIDTH))
    assert np.unique(mask).tolist() == [0, 255]
    assert mask[SQUARE].mean() > 200


@pytest.mark.parametrize("method", ["absdiff", "ecc", "band", "mog2", "knn", "difference"])
def test_every_method_tells_the_changed_pair_from_the_unchanged(tmp_path: Path, method: str) -> None:
    run(asked(tmp_path / "out", write_set(tmp_path / "set"), method=method))
    told = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert told["sets"]["set"]["image_accuracy"] == 1.0


def test_several_sets_get_a_folder_each(tmp_path: Path) -> None:
    sets = [write_set(tmp_path / name) for name in ("dusk", "dawn")]
    run(asked(tmp_path / "out", *sets))
    assert all((tmp_path / "out" / name / "0001_mask.png").exists() for name in ("dusk", "dawn"))
    assert set(json.loads((tmp_path / "out" / "figures.json").read_text())["sets"]) == {"dusk", "dawn"}


def test_subsets_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_set(tmp_path / "set")
    list_pairs(folder, {"id": "0000", "subset": "new"}, {"id": "0001", "subset": "same"})
    run(asked(tmp_path / "out", folder))
    out = capsys.readouterr().out
    assert "set/new: 1 pair\n" in out
    assert "set/same: 1 pair\n" in out


def test_accuracy_precision_recall_and_f1_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(asked(tmp_path / "out", write_set(tmp_path / "set")))
    out = capsys.readouterr().out
    for about in ("pixels", "pictures"):
        (line,) = (line for line in out.splitlines() if line.strip().startswith(about))
        assert [word for word in ("accuracy", "precision", "recall", "F1") if f"{word} " not in line] == []


def test_json_is_one_object_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(tmp_path / "out", write_set(tmp_path / "set"), json=True, quiet=False))
    out, err = capsys.readouterr()
    assert json.loads(out) == json.loads((tmp_path / "out" / "figures.json").read_text())
    assert "band on set, 2 pairs" in err


def test_boxes_alone_are_figures_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = scene()
    after[SQUARE] = 250
    write_pair(tmp_path / "set", "0000", scene(), after, boxes=[[56, 26, 88, 54]])
    run(asked(tmp_path / "out", tmp_path / "set"))
    assert "boxes" in capsys.readouterr().out
    assert (tmp_path / "out" / "curve.png").exists()


def test_where_nothing_changed_there_is_no_curve(tmp_path: Path) -> None:
    write_pair(tmp_path / "set", "0000", scene(), scene(), boxes=[])
    run(asked(tmp_path / "out", tmp_path / "set"))
    assert not (tmp_path / "out" / "curve.png").exists()


def refuse(**more: str | float) -> Callable[[Path], Namespace]:
    return lambda folder: asked(folder / "out", folder / "set", **more)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(refuse(float=True), "--float", id="a-method-has-no-float"),
        pytest.param(refuse(model="mine"), "--model mine", id="a-method-is-no-model"),
        pytest.param(
            lambda folder: asked(folder / "out", folder / "set", folder / "set"),
            "2 sets are named set",
            id="the-same-set-twice",
        ),
        pytest.param(
            lambda folder: asked(folder / "set" / "pairs", folder / "set"),
            "choose another folder",
            id="onto-truth",
        ),
        pytest.param(
            lambda folder: asked(folder / "out", folder / "set", folder / "no"),
            "no folder 'pairs'",
            id="no-set",
        ),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    tmp_path: Path, arguments: Callable[[Path], Namespace], words: str
) -> None:
    write_set(tmp_path / "set")
    with pytest.raises(ConfigError, match=words):
        run(arguments(tmp_path))


@pytest.mark.parametrize("unquantized", [pytest.param(False, id="int8"), pytest.param(True, id="float")])
def test_a_model_finds_what_is_new(tmp_path: Path, *, unquantized: bool) -> None:
    (tmp_path / "bundle").mkdir()
    bundle = str(store(tmp_path / "bundle"))
    folder = write_set(tmp_path / "set")
    run(asked(tmp_path / "out", folder, method=None, model=bundle, float=unquantized, threads=1))
    told = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert told["judge"] == f"tiny 1 ({'float' if unquantized else 'cpu'})"
    assert told["sets"]["set"]["ftol"] > 0.95


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    with pytest.raises(ModelError, match=r"contract\.json"):
        run(asked(tmp_path / "out", tmp_path / "set", method=None, model=str(tmp_path)))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        run(asked(tmp_path / "file" / "out", write_set(tmp_path / "set")))


def test_a_picture_that_cannot_be_read_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_set(tmp_path / "set")
    (folder / "pairs" / "0001_cur.png").write_bytes(b"torn")
    words = ["evaluate", "--method", "absdiff", "--pairs", str(folder), "--out", str(tmp_path / "out")]
    assert main(words) == 2
    assert "0001_cur.png: not a picture" in capsys.readouterr().err


def test_no_framework_is_loaded(tmp_path: Path) -> None:
    words = ["evaluate", "--method", "difference", "--pairs", str(write_set(tmp_path / "set"))]
    words += ["--out", str(tmp_path / "out")]
    script = (
        "import sys\nfrom convert.cli import main\ncode = main(sys.argv[1:])\n"
        "loaded = {name.partition('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'jax'}\n"
        "print(code, *loaded, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "0"
