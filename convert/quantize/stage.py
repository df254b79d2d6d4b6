"""The ``quantize`` stage: make the model files, and say how well they agree."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import keras
import numpy as np

from convert.evaluate.writing import write_bytes
from convert.model_files import FLOAT, INT8, ONNX
from convert.models import NETWORKS
from convert.onnx_file import OnnxFile
from convert.pipeline.files import write_json
from convert.quantize import exported
from convert.quantize.agreement import by_layer, of_whole
from convert.quantize.making import Making
from convert.quantize.picture import agreement_picture
from convert.tflite import Tflite
from edge.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convert.pipeline.stage import StageContext
    from convert.quantize.views import View

OTHER = "ptq.tflite"
"""For comparison, where training with rounding has made the model."""

AGREEMENT, PICTURE = "agreement.json", "agreement.png"
QAT, PTQ = "qat", "ptq"

LAYER_VIEWS = 4
"""Pictures by which layers are compared: every value of each counts."""

WHOLE_PAIRS = 800
"""Pairs by which answers are compared; the ``evaluate`` stage looks at more."""

MOST_APART = 0.01
"""Logits between two float files; the order of additions makes a hundredth of it."""


def run(context: StageContext) -> Mapping[str, object]:
    """Write the model files, ``agreement.json`` and ``agreement.png``; see ``convert.pipeline.stage``.

    There is always a file by post-training quantization; where the recipe wants
    quantization-aware training, there is one by that too, and then the float files
    have its weights. Each is compared with its own weights, not rounded.

    Raises:
        ConfigError: Keras does not run on TensorFlow, which alone makes these files.
        ModelError: A file cannot be made, or is not the network that it was made of.
        StorageError: The painted pairs cannot be read.
        Interrupted: Somebody asked to stop; the epochs behind are kept.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        msg = f"quantize: Keras runs on {backend}, which makes no model files: set KERAS_BACKEND=tensorflow"
        raise ConfigError(msg)
    keras.utils.set_random_seed(context.seed)
    context.checkpoints.mkdir(exist_ok=True)
    making = Making(context)
    # First what takes longest, and may be interrupted.
    made = {QAT: making.by_training()} if making.trains_on else {}
    made[PTQ] = making.by_examples()
    method = QAT if QAT in made else PTQ
    best = made[method]
    onnx = exported.onnx(best.network)
    shown = making.views("validation", WHOLE_PAIRS)
    apart = _apart(best.unrounded, onnx, shown[:LAYER_VIEWS])
    layers = {
        name: by_layer(file.content, file.unrounded, making.layers, shown[:LAYER_VIEWS])
        for name, file in made.items()
    }
    answer = NETWORKS[context.recipe.network.name].target.answer
    whole = {
        name: asdict(of_whole(file.content, file.unrounded, shown, answer)) for name, file in made.items()
    }
    files = {INT8: best.content, FLOAT: best.unrounded, ONNX: onnx, PICTURE: agreement_picture(layers)}
    if method == QAT:
        files[OTHER] = made[PTQ].content
    for name, content in files.items():
        write_bytes(context.partial / name, content)
    told = {name: [asdict(layer) for layer in found] for name, found in layers.items()}
    write_json(context.partial / AGREEMENT, {"whole": whole, "layers": told, "onnx_difference": apart})
    return {
        "method": method,
        "model_kb": len(best.content) / 1000,
        **whole[method],
        "worst_layer_db": min((layer.sqnr_db for layer in layers[method]), default=None),
        "onnx_difference": apart,
        **whole,
    }


def _apart(unrounded: bytes, onnx: bytes, shown: Sequence[View]) -> float:
    """Return the largest difference of two logits of both float files.

    Raises:
        ModelError: They are not the same network.
    """
    ours, theirs = Tflite(unrounded, origin=FLOAT), OnnxFile(onnx, origin=ONNX)
    apart = 0.0
    for view in shown:
        logits, others = (file.logits(view.reference, view.current) for file in (ours, theirs))
        apart = max(apart, float(np.abs(logits - others).max()))
    if not apart <= MOST_APART:
        msg = f"{ONNX} is not the network that it was made of: logits differ by {apart:.4g} from {FLOAT}"
        raise ModelError(msg)
    return apart
