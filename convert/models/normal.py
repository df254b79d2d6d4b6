"""Batch normalisation that a processor without a compiler can train in reasonable time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from convert.models.tensors import Tensor


@keras.saving.register_keras_serializable("stillwatch")
class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc] # Keras has no types
    """As ``keras.layers.BatchNormalization`` over the last axis of ``(N, H, W, C)``.

    On TensorFlow, Keras spells the normalisation out in a dozen operators, which
    take half of a training step on a CPU; TensorFlow has one operator for it.
    """

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:  # noqa: FBT001 - Keras' signature
        """Normalise; see Keras."""
        if not training or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf  # noqa: PLC0415 - other backends do without

        normal, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        # It divides by one less than the count, Keras by the count.
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], variance.dtype)
        variance *= (count - 1) / count
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        return normal
