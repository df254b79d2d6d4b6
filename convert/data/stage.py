"""The ``synth`` stage: paint pairs, for training and for validation."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data import footage, photographs, stored, synth
from convert.data.backgrounds import Backgrounds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.recipe import DataRecipe
    from convert.stage import StageContext

SPLITS = ("training", "validation")
CHUNK = 200
"""Pairs painted between two looks at whether to stop."""

VALIDATION_PART = 6
"""One in so many of the user's own pictures, the last ones, is kept for validation."""

SHOWN = 30
"""Pairs on the contact sheet."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some pairs to paint.

    Attributes:
        folder: Where the split is stored.
        split: Its number in ``SPLITS``.
        start: First pair.
        end: One after the last.
    """

    folder: Path
    split: int
    start: int
    end: int


def run(context: StageContext) -> Mapping[str, object]:
    """Paint ``training/``, ``validation/`` and ``sheet.png``; see ``convert.stage``.

    Pair ``i`` of a split depends on the seed, the split and ``i`` alone: it is the
    same however often the work was interrupted, and on however many cores.
    """
    data = context.recipe.data
    jobs: list[Job] = []
    for number, (split, count) in enumerate(zip(SPLITS, (data.pairs, data.validation_pairs), strict=True)):
        folder = context.partial / split
        stored.make(folder, count, data.size_px)
        jobs += [Job(folder, number, at, min(at + CHUNK, count)) for at in range(0, count, CHUNK)]
    marks = {job: context.checkpoints / f"{SPLITS[job.split]}-{job.start}" for job in jobs}
    left = [job for job in jobs if not marks[job].exists()]
    with _pool(data, context.seed) as pool:
        for job, _ in zip(left, pool.map(_paint, left), strict=True):
            marks[job].touch()
            context.progress.step(sum(mark.exists() for mark in marks.values()), len(jobs))
            if context.stop():
                pool.shutdown(cancel_futures=True)
                context.give_way()
    pairs = stored.read(context.partial / SPLITS[0])
    write_sheet(pairs, context.partial / "sheet.png", count=SHOWN)
    changed = [bool(mask.any()) for mask in pairs.mask]
    return {"pairs": len(pairs), "changed_share": round(float(np.mean(changed)), 4)}


def write_sheet(pairs: stored.StoredPairs, path: Path, *, count: int) -> None:
    """Draw the first pairs side by side: reference, current, what changed."""
    shown = [
        synth.SynthPair(pairs.reference[i], pairs.current[i], pairs.mask[i], ())
        for i in range(min(count, len(pairs)))
    ]
    cv2.imwrite(str(path), synth.contact_sheet(shown)[..., ::-1])


def _pool(data: DataRecipe, seed: int) -> ProcessPoolExecutor:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ProcessPoolExecutor(
        cores, mp_context=get_context("spawn"), initializer=_begin, initargs=(data, seed)
    )


class _Painter:
    """What a painting process holds on to: set once, when it begins."""

    data: DataRecipe
    seed: int
    backgrounds: tuple[Backgrounds, ...]


def _begin(data: DataRecipe, seed: int) -> None:
    # Ctrl-C reaches every process of a terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    own = footage.read(data.footage) if data.footage else ()
    _Painter.data, _Painter.seed = data, seed
    _Painter.backgrounds = (
        Backgrounds(photographs.load(photographs.TRAINING), footage=own[: -len(own) // VALIDATION_PART]),
        Backgrounds(photographs.load(photographs.RESERVED), footage=own[-len(own) // VALIDATION_PART :]),
    )


def _paint(job: Job) -> None:
    data, backgrounds = _Painter.data, _Painter.backgrounds[job.split]
    pairs = stored.read(job.folder, writable=True)
    for index in range(job.start, job.end):
        rng = np.random.default_rng([_Painter.seed, job.split, index])
        painted = synth.pair(rng, backgrounds, data)
        pairs.reference[index] = painted.reference
        pairs.current[index] = painted.current
        pairs.mask[index] = painted.mask
