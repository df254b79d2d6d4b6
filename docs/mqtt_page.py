"""Writes docs/mqtt.md: words and tables as they are, documents from what the code itself says.

Fields come from ``edge/schemas``, examples from the encoders that a device uses. ``make docs``
runs this; a test holds the page to it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # a script finds only what lies beside it

from docs.mqtt_samples import DEVICE, DISCOVERY, samples  # noqa: E402 - see above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = ROOT / "docs" / "mqtt.md"
WORDS = ROOT / "docs" / "mqtt_words.md"
SCHEMAS = ROOT / "edge" / "schemas"
DOCUMENTS = "<!-- documents -->"
HIGHEST = 2**53 - 1

Field = dict[str, Any]


def page() -> str:
    """Return the whole page."""
    documents = "\n".join(_section(name, payload) for name, payload in samples().items())
    return WORDS.read_text(encoding="utf-8").replace(DOCUMENTS, documents)


def _section(name: str, payload: bytes) -> str:
    example = ["```json", _readable(payload), "```", ""]
    if name == DISCOVERY:
        about = f"For the device `{DEVICE}`, cut down to three entities:"
        return "\n".join(["### What Home Assistant is told", about, "", *example])
    file = f"stillwatch.{name}.1.json"
    schema = json.loads((SCHEMAS / file).read_text(encoding="utf-8"))
    about = f"{schema['description']} [Its schema](../edge/schemas/{file})."
    table = ["| field | type | what |", "|---|---|---|", *_fields(schema)]
    return "\n".join([f"### {name}", about, "", *table, "", *example])


def _readable(payload: bytes) -> str:
    """Return JSON over several lines, each plain list on one."""
    text = json.dumps(json.loads(payload), indent=1, ensure_ascii=False)
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found[0]), text)


def _fields(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        kind = _type(field) + ("" if name in needed else "; may be absent")
        yield f"| `{path}{name}` | {kind} | {field['description']} |"
        yield from _fields(field, f"{path}{name}.")
        yield from _fields(field.get("items", {}), f"{path}{name}[].")


def _type(field: Field) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return " or ".join(_bounded(kind, field) for kind in kinds)


def _bounded(kind: str, field: Field) -> str:
    """Return a type with what bounds it."""
    if kind in {"number", "integer"}:
        return f"{kind}, {_plain(field['minimum'])} to {_plain(field['maximum'])}"
    if kind == "array":
        return f"list of up to {field['maxItems']}: {_type(field['items'])}"
    return _text(field) if kind == "string" else {"boolean": "`true`, `false`"}.get(kind, kind)


def _text(field: Field) -> str:
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"] if word is not None)
    if "maxLength" in field:
        return f"text of up to {field['maxLength']} characters"
    return "time" if field.get("format") == "date-time" else "text"


def _plain(number: float) -> str:
    """Return a bound without an exponent; the largest whole number of a double as a power."""
    return "2^53 - 1" if number == HIGHEST else f"{number:,.0f}" if number == int(number) else f"{number:g}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
