"""A JSON Schema as the rows of a table: one a member, nested members indented. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
MAX_DEPTH = 6
_LIMITS = (
    ("minLength", "≥ {} chars"),
    ("maxLength", "≤ {} chars"),
    ("minimum", "≥ {}"),
    ("maximum", "≤ {}"),
    ("exclusiveMinimum", "> {}"),
    ("exclusiveMaximum", "< {}"),
    ("minItems", "≥ {} items"),
    ("maxItems", "≤ {} items"),
    ("pattern", "{}"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One member of a document."""

    name: str
    depth: int
    kind: str
    """`string`, `integer`, `array of object`, `uuid` …; JSON's words, the same in both languages."""
    required: bool
    nullable: bool
    description: str
    choices: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def resolve(schema: Schema, root: Schema) -> Schema:
    """Follows a local `$ref` (`#/components/…`, `#/$defs/…`) in `root`; an unknown one is an empty schema."""
    for _ in range(20):
        ref = schema.get("$ref")
        if not isinstance(ref, str):
            return schema
        node: Any = root
        for part in ref.removeprefix("#/").split("/"):
            node = node.get(part, {}) if isinstance(node, Mapping) else {}
        schema = node
    return {}


def rows_of(schema: Schema, root: Schema) -> list[Row]:
    """The members of an object, or of the objects that an array holds; [] for anything else."""
    return list(_members(schema, root, depth=0, seen=()))


def _members(schema: Schema, root: Schema, *, depth: int, seen: tuple[str, ...]) -> Iterator[Row]:
    if depth > MAX_DEPTH:
        return
    for option in _objects(schema, root, seen):
        here = (*seen, str(option.get("title", ""))) if option.get("title") else seen
        required = set(option.get("required", ()))
        for name, member in option.get("properties", {}).items():
            yield _row(name, member, root, depth=depth, required=name in required)
            yield from _members(member, root, depth=depth + 1, seen=here)


def _objects(schema: Schema, root: Schema, seen: tuple[str, ...]) -> Iterator[Schema]:
    """Every object schema that a value of this schema may follow; one that contains itself ends the walk."""
    schema = resolve(schema, root)
    options = options_of(schema)
    if options:
        for option in options:
            yield from _objects(option, root, seen)
    elif "items" in schema:
        yield from _objects(schema["items"], root, seen)
    elif "properties" in schema and schema.get("title") not in seen:
        yield schema


def options_of(schema: Schema) -> list[Schema]:
    """The schemas of `anyOf`, `oneOf` and `allOf`, without null."""
    options = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    return [option for option in options if option.get("type") != "null"]


def _row(name: str, member: Schema, root: Schema, *, depth: int, required: bool) -> Row:
    whole = resolve(member, root)
    options = options_of(whole)
    nullable = any(option.get("type") == "null" for option in whole.get("anyOf", ()))
    only = resolve(options[0], root) if len(options) == 1 else whole
    return Row(
        name=name,
        depth=depth,
        kind=kind_of(member, root),
        required=required,
        nullable=nullable,
        description=str(
            member.get("description") or whole.get("description") or only.get("description") or ""
        ),
        choices=choices_of(only),
        limits=tuple(text.format(_short(only[key])) for key, text in _LIMITS if key in only),
    )


def _short(limit: Any) -> Any:
    """366.0 as 366: pydantic writes the bounds of integers as floats."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def choices_of(schema: Schema) -> tuple[str, ...]:
    """The values that are allowed, where they are listed."""
    given = [schema["const"]] if "const" in schema else schema.get("enum", ())
    return tuple(str(each) for each in given)


def kind_of(schema: Schema, root: Schema) -> str:
    """What a value is, in JSON's words."""
    schema = resolve(schema, root)
    options = options_of(schema)
    if options:
        return " | ".join(dict.fromkeys(kind_of(option, root) for option in options))
    kind = schema.get("type")
    if kind == "array":
        return f"array of {kind_of(schema.get('items', {}), root)}"
    if kind == "string" and "format" in schema:
        return str(schema["format"])
    return str(kind or ("object" if "properties" in schema else "any"))
