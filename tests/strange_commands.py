"""Commands as a careless or a hostile sender may write them, from dice."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING

from edge.core.commands import COMMAND, Op

if TYPE_CHECKING:
    from random import Random

CAMERAS = frozenset({"shelf", "door"})

_ODD: tuple[object, ...] = (
    None, True, 0, 1, -1, 0.5, 1e308, 10**30, "", "*", "shelf", "door-7", "../../etc", "\x00", "\u202e",
    "\ud800", "a" * 300, [], [[]], {}, {"camera": "shelf"}, float("nan"), float("-inf"),
)  # fmt: skip
_NAMES = ("schema", "id", "op", "args", "camera", "change_id", "value", "", "Op", "\ud800")
_BYTES = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b'"',
    b"{",
    b"}",
    b"[",
    b"\\u",
    b"1e999",
    b"NaN",
    b"\\",
    b",",
    b":",
)


def a_command(dice: Random) -> bytes:
    """Return a command that is right."""
    return json.dumps(_document(dice)).encode()


def mangled(dice: Random) -> bytes:
    """Return a command with none, one or several things wrong, down to its bytes."""
    document = _document(dice)
    for _ in range(dice.randrange(3)):
        _spoil(document, dice)
    payload = json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    for _ in range(dice.choice((0, 0, 0, 1, 4))):
        at = dice.randrange(len(payload) + 1)
        payload = payload[:at] + dice.choice(_BYTES) + payload[at + dice.randrange(3) :]
    return payload * dice.choice((1,) * 20 + (40,))


def _document(dice: Random) -> dict[str, object]:
    op = dice.choice(list(Op))
    args: dict[str, object] = {} if op is Op.PING else {"camera": dice.choice(("shelf", "door", "*"))}
    if op is Op.SENSITIVITY:
        args["value"] = dice.choice((0, 1, dice.random()))
    if op is Op.ACCEPT and dice.random() < 0.5:
        args["change_id"] = dice.choice(("*", f"shelf-{dice.randrange(10**6)}"))
    document: dict[str, object] = {
        "schema": COMMAND,
        "id": f"{dice.getrandbits(128):032x}",
        "op": op.value,
        "args": args,
    }
    if op is Op.PING and dice.random() < 0.5:
        del document["args"]
    return document


def _spoil(document: dict[str, object], dice: Random) -> None:
    args = document.get("args")
    part = args if isinstance(args, dict) and dice.random() < 0.5 else document
    name = dice.choice((*part, *_NAMES))
    if dice.random() < 0.3:
        part.pop(name, None)
    else:
        part[name] = deepcopy(dice.choice(_ODD))
