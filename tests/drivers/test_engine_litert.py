from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.core.quant import logistic
from edge.drivers.engine_litert import LiteRtEngine
from edge.drivers.engine_litert.network import Network
from edge.errors import ContractError, EngineError, ModelError
from edge.types import Affine, Enhance, ModelContract, Pixels, Preprocess, TensorSpec
from tests.tiny_models import SIDE, TINY, TINY_FLOAT, Tiny, bundle, logit_of

ROOT = Path(__file__).parents[2]
BRIGHTER = 85
SEEN = float(logistic(np.array([logit_of(BRIGHTER)], np.float32))[0])
UNSEEN = float(logistic(np.array([logit_of(0)], np.float32))[0])


def contract_of(tiny: Tiny) -> ModelContract:
    """Return the contract of the network."""
    file = tiny.entry()
    return bundle(file).contract(file)


def engine_of(tiny: Tiny = TINY, *, contract: ModelContract | None = None) -> LiteRtEngine:
    """Load the network."""
    return LiteRtEngine(contract or contract_of(tiny), tiny.file(), threads=1)


def test_a_network_is_less_sure_of_edges_and_a_little_more_is_asked_for_that() -> None:
    contract = contract_of(TINY)
    assert 0.0 < contract.reach < 1.0
    assert contract.spill_px > 0.0


def scene(height: int = 3 * SIDE, width: int = 4 * SIDE) -> Pixels:
    """Return a picture with some texture."""
    rng = np.random.default_rng(0)
    return rng.integers(60, 110, (height, width, 3)).astype(np.uint8)


def with_patch(pixels: Pixels, left: int, top: int, side: int = 8) -> Pixels:
    """Return the picture with a brighter square."""
    changed = pixels.copy()
    changed[top : top + side, left : left + side] += np.uint8(BRIGHTER)
    return changed


def score(engine: LiteRtEngine, reference: Pixels, current: Pixels) -> np.ndarray:
    """Return the score map."""
    return np.asarray(engine.run({"reference": reference, "current": current})["score"])


EVERY = [
    pytest.param(TINY, id="int8"),
    pytest.param(TINY_FLOAT, id="float"),
    pytest.param(replace(TINY, order=("reference", "current")), id="int8-inputs-in-another-order"),
    pytest.param(replace(TINY_FLOAT, order=("reference", "current")), id="float-inputs-in-another-order"),
]


@pytest.mark.parametrize("tiny", EVERY)
def test_a_brighter_place_has_the_score_that_the_network_was_built_for(tiny: Tiny) -> None:
    before = scene()
    found = score(engine_of(tiny), before, with_patch(before, 40, 24))
    assert found.max() == pytest.approx(SEEN, abs=0.02)
    assert (found[26:30, 42:46] > 0.9).all()
    assert found[:20].max() <= UNSEEN + 0.02


@pytest.mark.parametrize("tiny", EVERY)
def test_swapped_on_purpose_the_pictures_get_another_answer(tiny: Tiny) -> None:
    before = scene()
    found = score(engine_of(tiny), with_patch(before, 40, 24), before)
    assert found.max() == pytest.approx(UNSEEN, abs=0.02)


def test_int8_and_float_agree() -> None:
    before = scene()
    after = with_patch(before, 60, 50)
    apart = np.abs(score(engine_of(TINY), before, after) - score(engine_of(TINY_FLOAT), before, after))
    assert apart.max() < 0.02


@pytest.mark.parametrize(
    ("height", "width"),
    [
        pytest.param(1, 1, id="one-pixel"),
        pytest.param(SIDE, SIDE, id="the-networks-own-size"),
        pytest.param(SIDE - 5, SIDE + 1, id="lower-and-a-little-wider"),
        pytest.param(47, 161, id="odd-and-wide"),
    ],
)
def test_a_picture_of_any_size_is_looked_at_whole(height: int, width: int) -> None:
    before = scene(height, width)
    found = score(engine_of(), before, before + np.uint8(BRIGHTER))
    assert found.shape == (height, width)
    assert found.dtype == np.float32
    assert (np.abs(found - SEEN) < 0.02).all()


def test_seams_between_tiles_are_invisible() -> None:
    before = scene()
    after = before.copy()
    after[::3, ::5] += np.uint8(60)
    tiled, whole = (score(engine_of(replace(TINY, side=side)), before, after) for side in (SIDE, 4 * SIDE))
    assert np.array_equal(tiled[1:-1, 1:-1], whole[1:-1, 1:-1])


def test_between_two_places_of_the_answer_the_logit_changes_evenly() -> None:
    before = scene(SIDE, SIDE)
    after = before.copy()
    after[:, SIDE // 2 :] += np.uint8(BRIGHTER)
    row = score(engine_of(), before, after)[SIDE // 2]
    low, high = logit_of(0), logit_of(BRIGHTER)
    step = (high - low) / 4
    wanted = logistic(np.array([low, low + step, high - step, high], np.float32))
    assert row[SIDE // 2 - 2 : SIDE // 2 + 2] == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize("octaves", [1, 2, 3])
def test_a_place_that_is_brighter_in_every_size_has_one_score(octaves: int) -> None:
    before = scene(SIDE, SIDE)
    engine = engine_of(contract=replace(contract_of(TINY), octaves=octaves))
    found = score(engine, before, before + np.uint8(BRIGHTER))
    assert found == pytest.approx(np.full((SIDE, SIDE), SEEN), abs=0.02)


def test_a_speck_that_smaller_pictures_do_not_show_is_believed_less() -> None:
    before = scene(2 * SIDE, 2 * SIDE)
    after = before.copy()
    after[40:42, 40:42] += np.uint8(BRIGHTER)
    alone, along = (
        score(engine_of(contract=replace(contract_of(TINY), octaves=octaves)), before, after)[40, 40]
        for octaves in (1, 3)
    )
    assert along < alone


def test_pictures_that_are_equal_to_the_last_bit_score_nothing_in_any_size() -> None:
    engine = engine_of(contract=replace(contract_of(TINY), octaves=3))
    assert not score(engine, scene(), scene()).any()


def test_a_tile_that_is_equal_to_the_last_bit_is_not_looked_at() -> None:
    before = scene()
    found = score(engine_of(), before, with_patch(before, 2, 2))
    assert not found[SIDE:, SIDE:].any()
    assert found[:4, :4].all()


@pytest.mark.parametrize("tiny", [replace(TINY, whole_view=True), replace(TINY_FLOAT, whole_view=True)])
def test_a_network_that_sees_the_whole_view_gives_one_score_for_all(tiny: Tiny) -> None:
    before = scene()
    found = score(engine_of(tiny), before, before + np.uint8(BRIGHTER))
    assert found.shape == before.shape[:2]
    assert np.ptp(found) == 0
    assert found[0, 0] == pytest.approx(SEEN, abs=0.02)
    assert not score(engine_of(tiny), before, before).any()


def test_a_pair_is_prepared_as_the_contract_says() -> None:
    before = cv2.GaussianBlur(scene(), (0, 0), 3).astype(np.uint8, copy=False)
    dimmed = (before * 0.55).astype(np.uint8)
    relit = replace(contract_of(TINY), preprocess=Preprocess(Enhance.RELIT))
    assert score(engine_of(), dimmed, before).max() > 2 * UNSEEN
    assert score(engine_of(contract=relit), dimmed, before).max() < 1.6 * UNSEEN


def test_it_offers_the_contract_of_an_engine_and_keeps_what_the_model_says() -> None:
    contract = contract_of(TINY)
    offered = engine_of().contract
    assert [(spec.name, spec.shape) for spec in offered.inputs] == [
        ("reference", (None, None, 3)),
        ("current", (None, None, 3)),
    ]
    assert (offered.model, offered.version, offered.sha256) == (
        contract.model,
        contract.version,
        contract.sha256,
    )


# ---- what cannot be loaded ----


def vouched(model: bytes) -> ModelContract:
    """Return the tiny network's contract, which vouches for another file."""
    return replace(contract_of(TINY), sha256=hashlib.sha256(model).hexdigest())


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        pytest.param(b"", "not a TFLite file", id="an-empty-file"),
        pytest.param(b"\x00" * 2000, "not a TFLite file", id="zeros"),
        pytest.param(b"\x89PNG\r\n\x1a\n" * 50, "not a TFLite file", id="a-picture"),
        pytest.param(b"\x1c\x00\x00\x00TFL3" + b"\xff" * 500, "cannot load", id="garbage-that-begins-well"),
        pytest.param(TINY.file()[:-1], "cannot load", id="one-byte-too-few"),
        pytest.param(TINY.file()[:700], "cannot load", id="half-a-file"),
        pytest.param(TINY.file()[:9], "cannot load", id="nine-bytes"),
        pytest.param(
            replace(TINY, signatures=2).file(), "2 signatures", id="a-file-that-answers-two-questions"
        ),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_cause_and_fix(model: bytes, cause: str) -> None:
    with pytest.raises(ModelError, match=cause) as caught:
        LiteRtEngine(vouched(model), model, threads=1)
    assert "copy the bundle again" in str(caught.value)


def test_a_file_that_the_contract_does_not_vouch_for_is_never_loaded() -> None:
    with pytest.raises(ModelError, match=r"digest is [0-9a-f]{64}, and the contract says [0-9a-f]{64}"):
        LiteRtEngine(contract_of(TINY), TINY_FLOAT.file(), threads=1)


def test_a_contract_without_a_digest_vouches_for_nothing() -> None:
    with pytest.raises(ModelError, match="the contract says nothing"):
        LiteRtEngine(replace(contract_of(TINY), sha256=""), TINY.file(), threads=1)


def with_input(change: TensorSpec) -> ModelContract:
    """Return the contract with one input promised otherwise."""
    contract = contract_of(TINY)
    return replace(
        contract, inputs=tuple(change if spec.name == change.name else spec for spec in contract.inputs)
    )


CURRENT = TINY.inputs()[1]
ANSWER = TINY.outputs()[0]


@pytest.mark.parametrize(
    ("contract", "tensor", "expected", "found"),
    [
        pytest.param(
            replace(contract_of(replace(TINY, side=64)), sha256=TINY.entry().sha256),
            "current",
            "int8 (1, 64, 64, 3) of scale 0.003921569 and zero point -128",
            "int8 (1, 32, 32, 3) of scale 0.003921569 and zero point -128",
            id="another-size",
        ),
        pytest.param(
            with_input(replace(CURRENT, dtype="float32", affine=None)),
            "current",
            "float32 (1, 32, 32, 3)",
            "int8 (1, 32, 32, 3) of scale 0.003921569 and zero point -128",
            id="another-type",
        ),
        pytest.param(
            with_input(replace(CURRENT, affine=Affine(1 / 127, 0))),
            "current",
            "int8 (1, 32, 32, 3) of scale 0.007874016 and zero point 0",
            "int8 (1, 32, 32, 3) of scale 0.003921569 and zero point -128",
            id="another-scale-of-an-input",
        ),
        pytest.param(
            replace(contract_of(TINY), outputs=(replace(ANSWER, affine=Affine(0.12500001, 0)),)),
            "score",
            "int8 (1, 16, 16, 1) of scale 0.12500001 and zero point 0",
            "int8 (1, 16, 16, 1) of scale 0.125 and zero point 0",
            id="the-next-scale-of-the-answer",
        ),
    ],
)
def test_a_tensor_that_breaks_the_contract_is_named(
    contract: ModelContract, tensor: str, expected: str, found: str
) -> None:
    with pytest.raises(ContractError) as caught:
        engine_of(contract=contract)
    fault = caught.value
    assert (fault.tensor, fault.expected, fault.found) == (tensor, expected, found)


def test_a_network_that_answers_with_no_number_has_failed() -> None:
    engine = engine_of(replace(TINY_FLOAT, bias=float("nan")))
    with pytest.raises(EngineError, match="no number"):
        score(engine, scene(), scene() + np.uint8(1))


def test_what_litert_cannot_do_is_an_error_of_the_engine() -> None:
    network = Network(contract_of(TINY), TINY.file(), threads=1)
    small, large = (np.zeros((1, side, side, 3), np.int8) for side in (SIDE, SIDE + 3))
    with pytest.raises(EngineError, match="LiteRT failed"):
        network.score(reference=small, current=large)


@pytest.mark.parametrize("delegate", ["coral", "jetson", "abacus"])
def test_a_delegate_that_it_does_not_drive_is_refused(delegate: str) -> None:
    with pytest.raises(EngineError, match="use cpu or float"):
        LiteRtEngine(contract_of(TINY), TINY.file(), delegate=delegate, threads=1)


def child(script: str, *, model: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a script in an interpreter of its own."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, input=model, capture_output=True, check=False)


TRY_ALL = """
import hashlib, sys
from dataclasses import replace
from edge.drivers.engine_litert import LiteRtEngine
from edge.errors import ModelError
from tests.tiny_models import TINY, bundle
whole = sys.stdin.buffer.read()
contract = bundle(TINY.entry()).contract(TINY.entry())
for length in range(0, len(whole), 7):
    model = whole[:length]
    try:
        LiteRtEngine(replace(contract, sha256=hashlib.sha256(model).hexdigest()), model, threads=1)
    except ModelError:
        continue
    raise SystemExit(f"{length} bytes were loaded")
"""


def test_a_model_cut_short_anywhere_never_ends_the_process() -> None:
    done = child(TRY_ALL, model=TINY.file())
    assert (done.returncode, done.stderr) == (0, b"")


LOAD = """
import sys
{before}
from edge.drivers.engine_litert import LiteRtEngine
from edge.errors import EngineError
from edge.types import *
spec = [TensorSpec(n, (1, 32, 32, 3), "int8", Affine(1 / 255, -128)) for n in ("reference", "current")]
score = TensorSpec("score", (1, 16, 16, 1), "int8", Affine(0.125, 0))
contract = ModelContract("tiny", "1", tuple(spec), (score,), sha256="{digest}")
try:
    LiteRtEngine(contract, sys.stdin.buffer.read(), threads=1)
except EngineError as error:
    print(error)
"""


def test_without_litert_the_error_says_what_to_install() -> None:
    script = LOAD.format(before="sys.modules['ai_edge_litert'] = None", digest=TINY.entry().sha256)
    done = child(script, model=TINY.file())
    assert b"pip install 'stillwatch'" in done.stdout


def test_loading_and_running_prints_nothing() -> None:
    done = child(LOAD.format(before="", digest=TINY.entry().sha256), model=TINY.file())
    assert (done.stdout, done.stderr) == (b"", b"")
