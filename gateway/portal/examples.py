"""An example for every document and parameter of an OpenAPI document: the author's own, else one made from its schema.

Made examples are plausible values of the right shape, not records: where a real record is needed the portal takes
it from a list (`gateway.portal.samples`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.merge import METHODS, Document
from gateway.portal.rows import Schema, options_of, resolve

MAX_DEPTH = 8
BY_FORMAT = {
    "date": "2026-03-31",
    "date-time": "2026-03-31T10:00:00+08:00",
    "uuid": "01976b7c-3f00-7000-8000-000000000001",
    "uri": "https://example.org/",
}


class ExampleMaker:
    """Makes examples out of the schemas of one document; `values` are known good values by a member's name."""

    def __init__(self, root: Schema, values: Mapping[str, Any]) -> None:
        self._root, self._values = root, values

    def of(self, schema: Schema, *, name: str = "", whole: bool = True, depth: int = 0) -> Any:
        """A value of this schema; with `whole` the optional members, too."""
        schema = resolve(schema, self._root)
        given = _given(schema)
        if given is not None:
            return copy.deepcopy(given)
        options = options_of(schema)
        if options:
            return self.of(options[0], name=name, whole=whole, depth=depth)
        kind = schema.get("type", "object" if "properties" in schema else None)
        if kind == "object":
            return self._object(schema, whole=whole, depth=depth)
        if kind == "array":
            return self._array(schema, name.removesuffix("s"), whole=whole, depth=depth)
        return self._plain(schema, kind, name)

    def _array(self, schema: Schema, name: str, *, whole: bool, depth: int) -> list[Any]:
        items = schema.get("prefixItems") or [schema.get("items", {})]
        if depth >= MAX_DEPTH:
            return []
        return [self.of(item, name=name, whole=whole, depth=depth + 1) for item in items]

    def _object(self, schema: Schema, *, whole: bool, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        return {
            name: self.of(member, name=name, whole=whole, depth=depth + 1)
            for name, member in schema.get("properties", {}).items()
            if depth < MAX_DEPTH and (whole or name in required)
        }

    def _plain(self, schema: Schema, kind: str | None, name: str) -> Any:
        if kind == "string":
            return self._string(schema, name)
        if kind == "integer":
            return (
                max(int(schema.get("minimum", 1)), 1) if schema.get("maximum", 1) >= 1 else schema["maximum"]
            )
        if kind == "number":
            return schema.get("minimum", 1)
        return {"boolean": True, "null": None}.get(kind or "")

    def _string(self, schema: Schema, name: str) -> str:
        if name in self._values:
            return str(self._values[name])
        text = BY_FORMAT.get(schema.get("format", ""), "示例")
        padded = text + "示" * max(0, int(schema.get("minLength", 0)) - len(text))
        return padded[: int(schema.get("maxLength", len(padded)))]


def _given(schema: Schema) -> Any:
    """What the author of the schema says: an example, the default, the only or the first value."""
    for value in (schema.get("example"), *schema.get("examples", ())[:1], schema.get("const")):
        if value is not None:
            return value
    if schema.get("default") is not None and "properties" not in schema:
        return schema["default"]
    return schema["enum"][0] if schema.get("enum") else None


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, in the document's order."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in METHODS and isinstance(operation, dict):
                yield method.upper(), path, operation


def with_examples(document: Document, values: Mapping[str, Any]) -> Document:
    """A copy of the document in which every JSON body, answer and required parameter has an `example`.

    An author's example is left as it is.
    """
    document = copy.deepcopy(document)
    maker = ExampleMaker(document, values)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if parameter.get("required") and not {"example", "examples"} & parameter.keys():
                parameter["example"] = maker.of(parameter.get("schema", {}), name=parameter["name"])
        for media in _json(operation.get("requestBody", {})):
            media.setdefault("example", maker.of(media.get("schema", {}), whole=False))
        for status, response in operation.get("responses", {}).items():
            for media in _json(response) if status.startswith("2") else ():
                media.setdefault("example", maker.of(media.get("schema", {})))
    return document


def _json(holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, media in holder.get("content", {}).items():
        if name in ("application/json", "application/merge-patch+json") and "examples" not in media:
            yield media
