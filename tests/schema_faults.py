"""The schemas that ship, as tests read them: what is not described is a fault."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Mapping


def strict(schema: Mapping[str, object]) -> dict[str, object]:
    """Return ``schema`` with every object closed: what is not described is a fault."""
    closed: dict[str, object] = {
        key: strict(part) if isinstance(part, dict) else part for key, part in schema.items()
    }
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed["additionalProperties"] = False
    return closed


def read_schema(name: str) -> dict[str, object]:
    """Read a schema that ships with the package, such as ``event``."""
    text = (resources.files("edge") / "schemas" / f"stillwatch.{name}.1.json").read_text(encoding="utf-8")
    schema: dict[str, object] = json.loads(text)
    return schema


def faults(name: str, payload: bytes) -> list[str]:
    """Return what the strict variant of a schema holds against ``payload``."""
    validator = Draft202012Validator(strict(read_schema(name)))
    return [fault.message for fault in validator.iter_errors(json.loads(payload))]
