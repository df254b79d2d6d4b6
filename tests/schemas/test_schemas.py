from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.schema_faults import read_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES = (
    "event",
    "state",
    "info",
    "health",
    "gap",
    "cmd",
    "cmd-result",
    "compare",
    "doctor",
    "evidence",
    "why",
    "why-not",
    "probe",
)


def fields(schema: Mapping[str, object], path: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield every field of a schema, nested ones included, with its path."""
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, field in properties.items():
            yield f"{path}/{name}", field
            yield from fields(field, f"{path}/{name}")
    named_by_the_user = schema.get("patternProperties")
    if isinstance(named_by_the_user, dict):
        for pattern, field in named_by_the_user.items():
            yield f"{path}/{pattern}", field
            yield from fields(field, f"{path}/{pattern}")
    items = schema.get("items")
    if isinstance(items, dict):
        yield f"{path}[]", items
        yield from fields(items, f"{path}[]")


ALL_FIELDS = [
    pytest.param(field, id=f"{name}{path}") for name in NAMES for path, field in fields(read_schema(name))
]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_draft_2020_12(name: str) -> None:
    Draft202012Validator.check_schema(read_schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_lets_consumers_ignore_what_later_versions_add(name: str) -> None:
    assert "additionalProperties" not in str(read_schema(name))


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_a_field_says_what_it_means(field: Mapping[str, object]) -> None:
    assert str(field.get("description", "")).endswith(".")


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_a_field_is_typed_and_bounded(field: Mapping[str, object]) -> None:
    kinds = field.get("type", "const" if "const" in field else None)
    kind = str(kinds[0] if isinstance(kinds, list) else kinds)  # "null" comes second
    bounds = {
        "string": ({"maxLength"}, {"pattern"}, {"enum"}),
        "number": ({"minimum", "maximum"},),
        "integer": ({"minimum", "maximum"},),
        "array": ({"items", "minItems", "maxItems"},),
        "object": ({"required", "properties"},),
        "boolean": (set[str](),),
        "const": ({"const"},),
    }
    assert any(bound <= field.keys() for bound in bounds[kind])
