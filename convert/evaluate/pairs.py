"""Finds the pairs of a set: two pictures of one view each, and what is known to have changed.

A set is a folder::

    SET/pairs/0001_ref.*      the view as it should be
    SET/pairs/0001_cur.*      the view now, of the same size
    SET/pairs/0001_mask.png   255 changed, 0 unchanged, anything else: leave out
    SET/pairs/0001_boxes.json {"boxes": [[x1, y1, x2, y2], ...]} in place of a mask; [] when nothing changed
    SET/META.json             optional: {"items": [{"id": "0001", "subset": ..., "group": ...}]}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convert.pipeline.files import read_json
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALL = "all"
"""The subset, or group, of a pair that names none."""

MAX_PAIRS = 100_000
MOST_FAULTS = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair, not yet read.

    Attributes:
        id: What its files' names begin with.
        reference: The view as it should be.
        current: The view now.
        mask: What changed, pixel by pixel; ``None`` where boxes say it.
        boxes: What changed, as boxes; ``None`` where a mask says it.
        subset: Reported apart from the other subsets of its set.
        group: The scene it shows: figures are averaged over scenes where one
            scene's many pairs would drown the others.
    """

    id: str
    reference: Path
    current: Path
    mask: Path | None
    boxes: Path | None
    subset: str = ALL
    group: str = ALL


@dataclass(frozen=True, slots=True)
class PairSet:
    """A set of pairs.

    Attributes:
        name: The folder's name.
        folder: Where it lies.
        pairs: At least one, by id.
        left_out: Pairs of the folder that ``META.json`` does not list.
    """

    name: str
    folder: Path
    pairs: tuple[Pair, ...]
    left_out: int = 0


def find_set(folder: Path) -> PairSet:
    """Return what a set holds.

    Raises:
        ConfigError: No pairs there, one without its partner or without truth, or
            a ``META.json`` that cannot be understood; all faults at once.
    """
    inside = folder / "pairs"
    if not inside.is_dir():
        msg = f"{folder}: no folder 'pairs' in it; put NNNN_ref.*, NNNN_cur.* and NNNN_mask.png into {inside}"
        raise ConfigError(msg)
    files = _files(inside)
    here = {key.rpartition("_")[0] for key in files if key.endswith(("_ref", "_cur"))}
    items = _items(folder / "META.json")
    wanted = sorted(here) if items is None else list(items)
    if not wanted:
        msg = f"{inside}: no pairs; each needs NNNN_ref.*, NNNN_cur.* and NNNN_mask.png or NNNN_boxes.json"
        raise ConfigError(msg)
    if len(wanted) > MAX_PAIRS:
        msg = f"{folder}: {len(wanted)} pairs are more than {MAX_PAIRS}; split the set"
        raise ConfigError(msg)
    faults: list[str] = []
    pairs = [_pair(inside, key, files, (items or {}).get(key, (ALL, ALL)), faults) for key in wanted]
    if faults:
        more = [f"{folder}: {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise ConfigError(*faults[:MOST_FAULTS], *more)
    found = tuple(pair for pair in pairs if pair is not None)
    return PairSet(folder.resolve().name, folder, found, left_out=len(here.difference(wanted)))


def _files(folder: Path) -> Mapping[str, list[Path]]:
    """Return the files by their name without its ending."""
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            files.setdefault(path.stem, []).append(path)
    return files


def _pair(
    folder: Path, key: str, files: Mapping[str, list[Path]], names: tuple[str, str], faults: list[str]
) -> Pair | None:
    reference, current = (_only(folder, f"{key}_{side}", files, faults) for side in ("ref", "cur"))
    mask, boxes = folder / f"{key}_mask.png", folder / f"{key}_boxes.json"
    truth = [path for path in (mask, boxes) if path in files.get(path.stem, ())]
    if not truth:
        faults.append(
            f"{folder}: pair {key} has no {mask.name} and no {boxes.name}; add one "
            '(an all-black mask, or {"boxes": []}, when nothing changed)'
        )
    if reference is None or current is None or not truth:
        return None
    subset, group = names
    # Where both are there, the mask says more.
    drawn = mask in truth
    return Pair(
        id=key,
        reference=reference,
        current=current,
        mask=mask if drawn else None,
        boxes=None if drawn else boxes,
        subset=subset,
        group=group,
    )


def _only(folder: Path, stem: str, files: Mapping[str, list[Path]], faults: list[str]) -> Path | None:
    found = files.get(stem, [])
    if len(found) == 1:
        return found[0]
    if found:
        faults.append(f"{folder}: {' and '.join(path.name for path in found)} are both there; keep one")
    else:
        faults.append(f"{folder}: there is no {stem}.*; add the picture, or remove its partner")
    return None


def _items(path: Path) -> dict[str, tuple[str, str]] | None:
    """Return subset and group by pair, ``None`` where nothing lists the pairs."""
    if not path.exists():
        return None
    items = read_object(path).get("items")
    if not items:
        return None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        msg = f'{path}: "items" must be a list of objects, each with an "id"'
        raise ConfigError(msg)
    listed: dict[str, tuple[str, str]] = {}
    for item in items:
        key = item.get("id")
        if not isinstance(key, str) or not _ID.fullmatch(key):
            msg = f'{path}: an item has no usable "id"; write the text before _ref in its file name'
            raise ConfigError(msg)
        if key in listed:
            msg = f"{path}: the pair {key} is listed twice; remove one"
            raise ConfigError(msg)
        listed[key] = str(item.get("subset", ALL)), str(item.get("group", item.get("scene", ALL)))
    return listed


def read_object(path: Path) -> dict[str, object]:
    """Return the object in a JSON file.

    Raises:
        ConfigError: It cannot be read, or holds no JSON object.
    """
    try:
        return read_json(path)
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}; check that it is there and may be read"
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = f"{path}: not a JSON object ({error}); write it anew"
        raise ConfigError(msg) from error
