"""A schema as a table: nested, nullable, limited, and never without end."""

from __future__ import annotations

from gateway.portal.rows import kind_of, rows_of

ROOT = {
    "components": {
        "schemas": {
            "Value": {
                "title": "Value",
                "type": "object",
                "properties": {
                    "mass_kg": {"type": "string", "pattern": "^[0-9]+$", "description": "as weighed"}
                },
                "required": ["mass_kg"],
            },
            "Tree": {
                "title": "Tree",
                "type": "object",
                "properties": {"child": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]}},
            },
        }
    }
}
VALUE = {"$ref": "#/components/schemas/Value"}


def test_members_of_nested_objects_follow_their_holder_one_step_in() -> None:
    schema = {
        "properties": {
            "values": {"type": "array", "items": VALUE, "maxItems": 20},
            "note": {"type": "string"},
        }
    }
    assert [(row.name, row.depth, row.kind) for row in rows_of(schema, ROOT)] == [
        ("values", 0, "array of object"),
        ("mass_kg", 1, "string"),
        ("note", 0, "string"),
    ]


def test_a_row_says_what_must_be_what_may_be_null_and_within_which_limits() -> None:
    schema = {
        "properties": {
            "days": {"type": "integer", "minimum": 0.0, "maximum": 366.0},
            "kind": {
                "anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}],
                "description": "which",
            },
        },
        "required": ["days"],
    }
    days, kind = rows_of(schema, {})
    assert (days.required, days.nullable, days.limits) == (True, False, ("≥ 0", "≤ 366"))
    assert (kind.required, kind.nullable, kind.choices, kind.description) == (
        False,
        True,
        ("a", "b"),
        "which",
    )


def test_an_object_that_contains_itself_is_opened_once() -> None:
    rows = rows_of({"$ref": "#/components/schemas/Tree"}, ROOT)
    assert [(row.name, row.depth) for row in rows] == [("child", 0)]


def test_formats_and_alternatives_name_a_kind() -> None:
    assert kind_of({"type": "string", "format": "uuid"}, {}) == "uuid"
    assert kind_of({"anyOf": [{"type": "integer"}, {"type": "string"}]}, {}) == "integer | string"
    assert kind_of({"$ref": "#/components/schemas/Nowhere"}, ROOT) == "any"
