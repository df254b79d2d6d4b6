from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convert import recipe as recipes
from convert.recipe import DataRecipe, LookRecipe, NetworkRecipe, QuantizeRecipe, Recipe, TileRecipe
from convert.recipe.reading import MAX_BYTES
from edge.errors import ConfigError
from edge.types import Denoise, Enhance, Preprocess

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST = '[recipe]\nname = "mine"\n'

WHOLE = """\
[recipe]
name = "yard"
version = "2.1"
seed = 7
[data]
pairs = 1000
validation_pairs = 100
size_px = 96
changed_share = 0.5
scanned_share = 0
min_change_px = 4
max_change_px = 48
footage = "."
[preprocess]
enhance = "relit"
denoise = "median"
[network]
name = "compact"
channels = [8, 16, 16, 32]
fuse_channels = [12, 12, 16, 16]
[train]
epochs = 3
batch = 16
learning_rate = 0.01
warmup_steps = 10
patience = 2
overlap_weight = 0.25
[prune]
share = 0
epochs = 0
learning_rate = 0.001
[quantize]
method = "ptq"
epochs = 2
learning_rate = 0.0001
calibration_pairs = 64
[tile]
size_px = 128
[look]
octaves = 2
[gate]
min_f1 = 0.25
max_int8_drop = 0.5
max_model_kb = 99
"""

FIVE_MISTAKES = """\
[recipe]
name = "mine"
[data]
pair = 10
size_px = 100
[train]
epochs = 0
[quantize]
method = "quat"
[gat]
min_f1 = 0.5
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        recipes.parse(text, origin="a.toml")
    return caught.value.faults


def test_what_is_left_out_is_as_in_the_default_recipe() -> None:
    assert recipes.parse(SMALLEST, origin="a.toml") == Recipe("mine")


def test_a_whole_recipe_is_read_as_written(tmp_path: Path) -> None:
    recipe = recipes.parse(WHOLE, origin=str(tmp_path / "a.toml"))
    assert (recipe.name, recipe.version, recipe.seed) == ("yard", "2.1", 7)
    assert recipe.data == DataRecipe(1000, 100, 96, 0.5, 0, 4, 48, tmp_path)
    assert recipe.preprocess == Preprocess(Enhance.RELIT, Denoise.MEDIAN)
    assert recipe.network == NetworkRecipe("compact", (8, 16, 16, 32), (12, 12, 16, 16))
    assert recipe.quantize == QuantizeRecipe("ptq", 2, 0.0001, 64)
    assert recipe.tile == TileRecipe(128)
    assert recipe.look == LookRecipe(2)
    usual = Recipe("yard")
    same = [
        field.name for field in fields(Recipe) if getattr(recipe, field.name) == getattr(usual, field.name)
    ]
    assert same == ["name"]


def test_five_mistakes_are_all_told_each_with_its_line() -> None:
    assert [fault.partition(" = ")[0].partition(": unknown")[0] for fault in faults(FIVE_MISTAKES)] == [
        "a.toml:4: data.pair",
        "a.toml:5: data.size_px",
        "a.toml:7: train.epochs",
        "a.toml:9: quantize.method",
        "a.toml:10: gat",
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param("", "recipe.name", "missing", id="no-name"),
        pytest.param('[recipe]\nname = "My Model"\n', ":2: recipe.name", "a-z", id="name-for-folders"),
        pytest.param(SMALLEST + "version = 1\n", "recipe.version", "in quotes", id="version-is-text"),
        pytest.param(SMALLEST + "[quantise]\n", ":3: quantise", '"quantize"', id="misspelt-table"),
        pytest.param(SMALLEST + "[train]\nlr = 0.1\n", ":4: train.lr", "learning_rate", id="known-keys"),
        pytest.param(SMALLEST + "[train]\nepoch = 1\n", ":4: train.epoch", '"epochs"', id="nearest-key"),
        pytest.param(
            SMALLEST + '[quantize]\nmethod = "qta"\n',
            "quantize.method",
            'did you mean "qat"?',
            id="nearest-word",
        ),
        pytest.param(SMALLEST + "[network]\nchannels = 16\n", "network.channels", "whole", id="no-list"),
        pytest.param(
            SMALLEST + "[network]\nchannels = [16]\n",
            "network.channels",
            "2 to 5 whole",
            id="one-channel",
        ),
        pytest.param(
            SMALLEST + "[network]\nchannels = [16, 24]\n",
            "fuse_channels",
            "as many numbers as channels, which are 2",
            id="one-comparison-for-each-stride",
        ),
        pytest.param(
            SMALLEST + "[network]\nchannels = [16, 24, 32, 46]\nfuse_channels = [8, 8, 8, 8]\n",
            "network.channels",
            "multiples",
            id="one-fault-is-told-once",
        ),
        pytest.param(
            SMALLEST + "[network]\nchannels = [32, 24, 32, 48]\n", "channels", "below", id="fewer-channels"
        ),
        pytest.param(
            SMALLEST + "[network]\nchannels = [true, 24, 32, 48]\n",
            "channels",
            "whole",
            id="a-flag-is-no-number",
        ),
        pytest.param(SMALLEST + "[tile]\nsize_px = 250\n", "tile.size_px", "multiple of 32", id="odd-tile"),
        pytest.param(
            SMALLEST + "[data]\nmax_change_px = 200\n",
            "data.max_change_px",
            "size_px, 128",
            id="change-over-tile",
        ),
        pytest.param(
            SMALLEST + "[data]\nmin_change_px = 101\n",
            "min_change_px",
            "max_change_px, 100",
            id="min-over-max",
        ),
        pytest.param(
            SMALLEST + '[data]\nfootage = "nowhere"\n', "data.footage", "no such folder", id="no-footage"
        ),
        pytest.param(
            SMALLEST + '[network]\nname = "document"\n',
            "data.size_px",
            "size_px = 256",
            id="document-looks-at-all",
        ),
        pytest.param(
            SMALLEST
            + "[data]\npairs = 16\n[train]\nbatch = 17\nwarmup_steps = 0\n[quantize]\ncalibration_pairs=1",
            "train.batch",
            "data.pairs, 16",
            id="batch-over-pairs",
        ),
        pytest.param(
            SMALLEST + "[train]\nepochs = 1\nwarmup_steps = 2000\n",
            "train.warmup_steps",
            "1500 steps",
            id="warm-up-without-end",
        ),
        pytest.param(
            SMALLEST + "[data]\npairs = 255\n[train]\nwarmup_steps = 0\n",
            "quantize.calibration_pairs",
            "255",
            id="calibration-over-pairs",
        ),
        pytest.param(SMALLEST + "[prune]\nshare = 0.9\n", "prune.share", "0 to 0.8", id="pruned-to-nothing"),
        pytest.param(SMALLEST + "[train]\nlearning_rate = nan\n", "= nan", "number", id="not-a-number"),
        pytest.param(SMALLEST + "[data]\npairs = 1e4\n", "data.pairs", "whole number", id="whole-pairs"),
        pytest.param(SMALLEST + "[look]\noctaves = 4\n", "look.octaves", "1 to 3", id="sizes-beyond-reason"),
        pytest.param("[recipe\n", "a.toml:1", "not TOML", id="not-toml"),
        pytest.param("x = " + "[" * 5000, "a.toml", "", id="nested-too-deeply"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_way_out(text: str, place: str, words: str) -> None:
    (fault,) = faults(text)
    assert place in fault
    assert words in fault


@pytest.mark.parametrize("name", ["default", "smoke"])
def test_the_package_has_recipes_that_are_valid(name: str) -> None:
    assert name in recipes.packaged()
    assert recipes.load(recipes.find(name)).name


def test_the_default_recipe_spells_out_what_is_usual() -> None:
    recipe = recipes.load(recipes.find("default"))
    assert recipe == Recipe(recipe.name, recipe.version, recipe.seed)


def test_a_recipe_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="smok: no such recipe; did you mean smoke"):
        recipes.load(recipes.find("smok"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"#" * (MAX_BYTES + 1), "hardly a recipe", id="endless"),
        pytest.param(b"[recipe]\nname = '\xff'", ":2: not UTF-8", id="not-text"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        recipes.load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert recipes.load(path).name == "mine"


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        recipes.load(tmp_path)


KEYS = st.sampled_from(["recipe", "data", "network", "train", "channels", "name", "size_px", "footage", "x"])
VALUES = st.recursive(
    st.one_of(
        st.integers().map(str),
        st.floats().map(str),
        st.sampled_from(["true", '"compact"', '"document"', '"\\u0000"', "1" * 5000]),
    ),
    lambda inner: st.lists(inner, max_size=5).map(lambda items: f"[{', '.join(items)}]"),
)
LINES = st.one_of(
    KEYS.map("[{}]".format), st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"), st.text()
)


@given(text=st.lists(LINES).map("\n".join))
@example(text='[recipe]\nname = "a"\n[data]\nfootage = "a\\u0000b"\n')
@example(text='[recipe]\nname = "a"\n[data]\nfootage = "' + "a" * 1000 + '"\n')
def test_any_text_is_a_recipe_or_a_list_of_faults(text: str) -> None:
    with suppress(ConfigError):
        assert recipes.parse(text, origin="a.toml").name
