"""Every example of the document follows its own schema, and the author's examples are left alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.portal import samples
from gateway.portal.examples import ExampleMaker, operations, with_examples
from tests.gateway.portal.document import merged_document


def whole() -> dict[str, Any]:
    return with_examples(merged_document(), samples.load().values)


def media_of(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    bodies = operation.get("requestBody", {}).get("content", {}).items()
    found = [("body", media) for _, media in bodies if media["schema"].get("format") != "binary"]
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {}).items()
            found += [(status, media) for name, media in content if name == "application/json"]
    return [(where, media) for where, media in found if media.get("schema")]


def test_every_example_of_the_real_document_follows_its_schema() -> None:
    document, wrong, seen = whole(), [], 0
    for method, path, operation in operations(document):
        for where, media in media_of(operation):
            seen += 1
            schema = {**media["schema"], "components": document["components"]}
            errors = Draft202012Validator(schema).iter_errors(media["example"])
            wrong += [f"{method} {path} {where} {error.json_path}: {error.message}" for error in errors]
    assert seen > 100
    assert wrong == []


def test_the_document_that_was_given_is_left_as_it_is() -> None:
    before = copy.deepcopy(merged_document())
    whole()
    assert merged_document() == before


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string", "examples": ["12.50"]}, "12.50"),
        ({"enum": ["air", "water"], "type": "string"}, "air"),
        ({"const": "air"}, "air"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "maximum": 0}, 0),
        ({"type": "string", "format": "date"}, "2026-03-31"),
        ({"type": "string", "minLength": 4, "maxLength": 4}, "示例示示"),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]}, [1, True]),
        ({"default": 50, "type": "integer"}, 50),
        ({}, None),
    ],
)
def test_a_schema_alone_makes_a_value(schema: dict[str, Any], example: object) -> None:
    assert ExampleMaker({}, {}).of(schema) == example


def test_a_body_has_what_is_required_and_an_answer_has_everything() -> None:
    schema = {"properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["a"]}
    assert ExampleMaker({}, {}).of(schema, whole=False) == {"a": 1}
    assert ExampleMaker({}, {}).of(schema) == {"a": 1, "b": 2}


def test_a_schema_that_contains_itself_ends() -> None:
    root = {"$defs": {"Tree": {"type": "object", "properties": {"child": {"$ref": "#/$defs/Tree"}}}}}
    assert "child" in ExampleMaker(root, {}).of({"$ref": "#/$defs/Tree"})
