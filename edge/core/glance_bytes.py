"""A glance as bytes, and back; nothing read is taken on trust."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from edge.core import grid
from edge.core.encoding import canonical, number
from edge.core.facts import Facts, parsed, real, whole
from edge.core.glances import CHANGES_KEPT, SPOTS_KEPT, Blind, Counts, Glance, Known, Spot
from edge.types import Box, ChangeStatus, Kind, ModelTag, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SIDE = 65536
MAX_CELLS = grid.LONGER_SIDE**2
MAX_FACTS = 256 * 1024
MAX_BYTES = 4 + MAX_FACTS + 4 * MAX_CELLS

_LENGTH = struct.Struct("<I")


def packed(glance: Glance) -> bytes:
    """Return a glance as bytes, some hundreds where the view is quiet."""
    facts = canonical(_facts(glance))
    grids = b"".join((glance.score.tobytes(), glance.hot.astype("<u2").tobytes(), glance.blind.tobytes()))
    return zlib.compress(_LENGTH.pack(len(facts)) + facts + grids)


def unpacked(content: bytes) -> Glance:
    """Return the glance that ``packed`` made bytes of.

    Raises:
        ValueError: They are no glance.
    """
    opener = zlib.decompressobj()
    try:
        plain = opener.decompress(content, MAX_BYTES)
    except zlib.error as error:
        msg = "damaged"
        raise ValueError(msg) from error
    if not opener.eof or len(plain) < _LENGTH.size:
        msg = "too long, or torn"
        raise ValueError(msg)
    end = _LENGTH.size + _LENGTH.unpack_from(plain)[0]
    if end > len(plain):
        msg = "torn"
        raise ValueError(msg)
    return _glance(parsed(plain[_LENGTH.size : end]), plain[end:])


def _facts(glance: Glance) -> dict[str, object]:
    counts, model = glance.counts, glance.model
    return {
        "camera": glance.camera,
        "ns": glance.taken_ns,
        "view": glance.view.value,
        "reason": glance.reason[:200],
        "size": list(glance.frame_size),
        "threshold": number(counts.threshold, 0, 1, digits=4),
        "sensitivity": counts.sensitivity,
        "confirm": list(counts.confirm),
        "least_core_px": counts.least_core_px,
        "armed": glance.armed,
        "activity": glance.activity,
        "settled": glance.settled,
        "shift_px": [number(shift, -1e5, 1e5, digits=2) for shift in glance.shift_px],
        "reference": list(glance.reference),
        "model": [model.id, model.version, model.delegate] if model else [],
        "spots": [_from_spot(spot) for spot in glance.spots],
        "known": [[k.change_id, k.status.value, *_sides(k.box)] for k in glance.known],
        "cells": list(glance.score.shape),
    }


def _from_spot(spot: Spot) -> list[object]:
    moving = None if spot.moving is None else number(spot.moving, 0, 1, digits=2)
    score = number(spot.score, 0, 1, digits=4)
    return [*_sides(spot.box), spot.area_px, score, spot.kind.value, moving, spot.hits]


def _sides(box: Box) -> tuple[int, int, int, int]:
    return int(box.left), int(box.top), int(box.right), int(box.bottom)


def _glance(facts: Facts, grids: bytes) -> Glance:
    width, height = facts.wholes("size", 2, 0, MAX_SIDE)
    shape = facts.wholes("cells", 2, 0, grid.LONGER_SIDE)
    wanted = grid.shape_of(width, height, grid.cell_of(width, height)) if width and height else (0, 0)
    cells = shape[0] * shape[1]
    if len(grids) != 4 * cells or (cells and shape != wanted):
        msg = "its grids do not fit its picture"
        raise ValueError(msg)
    shift = facts.reals("shift_px", 2, -1e5, 1e5)
    names = [_text(name) for name in facts.items("reference", least=2, most=2)]
    model = [_text(name) for name in facts.items("model", most=3)]
    blind = _grid(grids[3 * cells :], np.uint8, shape)
    if cells and int(blind.max()) > max(Blind):
        msg = "a cell is blind for no reason"
        raise ValueError(msg)
    return Glance(
        camera=facts.text("camera"),
        taken_ns=facts.whole("ns", -(2**63), 2**63 - 1),
        view=facts.choice("view", View),
        reason=facts.text("reason"),
        frame_size=(width, height),
        counts=_counts(facts),
        armed=facts.flag("armed"),
        activity=facts.flag("activity"),
        settled=facts.flag("settled"),
        shift_px=(shift[0], shift[1]),
        reference=(names[0], names[1]),
        model=ModelTag(*model) if len(model) == 3 else None,  # noqa: PLR2004 - its three names
        spots=tuple(_spot(item) for item in facts.items("spots", most=SPOTS_KEPT)),
        known=tuple(_known(item) for item in facts.items("known", most=CHANGES_KEPT)),
        score=_grid(grids[:cells], np.uint8, shape),
        hot=_grid(grids[cells : 3 * cells], np.uint16, shape),
        blind=blind,
    )


def _counts(facts: Facts) -> Counts:
    needed, looks = facts.wholes("confirm", 2, 1, 100)
    return Counts(
        threshold=facts.real("threshold", 0, 1),
        sensitivity=facts.real("sensitivity", 0, 1),
        confirm=(needed, looks),
        least_core_px=facts.real("least_core_px", 0, 1e9),
    )


def _grid(content: bytes, dtype: type[np.unsignedinteger], shape: tuple[int, ...]) -> NDArray:  # type: ignore[type-arg]
    return np.frombuffer(content, np.dtype(dtype).newbyteorder("<")).reshape(shape)


def _spot(item: object) -> Spot:
    left, top, right, bottom, area_px, score, kind, moving, hits = _row(item, 9)
    return Spot(
        _box(left, top, right, bottom),
        whole(area_px, 0, 2**53, "area_px"),
        real(score, 0, 1, "score"),
        Kind(kind),
        None if moving is None else real(moving, 0, 1, "moving"),
        whole(hits, 0, 100, "hits"),
    )


def _known(item: object) -> Known:
    change_id, status, left, top, right, bottom = _row(item, 6)
    return Known(_text(change_id), ChangeStatus(status), _box(left, top, right, bottom))


def _row(item: object, count: int) -> list[object]:
    if not isinstance(item, list) or len(item) != count:
        msg = f"not a list of {count} values"
        raise ValueError(msg)
    return item


def _box(*sides: object) -> Box:
    left, top, right, bottom = (whole(side, 0, MAX_SIDE, "box") for side in sides)
    return Box(left, top, right, bottom)


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = "not a name"
        raise ValueError(msg)  # noqa: TRY004 - what was read is wrong, not who reads it
    return value
