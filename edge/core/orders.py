"""Which changes an order is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.types import EVERY_CHANGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_IDS = "change_ids"


def narrowed(op: str, args: Mapping[str, str], still_open: Iterable[str]) -> dict[str, str]:
    """Return an order's arguments, with the changes named that "all" means.

    An order may wait, through restarts too: what changes meanwhile was seen by nobody
    who gave it, and must be told.

    Args:
        op: What to do.
        args: As in ``Order``; what they name already stays.
        still_open: Ids of the changes that are open now.
    """
    if op != "accept" or args.get("change_id") != EVERY_CHANGE or _IDS in args:
        return dict(args)
    return {**args, _IDS: " ".join(still_open)}


def wanted(args: Mapping[str, str]) -> frozenset[str]:
    """Return the ids of the changes that an order names."""
    change_id = args.get("change_id", "")
    return frozenset(args.get(_IDS, "").split() if change_id == EVERY_CHANGE else [change_id])
