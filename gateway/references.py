"""Renaming inside an OpenAPI document: every place where a name is used, and no place that is only data.

The walk knows which members hold names of the author's choosing (`properties`, `responses`: every key is a
name, every value a specification object) and which hold plain data (`example`, `default`, `enum`: left alone).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LOCAL = "#/components/"
_MAPS_OF_NAMES = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "headers", "content"}
    | {"responses", "callbacks", "links", "encoding", "variables", "parameters"}
)
_DATA = frozenset({"example", "default", "const", "enum", "value", "required", "dependentRequired", "scopes"})


@dataclass(frozen=True, slots=True)
class Renaming:
    """How the names of one document change. `service` is None for the gateway's own: nothing changes."""

    service: str | None
    shared_schemes: frozenset[str] = frozenset()
    components: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def dotted(self, name: str) -> str:
        return name if self.service is None else f"{self.service}.{name}"

    def operation_id(self, name: str) -> str:
        return name if self.service is None else f"{self.service.replace('-', '_')}_{name}"

    def component(self, section: str, name: str) -> str:
        return name if section == "securitySchemes" and name in self.shared_schemes else self.dotted(name)

    def reference(self, ref: str) -> str:
        """A `$ref`. Only those into the document's own components name anything that changes."""
        if not ref.startswith(_LOCAL):
            return ref
        section, _, rest = ref.removeprefix(_LOCAL).partition("/")
        name, slash, deeper = rest.partition("/")
        return f"{_LOCAL}{section}/{self.component(section, name)}{slash}{deeper}"

    def mapped(self, target: str) -> str:
        """A value of a discriminator's `mapping`: a reference or the bare name of a schema."""
        if target in self.components.get("schemas", ()):
            return self.reference(f"{_LOCAL}schemas/{target}")
        return self.reference(target)

    def security(self, requirements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {self.component("securitySchemes", name): list(scopes) for name, scopes in requirement.items()}
            for requirement in requirements
        ]


def rewritten(node: Any, renaming: Renaming) -> Any:
    """A deep copy of a specification object with its names changed."""
    if isinstance(node, list):
        return [rewritten(item, renaming) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _member(key, value, renaming) for key, value in node.items()}
    if "discriminator" in copy:
        copy["discriminator"] = _discriminator(node, renaming)
    return copy


def _member(key: str, value: Any, renaming: Renaming) -> Any:
    if key in _DATA or key.startswith("x-"):
        return value
    if key in _MAPS_OF_NAMES and isinstance(value, Mapping):
        return {name: rewritten(item, renaming) for name, item in value.items()}
    if key == "examples":
        return _examples(value, renaming)
    if key == "$ref" and isinstance(value, str):
        return renaming.reference(value)
    if key == "operationId" and isinstance(value, str):
        return renaming.operation_id(value)
    if key == "security" and isinstance(value, list):
        return renaming.security(value)
    if key == "tags" and isinstance(value, list):
        return [renaming.dotted(tag) for tag in value]
    return rewritten(value, renaming)


def _examples(value: Any, renaming: Renaming) -> Any:
    """A list (JSON Schema) is data; a map (OpenAPI) holds Example Objects, which may be references."""
    if not isinstance(value, Mapping):
        return value
    return {name: rewritten(item, renaming) for name, item in value.items()}


def _discriminator(node: Mapping[str, Any], renaming: Renaming) -> dict[str, Any]:
    """With the mapping in full: the discriminating value defaults to the schema's name, which changes."""
    discriminator = node["discriminator"]
    mapping = {value: renaming.mapped(target) for value, target in discriminator.get("mapping", {}).items()}
    targets = set(mapping.values())
    for option in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        ref = renaming.reference(option.get("$ref", ""))
        if ref.startswith(_LOCAL) and ref not in targets:
            mapping.setdefault(option["$ref"].rpartition("/")[2], ref)
    return {**discriminator, "mapping": mapping} if mapping else dict(discriminator)
