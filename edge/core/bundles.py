"""A bundle's ``contract.json``: what it says, checked word by word, and how it is written.

Strict: a key that this version does not know may change what a model means, and
so it is refused like a missing one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from edge.core.encoding import canonical
from edge.core.fields import Fields
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

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTRACT = "contract.json"
VERSION = 1
DELEGATES = ("cpu", "coral", "jetson", "float")
MAX_CHARS = 64 * 1024
MAX_SIDE = 4096
MAX_VALUES = 1 << 24
"""Values in one tensor: a colour picture of five megapixels."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}"
_NAME_RULE = "must be 1 to 64 letters, digits, dots, dashes, without a folder"
PAIR = ("current", "reference")
"""The inputs of every network, by name."""

_PICTURE_RANK, _CHANNELS = 4, 3


def parse(text: str, *, origin: str = CONTRACT) -> Bundle:
    """Read a contract.

    Args:
        text: What the file says.
        origin: The file's name, for messages.

    Raises:
        ModelError: It is damaged, not a contract, or one of another version; the
            message names the place, the cause and the fix.
        ContractError: Its tensors are not those of a network that compares pairs.
    """
    fields = Fields(_document(text, origin), origin)
    version = fields.integer("v", low=1, high=10**6)
    if version != VERSION:
        msg = (
            f"{origin}: written in version {version}, and this stillwatch reads version {VERSION}: "
            "install the stillwatch that it was made for, or build the bundle with this one"
        )
        raise ModelError(msg)
    files = tuple(_file(each) for each in fields.list_of_inner("files", at_most=len(DELEGATES)))
    bundle = Bundle(
        model=fields.text("model", pattern=_NAME, rule=_NAME_RULE),
        version=fields.text("version", pattern=_NAME, rule=_NAME_RULE),
        preprocess=_preprocess(fields.inner("preprocess")),
        threshold=fields.number("threshold", above=0.0, below=1.0),
        files=files,
        reach=fields.number("reach", above=0.0, below=1.0) if fields.has("reach") else REACH,
        octaves=fields.integer("octaves", low=1, high=MOST_OCTAVES) if fields.has("octaves") else 1,
    )
    fields.finish()
    delegates = [file.delegate for file in files]
    if len(set(delegates)) < len(delegates):
        fields.fault("files", f"one file for each delegate, and these are for {', '.join(delegates)}")
    if "cpu" not in delegates:
        fields.fault("files", 'one of them must have delegate "cpu": every device has a processor')
    return bundle


def format(bundle: Bundle) -> str:  # noqa: A001 - read as bundles.format
    """Write a contract: one line of canonical JSON, which ``parse`` takes back.

    Raises:
        ModelError: ``parse`` would refuse it.
        ContractError: The same, for its tensors.
    """
    document: dict[str, object] = {
        "v": VERSION,
        "model": bundle.model,
        "version": bundle.version,
        "preprocess": {
            "enhance": bundle.preprocess.enhance.value,
            "denoise": bundle.preprocess.denoise.value,
        },
        "threshold": bundle.threshold,
        "reach": bundle.reach,
        "octaves": bundle.octaves,
        "files": [
            {
                "name": file.name,
                "delegate": file.delegate,
                "sha256": file.sha256,
                "inputs": [_record(spec) for spec in file.inputs],
                "outputs": [_record(spec) for spec in file.outputs],
            }
            for file in bundle.files
        ],
    }
    try:
        text = canonical(document).decode() + "\n"
    except ValueError as error:
        msg = f"{CONTRACT}: a threshold or scale is no finite number"
        raise ModelError(msg) from error
    parse(text)
    return text


def check_tensors(inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> None:
    """Insist on what a model file takes and gives: two pictures, and their score.

    ``reference`` and ``current`` are ``(1, H, W, 3)`` of one size; ``score`` is
    ``(1, h, w, 1)``, no larger than they, or ``(1, 1)`` for the whole view. All are
    int8 with a scale and zero point, or float32 without.

    Raises:
        ContractError: They are not; it names the tensor.
    """
    for wanted, specs in ((PAIR, inputs), (("score",), outputs)):
        names = sorted(spec.name for spec in specs)
        if names != list(wanted):
            odd = sorted(set(names) ^ set(wanted)) or names
            raise ContractError(odd[0], expected=f"of {', '.join(wanted)} one each", found=", ".join(names))
    for spec in (*inputs, *outputs):
        if spec.dtype not in {"int8", "float32"} or (spec.dtype == "int8") is (spec.affine is None):
            found = f"{spec.dtype} {'without' if spec.affine is None else 'with'} a scale"
            raise ContractError(spec.name, expected="int8 with a scale, or float32 without", found=found)
        if None in spec.shape:
            raise ContractError(spec.name, expected="a fixed size", found=f"{spec.shape}")
    picture = inputs[0].shape
    if len(picture) != _PICTURE_RANK or (picture[0], picture[3]) != (1, _CHANNELS):
        raise ContractError(inputs[0].name, expected="(1, height, width, 3)", found=f"{picture}")
    if inputs[1].shape != picture:
        raise ContractError(inputs[1].name, expected=f"{picture}, as the other", found=f"{inputs[1].shape}")
    (score,) = outputs
    a_map = len(score.shape) == _PICTURE_RANK and (score.shape[0], score.shape[3]) == (1, 1)
    if score.shape != (1, 1) and not (a_map and _fits(score.shape, picture)):
        expected = f"(1, height, width, 1) within {picture}, or (1, 1)"
        raise ContractError(score.name, expected=expected, found=f"{score.shape}")


def _fits(small: Sequence[int | None], large: Sequence[int | None]) -> bool:
    return all((have or 0) <= (most or 0) for have, most in zip(small[1:3], large[1:3], strict=True))


def _document(text: str, origin: str) -> dict[str, object]:
    fix = "build the bundle again, or copy it again"
    if len(text) > MAX_CHARS:
        msg = f"{origin}: longer than {MAX_CHARS} characters, and so no contract: {fix}"
        raise ModelError(msg)
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        msg = f"{origin}: damaged ({error}): {fix}"
        raise ModelError(msg) from error
    if not isinstance(document, dict):
        msg = f"{origin}: must be a JSON object: {fix}"
        raise ModelError(msg)
    return document


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a key stands there twice"
        raise ValueError(msg)
    return found


def _no_number(word: str) -> NoReturn:
    msg = f"{word} is no number"
    raise ValueError(msg)


def _preprocess(fields: Fields) -> Preprocess:
    found = Preprocess(fields.choice("enhance", Enhance), fields.choice("denoise", Denoise))
    fields.finish()
    return found


def _file(fields: Fields) -> ModelFile:
    file = ModelFile(
        name=fields.text("name", pattern=_NAME, rule=_NAME_RULE),
        delegate=fields.text("delegate", pattern="|".join(DELEGATES), rule=f"one of {', '.join(DELEGATES)}"),
        sha256=fields.text("sha256", pattern="[0-9a-f]{64}", rule="must be 64 hexadecimal digits"),
        inputs=tuple(_tensor(each) for each in fields.list_of_inner("inputs", at_most=4)),
        outputs=tuple(_tensor(each) for each in fields.list_of_inner("outputs", at_most=4)),
    )
    fields.finish()
    check_tensors(file.inputs, file.outputs)
    return file


def _tensor(fields: Fields) -> TensorSpec:
    dtype = fields.text("dtype", pattern="int8|float32", rule="must be int8 or float32")
    spec = TensorSpec(
        name=fields.text("name", pattern=_NAME, rule=_NAME_RULE),
        shape=fields.sizes("shape", most=MAX_SIDE, most_values=MAX_VALUES),
        dtype=dtype,
        affine=_affine(fields.inner("affine")) if dtype == "int8" else None,
    )
    fields.finish()
    return spec


def _affine(fields: Fields) -> Affine:
    affine = Affine(
        scale=fields.number("scale", above=1e-12, below=1e12),
        zero_point=fields.integer("zero_point", low=-128, high=127),
    )
    fields.finish()
    return affine


def _record(spec: TensorSpec) -> dict[str, object]:
    record: dict[str, object] = {"name": spec.name, "shape": list(spec.shape), "dtype": spec.dtype}
    if spec.affine is not None:
        record["affine"] = {"scale": spec.affine.scale, "zero_point": spec.affine.zero_point}
    return record
