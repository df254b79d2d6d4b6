"""How much each channel of a network matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from convert.data.stream import Batch


def importance(
    model: keras.Model, loss: keras.losses.Loss, batches: Iterable[Batch], names: Iterable[str]
) -> dict[str, NDArray[np.float64]]:
    """Return by how much the loss would change without each channel, to first order.

    A gate of one multiplies what a channel's batch normalisation gives; the loss has
    the derivative ``gamma dL/dgamma + beta dL/dbeta`` with respect to it. Its
    magnitude is averaged over batches.

    A network trained for two epochs, with a fifth of its channels cut by each of three
    measures, had before any further training a loss of 0.59 by this one (0.58 before
    the cut), 0.76 by gamma and 0.91 by gamma times the L1 norm of the kernel.

    Args:
        model: Its weights are as before when this returns.
        loss: What it was trained with.
        batches: Some training pairs, at least one batch.
        names: Convolutions ``name`` with a batch normalisation ``name_bn`` each.

    Returns:
        For each convolution ``(C,)``, not negative.

    Source:
        Molchanov et al. 2019, "Importance estimation for neural network pruning",
        arXiv:1906.10771: gates after batch normalisation; the magnitude of Molchanov
        et al. 2017, arXiv:1611.06440, eq. 8, in place of the square.
    """
    before = model.get_weights()
    normals = {name: model.get_layer(f"{name}_bn") for name in names}
    trained = {layer.name: layer.trainable for layer in model.layers}
    for layer in model.layers:
        layer.trainable = layer in normals.values()
    # A plain step at a rate of one is the gradient, on every backend.
    model.compile(keras.optimizers.SGD(1.0), loss, jit_compile=False)
    sums = {name: np.zeros(normal.gamma.shape[0]) for name, normal in normals.items()}
    count = 0
    for inputs, answers in batches:
        gates = _gates(normals)
        model.train_on_batch(inputs, answers)
        after = _gates(normals)
        model.set_weights(before)
        for name in sums:
            sums[name] += np.abs((gates[name] * (gates[name] - after[name])).sum(0))
        count += 1
    for layer in model.layers:
        layer.trainable = trained[layer.name]
    return {name: total / count for name, total in sums.items()}


def _gates(normals: Mapping[str, keras.layers.Layer]) -> dict[str, NDArray[np.float64]]:
    """Return gamma and beta of each, ``(2, C)``."""
    return {
        name: np.stack(
            [keras.ops.convert_to_numpy(x).astype(np.float64) for x in (normal.gamma, normal.beta)]
        )
        for name, normal in normals.items()
    }
