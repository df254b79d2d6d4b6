"""Batches for training: augmented, preprocessed as on the device, in a set order."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import keras
import numpy as np

from convert.data.augment import augmented
from convert.data.targets import PIXELS
from edge.vision.preprocess import prepared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.data.stored import StoredPairs
    from convert.data.targets import Target
    from edge.types import Pixels, Preprocess

Batch = tuple[dict[str, "NDArray[np.float32]"], "NDArray[np.float32]"]


class Batches(keras.utils.PyDataset):  # type: ignore[misc] # Keras has no types
    """Batches of pairs; the same seed gives the same batches.

    Each is a dictionary of ``reference`` and ``current``, float32 ``(B, S, S, 3)``
    in ``[0, 1]``, and what a network should answer, float32.
    """

    def __init__(  # noqa: PLR0913 - what is shown, and how
        self,
        pairs: StoredPairs,
        preprocess: Preprocess,
        *,
        batch: int,
        seed: int,
        augment: bool,
        target: Target = PIXELS,
    ) -> None:
        """Begin with the first epoch.

        Args:
            pairs: What to show.
            preprocess: What happens to pictures first.
            batch: Pairs a batch.
            seed: Decides the order and the augmentation.
            augment: Whether to shuffle and augment; else pairs come as they are.
            target: Which size the network takes, and what it should answer.
        """
        super().__init__()
        self._pairs, self._preprocess, self._batch = pairs, preprocess, batch
        self._seed, self._augment, self._target = seed, augment, target
        self.begin(0)

    def __len__(self) -> int:
        """Return the batches of one epoch; when augmenting, an incomplete last one is left out."""
        whole, rest = divmod(len(self._pairs), self._batch)
        return whole if self._augment and whole else whole + (rest > 0)

    def __getitem__(self, index: int) -> Batch:
        """Return one batch of the current epoch."""
        shown = np.sort(self._order[index * self._batch : (index + 1) * self._batch])
        rng = np.random.default_rng([self._seed, self._epoch, index])
        triples = [self._triple(rng, int(number)) for number in shown]
        reference, current, mask = (np.stack(column) for column in zip(*triples, strict=True))
        return {"reference": scaled(reference), "current": scaled(current)}, self._target.answer(mask)

    def on_epoch_end(self) -> None:
        """Go on to the next epoch; Keras calls this."""
        self.begin(self._epoch + 1)

    def begin(self, epoch: int) -> None:
        """Go to an epoch, counted from 0."""
        self._epoch = epoch
        count = len(self._pairs)
        rng = np.random.default_rng([self._seed, epoch])
        self._order = rng.permutation(count) if self._augment else np.arange(count)

    def _triple(self, rng: np.random.Generator, number: int) -> tuple[Pixels, Pixels, NDArray[np.uint8]]:
        pairs = self._pairs
        reference, current, mask = pairs.reference[number], pairs.current[number], pairs.mask[number]
        if self._augment:
            reference, current, mask = augmented(rng, reference, current, mask)
        before, after = prepared(reference, current, self._preprocess)
        return self._fitted(before), self._fitted(after), mask

    def _fitted(self, picture: Pixels) -> Pixels:
        side = self._target.side_px
        if side is None or picture.shape[0] == side:
            return picture
        # As on the device, which shrinks the whole view after it was prepared.
        return cast("Pixels", cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))


def scaled(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pictures in ``[0, 1]``, float32, of any shape."""
    return pictures.astype(np.float32) / np.float32(255)
