"""``stillwatch-convert evaluate``: how well changes are found on sets of pairs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from convert.evaluate.curve import curve_picture
from convert.evaluate.evaluation import evaluate, title
from convert.evaluate.figures import figures
from convert.evaluate.judge import CPU, FLOAT, judge_of_method, judge_of_model
from convert.evaluate.pairs import find_set
from convert.evaluate.report import paragraph
from convert.evaluate.writing import as_json, make_folder, write_bytes
from convert.pipeline.progress import Progress
from edge.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from convert.evaluate.evaluation import Tallies
    from convert.evaluate.figures import Figures
    from convert.evaluate.judge import Judge
    from convert.evaluate.pairs import PairSet

DEFAULT = "default"
"""Names the model that comes with the package."""

CURVE = "curve.png"
FIGURES = "figures.json"


def run(args: argparse.Namespace) -> int:
    """Evaluate a model, or another method.

    Args:
        args: ``model``, a bundle's folder or ``default``; ``method`` in its place, or
            ``None``; ``float``, whether the unquantized model is meant; ``pairs``,
            the folders of the sets; ``out``, the folder to write to; ``threads``, or
            ``None``; ``json``, whether figures are printed as JSON;
            ``quiet``, whether to keep silent meanwhile.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: The arguments, or a set, cannot be used.
        ModelError: The model cannot be used.
        StorageError: The disk refuses.
    """
    judge = judge_of(args)
    sets = find_sets([Path(folder) for folder in args.pairs])
    folders = _folders(sets, Path(args.out))
    if args.threads is not None:
        cv2.setNumThreads(args.threads)
    progress = Progress(None if args.quiet else sys.stderr)
    results: dict[str, Figures] = {}
    for pair_set, folder in zip(sets, folders, strict=True):
        make_folder(folder)
        tallies = _evaluated(pair_set, judge, folder, progress)
        found = {title(pair_set.name, subset): figures(groups) for subset, groups in sorted(tallies.items())}
        results |= found
        if not args.json:
            sys.stdout.writelines(f"{paragraph(name, values)}\n" for name, values in found.items())
            sys.stdout.flush()
        picture = curve_picture(f"{pair_set.name}: {judge.name}", tallies)
        if picture is not None:
            write_bytes(folder / CURVE, picture)
    about = {"judge": judge.name, "threshold": judge.threshold, "reach": judge.reach, "sets": results}
    write_bytes(Path(args.out) / FIGURES, as_json(about))
    if args.json:
        sys.stdout.write(f"{json.dumps(about)}\n")
    return 0


def judge_of(args: argparse.Namespace) -> Judge:
    """Return the model or method that the arguments name.

    Raises:
        ConfigError: They contradict one another.
        ModelError: The model cannot be used.
    """
    model = args.model or DEFAULT
    if args.method is None:
        bundle = None if model == DEFAULT else Path(model)
        return judge_of_model(bundle, delegate=FLOAT if args.float else CPU, threads=args.threads)
    if args.float or model != DEFAULT:
        extra = "--float" if args.float else f"--model {model}"
        msg = f"--method {args.method} runs no model, so {extra} means nothing to it; leave out one of them"
        raise ConfigError(msg)
    return judge_of_method(args.method)


def find_sets(folders: Sequence[Path]) -> list[PairSet]:
    """Return the sets; every fault of all of them at once.

    Raises:
        ConfigError: One cannot be used, or two have the same name.
    """
    sets: list[PairSet] = []
    faults: list[str] = []
    for folder in folders:
        try:
            sets.append(find_set(folder))
        except ConfigError as error:  # noqa: PERF203 - one bad set must not hide the next
            faults += error.faults
    names = Counter(pair_set.name for pair_set in sets)
    faults += [
        f"{count} sets are named {name}, and would be written to one folder; rename one, or name it alone"
        for name, count in names.items()
        if count > 1
    ]
    if faults:
        raise ConfigError(*faults)
    return sets


def _folders(sets: Sequence[PairSet], out: Path) -> list[Path]:
    """Return where each set's pictures go: with several sets, one folder each."""
    folders = [out if len(sets) == 1 else out / pair_set.name for pair_set in sets]
    for folder in folders:
        if any(folder.resolve() == (pair_set.folder / "pairs").resolve() for pair_set in sets):
            msg = f"--out {out}: the masks written there would replace the set's own; choose another folder"
            raise ConfigError(msg)
    return folders


def _evaluated(pair_set: PairSet, judge: Judge, folder: Path, progress: Progress) -> Tallies:
    total = len(pair_set.pairs)
    progress.started("evaluate", f"{judge.name} on {pair_set.name}, {total} pairs")
    if pair_set.left_out:
        progress.say(f"{pair_set.left_out} pairs that META.json does not list are left out")
    tallies = evaluate(pair_set, judge, out=folder, step=lambda done: progress.step(done, total))
    progress.finished({})
    return tallies
