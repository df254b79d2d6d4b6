from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import bundles
from edge.errors import ContractError, ModelError
from edge.types import (
    MOST_OCTAVES,
    REACH,
    Affine,
    Bundle,
    Denoise,
    Enhance,
    ModelFile,
    Preprocess,
    TensorSpec,
)

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,20}", fullmatch=True)
sides = st.integers(1, 512)
affines = st.builds(Affine, scale=st.floats(1e-9, 1e3), zero_point=st.integers(-128, 127))


@st.composite
def tensors(draw: st.DrawFn, name: str, shape: tuple[int, ...]) -> TensorSpec:
    """Draw an int8 or a float32 tensor."""
    affine = draw(st.none() | affines)
    return TensorSpec(name, shape, "float32" if affine is None else "int8", affine)


@st.composite
def files(draw: st.DrawFn, delegate: str) -> ModelFile:
    """Draw a model file whose tensors fit together."""
    height, width = draw(sides), draw(sides)
    score = draw(
        st.just((1, 1)) | st.tuples(st.just(1), st.integers(1, height), st.integers(1, width), st.just(1))
    )
    pair = [draw(tensors(name, (1, height, width, 3))) for name in draw(st.permutations(bundles.PAIR))]
    digest = draw(st.binary(min_size=32, max_size=32)).hex()
    return ModelFile(draw(names), delegate, digest, tuple(pair), (draw(tensors("score", score)),))


@st.composite
def any_bundle(draw: st.DrawFn) -> Bundle:
    """Draw a bundle."""
    others = draw(st.lists(st.sampled_from(["coral", "jetson", "float"]), unique=True))
    return Bundle(
        model=draw(names),
        version=draw(names),
        preprocess=Preprocess(draw(st.sampled_from(Enhance)), draw(st.sampled_from(Denoise))),
        threshold=draw(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)),
        files=tuple(draw(files(delegate)) for delegate in draw(st.permutations(["cpu", *others]))),
        reach=draw(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)),
        octaves=draw(st.integers(1, MOST_OCTAVES)),
    )


BYTES = Affine(1 / 255, -128)
PICTURES = tuple(TensorSpec(name, (1, 256, 256, 3), "int8", BYTES) for name in ("reference", "current"))
SCORE = (TensorSpec("score", (1, 128, 128, 1), "int8", Affine(0.1, 0)),)
CPU = ModelFile("model.tflite", "cpu", "ab" * 32, PICTURES, SCORE)
GOOD = Bundle("compact", "1", Preprocess(Enhance.RELIT, Denoise.MEDIAN), 0.4, (CPU,))
TEXT = bundles.format(GOOD)
GONE = object()


def with_value(path: tuple[str | int, ...], value: object) -> str:
    """Return the good contract with another value at a path; ``GONE`` takes the key out."""
    document = copy.deepcopy(json.loads(TEXT))
    inside: Any = document
    for key in path[:-1]:
        inside = inside[key]
    if value is GONE:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return json.dumps(document)


def refusal(text: str) -> ModelError:
    """Return how a contract is refused."""
    with pytest.raises(ModelError) as caught:
        bundles.parse(text)
    return caught.value


@given(any_bundle())
def test_what_is_written_is_read_back_alike(bundle: Bundle) -> None:
    assert bundles.parse(bundles.format(bundle)) == bundle


def test_a_contract_is_one_line_that_begins_with_its_version() -> None:
    assert TEXT.startswith('{"v":1,"model":"compact","version":"1",')
    assert TEXT.count("\n") == 1
    assert TEXT.endswith("\n")


def test_a_contract_from_before_regions_reached_and_sizes_were_several_is_read() -> None:
    assert bundles.parse(with_value(("reach",), GONE)).reach == REACH
    assert bundles.parse(with_value(("octaves",), GONE)).octaves == 1


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    assert str(refusal(text)).startswith("contract.json: ")


@given(st.integers(0, len(TEXT) - 3))
def test_a_contract_cut_short_is_refused(length: int) -> None:
    assert "damaged" in str(refusal(TEXT[:length]))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        pytest.param("", "damaged", id="nothing"),
        pytest.param("[]", "must be a JSON object", id="a-list"),
        pytest.param("{}", "'v' is missing", id="an-object-without-a-version"),
        pytest.param("[" * 60_000, "damaged", id="nested-beyond-reason"),
        pytest.param(TEXT + " " * 70_000, "longer than 65536", id="endless"),
        pytest.param(TEXT.replace('"v":1', '"v":1,"v":1'), "twice", id="a-key-twice"),
        pytest.param(TEXT.replace("0.4", "NaN"), "NaN is no number", id="a-threshold-that-is-no-number"),
        pytest.param(TEXT.replace("0.4", "1e999"), "'threshold' is inf", id="an-infinite-threshold"),
        pytest.param(TEXT.replace('"v":1', '"v":2'), "version 2", id="a-later-version"),
        pytest.param(TEXT.replace("0.4", "9" * 400), "a huge number", id="a-threshold-of-400-digits"),
        pytest.param(TEXT.replace("0.4", "9" * 5000), "damaged", id="a-threshold-of-5000-digits"),
    ],
)
def test_a_damaged_or_foreign_contract_is_refused(text: str, cause: str) -> None:
    assert cause in str(refusal(text))


FILE, PREPROCESS = ("files", 0), ("preprocess",)
INPUT = (*FILE, "inputs", 0)
AFFINE = (*INPUT, "affine")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("v",), True, id="a-version-that-is-a-flag"),
        pytest.param(("v",), 1.0, id="a-version-that-is-a-fraction"),
        pytest.param(("model",), "", id="a-model-without-a-name"),
        pytest.param(("model",), "a/b", id="a-model-with-a-folder"),
        pytest.param(("version",), 1, id="a-version-that-is-a-number"),
        pytest.param(("threshold",), 0, id="a-threshold-that-lets-everything-count"),
        pytest.param(("threshold",), 1, id="a-threshold-that-nothing-reaches"),
        pytest.param(("threshold",), True, id="a-threshold-that-is-a-flag"),
        pytest.param(("threshold",), "0.5", id="a-threshold-that-is-text"),
        pytest.param(("octaves",), 0, id="a-look-in-no-size"),
        pytest.param(("octaves",), MOST_OCTAVES + 1, id="more-sizes-than-this-version-knows"),
        pytest.param(("octaves",), 1.0, id="a-number-of-sizes-that-is-a-fraction"),
        pytest.param(("reach",), 0, id="regions-that-reach-everywhere"),
        pytest.param(("reach",), 1, id="regions-that-reach-nowhere"),
        pytest.param(("preprocess",), None, id="no-preprocessing-object"),
        pytest.param((*PREPROCESS, "enhance"), "sharpen", id="an-unknown-enhancement"),
        pytest.param((*PREPROCESS, "denoise"), 3, id="a-denoising-that-is-a-number"),
        pytest.param((*PREPROCESS, "gamma"), 2.2, id="a-step-this-version-does-not-know"),
        pytest.param(("card",), "CARD.md", id="a-key-this-version-does-not-know"),
        pytest.param(("files",), [], id="no-files"),
        pytest.param(("files",), [1], id="a-file-that-is-a-number"),
        pytest.param(("files",), [{}] * 5, id="more-files-than-delegates"),
        pytest.param((*FILE, "name"), "../model.tflite", id="a-file-outside-the-folder"),
        pytest.param((*FILE, "name"), "/etc/passwd", id="a-file-anywhere"),
        pytest.param((*FILE, "name"), "..", id="the-folder-above"),
        pytest.param((*FILE, "name"), "a\\b", id="a-file-outside-the-folder-on-windows"),
        pytest.param((*FILE, "name"), "a" * 65, id="an-endless-file-name"),
        pytest.param((*FILE, "delegate"), "abacus", id="an-unknown-delegate"),
        pytest.param((*FILE, "sha256"), "ab" * 31, id="a-digest-cut-short"),
        pytest.param((*FILE, "sha256"), "zz" * 32, id="a-digest-that-is-not-hexadecimal"),
        pytest.param((*FILE, "sha256"), "ab" * 32 + "\n", id="a-digest-with-a-line-feed"),
        pytest.param((*FILE, "inputs"), {}, id="inputs-that-are-no-list"),
        pytest.param((*INPUT, "shape"), [1, 0, 256, 3], id="a-picture-of-no-rows"),
        pytest.param((*INPUT, "shape"), [1, -1, 256, 3], id="a-picture-of-any-height"),
        pytest.param((*INPUT, "shape"), [1, 5000, 256, 3], id="a-picture-too-high"),
        pytest.param((*INPUT, "shape"), [1, 4096, 4096, 3], id="a-picture-too-large"),
        pytest.param((*INPUT, "shape"), [1, 256.0, 256, 3], id="a-height-that-is-a-fraction"),
        pytest.param((*INPUT, "shape"), [True, 256, 256, 3], id="a-size-that-is-a-flag"),
        pytest.param((*INPUT, "shape"), [1] * 5, id="five-dimensions"),
        pytest.param((*INPUT, "shape"), [], id="no-dimensions"),
        pytest.param((*INPUT, "dtype"), "int16", id="a-type-that-is-not-run"),
        pytest.param((*INPUT, "affine"), GONE, id="eight-bits-without-a-scale"),
        pytest.param((*AFFINE, "scale"), 0.0, id="a-scale-of-nothing"),
        pytest.param((*AFFINE, "scale"), -1.0, id="a-negative-scale"),
        pytest.param((*AFFINE, "scale"), True, id="a-scale-that-is-a-flag"),
        pytest.param((*AFFINE, "zero_point"), 128, id="a-zero-point-out-of-range"),
        pytest.param((*AFFINE, "axis"), 0, id="a-scale-for-each-channel"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(path: tuple[str | int, ...], value: object) -> None:
    message = str(refusal(with_value(path, value)))
    assert f"'{path[-1]}' is " in message
    assert "again" in message


def keys(inside: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all keys of a document."""
    if isinstance(inside, dict):
        pairs: list[tuple[str | int, object]] = list(inside.items())
        own: list[tuple[str | int, ...]] = [(*path, key) for key in inside]
    else:
        pairs, own = (list(enumerate(inside)) if isinstance(inside, list) else []), []
    return own + [found for key, value in pairs for found in keys(value, (*path, key))]


NEEDED = [path for path in keys(json.loads(TEXT)) if path not in {("reach",), ("octaves",)}]


@pytest.mark.parametrize("path", NEEDED, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_key_is_named(path: tuple[str | int, ...]) -> None:
    assert f"{path[-1]!r} is missing" in str(refusal(with_value(path, GONE)))


def test_a_place_inside_is_told_from_the_outermost_on() -> None:
    message = str(refusal(with_value((*AFFINE, "scale"), "wide")))
    assert message.startswith("contract.json: files[0]: inputs[0]: affine: 'scale' is 'wide'")


def test_the_file_that_was_read_is_told() -> None:
    with pytest.raises(ModelError, match=r"shelf/a/contract\.json: damaged"):
        bundles.parse("{", origin="shelf/a/contract.json")


def bad(bundle: Bundle) -> ModelError:
    """Return why a bundle is not written."""
    with pytest.raises(ModelError) as caught:
        bundles.format(bundle)
    return caught.value


@pytest.mark.parametrize(
    ("bundle", "cause"),
    [
        pytest.param(replace(GOOD, files=(CPU, CPU)), "these are for cpu, cpu", id="a-delegate-twice"),
        pytest.param(
            replace(GOOD, files=(replace(CPU, delegate="float"),)), '"cpu"', id="nothing-for-the-cpu"
        ),
        pytest.param(replace(GOOD, threshold=float("nan")), "no finite number", id="a-threshold-of-nan"),
        pytest.param(replace(GOOD, model="two words"), "'model' is", id="a-name-with-a-space"),
    ],
)
def test_a_bundle_that_could_not_be_read_is_not_written(bundle: Bundle, cause: str) -> None:
    assert cause in str(bad(bundle))


def picture(name: str, *shape: int) -> TensorSpec:
    """Return an input."""
    return replace(PICTURES[0], name=name, shape=shape)


@pytest.mark.parametrize(
    ("inputs", "outputs", "tensor"),
    [
        pytest.param(PICTURES[:1], SCORE, "current", id="no-current-picture"),
        pytest.param((*PICTURES, picture("noise", 1, 256, 256, 1)), SCORE, "noise", id="a-third-input"),
        pytest.param((*PICTURES, PICTURES[0]), SCORE, "current", id="an-input-twice"),
        pytest.param(PICTURES, (replace(SCORE[0], name="mask"),), "mask", id="an-answer-of-another-name"),
        pytest.param(PICTURES, (), "score", id="no-answer"),
        pytest.param(
            (PICTURES[0], picture("current", 1, 256, 128, 3)), SCORE, "current", id="pictures-of-two-sizes"
        ),
        pytest.param(
            tuple(picture(name, 1, 3, 256, 256) for name in bundles.PAIR),
            SCORE,
            "current",
            id="channels-first",
        ),
        pytest.param(
            tuple(picture(name, 256, 256, 3) for name in bundles.PAIR),
            SCORE,
            "current",
            id="without-a-batch",
        ),
        pytest.param(
            PICTURES, (replace(SCORE[0], shape=(1, 128, 128, 2)),), "score", id="an-answer-of-two-channels"
        ),
        pytest.param(
            PICTURES,
            (replace(SCORE[0], shape=(1, 257, 128, 1)),),
            "score",
            id="an-answer-larger-than-the-picture",
        ),
        pytest.param(PICTURES, (replace(SCORE[0], shape=(1, 2)),), "score", id="two-answers"),
        pytest.param(PICTURES, (replace(SCORE[0], affine=None),), "score", id="int8-without-a-scale"),
        pytest.param(PICTURES, (replace(SCORE[0], dtype="float32"),), "score", id="a-float-with-a-scale"),
        pytest.param(PICTURES, (TensorSpec("score", (1, None, None, 1), "float32"),), "score", id="any-size"),
    ],
)
def test_tensors_that_compare_no_pair_are_named(
    inputs: tuple[TensorSpec, ...], outputs: tuple[TensorSpec, ...], tensor: str
) -> None:
    with pytest.raises(ContractError) as caught:
        bundles.check_tensors(inputs, outputs)
    assert caught.value.tensor == tensor


def test_tensors_are_checked_when_a_contract_is_read() -> None:
    fault = refusal(with_value((*FILE, "outputs", 0, "name"), "mask"))
    assert cast("ContractError", fault).tensor == "mask"


def test_the_inputs_may_stand_in_any_order() -> None:
    bundles.check_tensors(PICTURES[::-1], SCORE)
