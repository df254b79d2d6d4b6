"""The ``bundle`` stage: put together what a device needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.bundle import golden
from convert.bundle.card import PICTURE, card, card_picture
from convert.bundle.painting import paint
from convert.describing import described
from convert.evaluate.failures import FAILURES
from convert.evaluate.writing import write_bytes
from convert.model_files import DELEGATES, INT8
from convert.pipeline.results import figures_of
from convert.tflite import Tflite
from edge.bundle_files import read_file
from edge.core import bundles
from edge.errors import ModelError, StorageError
from edge.types import Bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.pipeline.stage import StageContext

BUNDLE = "bundle"
CARD = "CARD.md"


def run(context: StageContext) -> Mapping[str, object]:
    """Write ``bundle/``; the same inputs give the same bytes; see ``convert.pipeline.stage``.

    Raises:
        ModelError: A model file cannot be used, or does not answer the golden pairs
            on this very machine as it just did.
        StorageError: The figures of an earlier stage cannot be read.
    """
    recipe = context.recipe
    folder = context.partial / BUNDLE
    folder.mkdir(exist_ok=True)
    contents = {name: read_file(context.inputs["quantize"] / name) for name in DELEGATES}
    figures = {stage: figures_of(path) for stage, path in context.inputs.items()}
    files = tuple(
        described(content, name=name, delegate=DELEGATES[name]) for name, content in contents.items()
    )
    bundle = Bundle(
        recipe.name,
        recipe.version,
        recipe.preprocess,
        _share(figures["evaluate"], "threshold"),
        files,
        _share(figures["evaluate"], "reach"),
        recipe.look.octaves,
    )
    for name, content in contents.items():
        write_bytes(folder / name, content)
    write_bytes(folder / bundles.CONTRACT, bundles.format(bundle).encode())
    network = Tflite(contents[INT8], origin=INT8)
    affine = network.outputs["score"].affine
    if affine is None:
        msg = f"{INT8}: its score is not int8; run `stillwatch-convert quantize` again"
        raise ModelError(msg)
    painted = paint(context.seed, network.inputs["reference"].shape[1] or 0)
    pairs = golden.answered(network, painted, bundle)
    golden.write(folder, pairs)
    write_bytes(folder / PICTURE, card_picture(pairs, affine))
    failures = context.inputs["evaluate"] / FAILURES
    if failures.exists():
        write_bytes(folder / FAILURES, read_file(failures))
    text = card(bundle, recipe, figures, shows_failures=failures.exists())
    write_bytes(folder / CARD, text.encode())
    if faults := golden.verify(folder):
        raise ModelError("; ".join(faults))
    return {
        "model": recipe.name,
        "version": recipe.version,
        "threshold": bundle.threshold,
        "reach": bundle.reach,
        "bundle_kb": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1000,
        "golden_pairs": len(pairs),
    }


def _share(figures: Mapping[str, object], name: str) -> float:
    value = figures.get(name)
    if isinstance(value, float) and 0.0 < value < 1.0:
        return value
    msg = f"no {name} among the figures of evaluate ({value}); run `stillwatch-convert evaluate` again"
    raise StorageError(msg)
