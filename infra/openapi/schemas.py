"""Whether one schema lets through all that another did. Pure; JSON Schema 2020-12 as FastAPI writes it.

Direction decides what narrowing is: a caller may send less than before (a request that was right stays right), and
must be able to read all it is sent (an answer holds what it held). So `accepted(old, new)` for requests asks that new
allow whatever old allowed; for answers it is asked the other way round, and that no promised member goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_ANY: Schema = {}


@dataclass(slots=True)
class Comparison:
    """Compares schemas of two documents; `wide` must allow whatever `narrow` allows.

    `tolerant`, for answers: values of an enumeration and members may be added, bounds may move (a reader has to
    expect that).
    """

    narrow_root: Schema
    wide_root: Schema
    tolerant: bool = False
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def faults(self, narrow: Any, wide: Any, at: str) -> Iterator[str]:
        """Each place where `wide` refuses something that `narrow` allows."""
        refs = (_ref(narrow), _ref(wide))
        if all(refs):
            if refs in self._seen:
                return
            self._seen.add(refs)
        narrow, wide = _resolved(narrow, self.narrow_root), _resolved(wide, self.wide_root)
        options = _options(narrow)
        if len(options) > 1 or len(_options(wide)) > 1:
            yield from self._alternatives(options, _options(wide), at)
            return
        yield from self._plain(options[0], _options(wide)[0], at)

    def _alternatives(self, narrow: list[Schema], wide: list[Schema], at: str) -> Iterator[str]:
        for option in narrow:
            found: list[str] = []
            for target in wide:
                trial = Comparison(self.narrow_root, self.wide_root, self.tolerant, set(self._seen))
                faults = list(trial.faults(option, target, at))
                if not faults:
                    found = []
                    break
                found = faults if not found or len(faults) < len(found) else found
            yield from found

    def _plain(self, narrow: Schema, wide: Schema, at: str) -> Iterator[str]:
        narrow, wide = _resolved(narrow, self.narrow_root), _resolved(wide, self.wide_root)
        if "type" in wide and not _types(narrow) <= _types(wide):
            yield f"{at}: {_said(narrow)} where only {_said(wide)} is taken"
            return
        values, allowed = _values(narrow), _values(wide)
        if allowed is not None and not self.tolerant:
            lost = sorted(map(repr, (values or set()) - allowed))
            if values is None:
                yield f"{at}: only {', '.join(sorted(map(repr, allowed)))}"
            elif lost:
                yield f"{at}: without {', '.join(lost)}"
        if not self.tolerant:
            yield from _bounds(narrow, wide, at)
        if "format" in wide and narrow.get("format") != wide["format"]:
            yield f"{at}: format is now {wide['format']}"
        if _types(narrow) >= {"array"} and "items" in wide:
            yield from self.faults(narrow.get("items", _ANY), wide["items"], f"{at}/*")
        yield from self._members(narrow, wide, at)

    def _members(self, narrow: Schema, wide: Schema, at: str) -> Iterator[str]:
        had, has = narrow.get("properties", {}), wide.get("properties", {})
        for name in sorted(set(wide.get("required", ())) - set(narrow.get("required", ()))):
            yield f"{at}/{name}: required"
        for name, schema in had.items():
            if name in has:
                yield from self.faults(schema, has[name], f"{at}/{name}")
            elif wide.get("additionalProperties") is False and not self.tolerant:
                yield f"{at}/{name}: refused"


def promised(old: Any, new: Any, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    """Members of an answer that were there and are gone, at any depth."""
    yield from _promised(old, new, old_root, new_root, at, set())


def _promised(
    old: Any, new: Any, old_root: Schema, new_root: Schema, at: str, seen: set[tuple[str, str]]
) -> Iterator[str]:
    refs = (_ref(old), _ref(new))
    if all(refs):
        if refs in seen:
            return
        seen.add(refs)
    had = [_resolved(each, old_root) for each in _options(_resolved(old, old_root))]
    has = [_resolved(each, new_root) for each in _options(_resolved(new, new_root))]
    for schema in had:
        # The alternative that shares the most members is what became of it.
        names = set(schema.get("properties", {}))
        heir = max(has, key=lambda each: len(names & set(each.get("properties", {}))), default=_ANY)
        for name, member in schema.get("properties", {}).items():
            if name not in heir.get("properties", {}):
                yield f"{at}/{name}: gone from the answer"
            else:
                yield from _promised(
                    member, heir["properties"][name], old_root, new_root, f"{at}/{name}", seen
                )
        if "items" in schema:
            heir = next((each for each in has if "items" in each), _ANY)
            yield from _promised(
                schema["items"], heir.get("items", _ANY), old_root, new_root, f"{at}/*", seen
            )


def _ref(schema: Any) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, dict) else ""


def _resolved(schema: Any, root: Schema) -> Schema:
    while isinstance(schema, dict) and "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema if isinstance(schema, dict) else _ANY


def _options(schema: Schema) -> list[Schema]:
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return list(schema[several])
    kind = schema.get("type")
    if isinstance(kind, list):
        return [{**schema, "type": each} for each in kind]
    return [schema]


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type")
    if kind is None:
        return {"any"} if "const" not in schema and "enum" not in schema else {"string"}
    return {"number", "integer"} if kind == "number" else {kind}


def _values(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _bounds(narrow: Schema, wide: Schema, at: str) -> Iterator[str]:
    for name in _LOWER:
        if name in wide and (name not in narrow or narrow[name] < wide[name]):
            yield f"{at}: {name} is now {wide[name]}"
    for name in _UPPER:
        if name in wide and (name not in narrow or narrow[name] > wide[name]):
            yield f"{at}: {name} is now {wide[name]}"
    if "pattern" in wide and narrow.get("pattern") != wide["pattern"]:
        yield f"{at}: pattern is now {wide['pattern']}"


def _said(schema: Schema) -> str:
    return "/".join(sorted(_types(schema)))
