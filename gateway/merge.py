"""One OpenAPI 3.1 document out of several (https://spec.openapis.org/oas/v3.1.1), as a pure function.

What a service names is prefixed with the service's name, so that equal names do not meet: components and tags
`permits.Report`, operationIds `permits_submit_report`. Paths stay: they are the same behind the gateway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.catalogues import merged_events, merged_findings, merged_problems
from gateway.references import Renaming, rewritten

Document = dict[str, Any]

GATEWAY = "gateway"
LEFT_OUT = frozenset({"/healthz", "/readyz", "/openapi.json", "/routes.json"})
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_VARIABLE = re.compile(r"\{[^}]*\}")


class MergeError(Exception):
    """The documents contradict each other, or one is not OpenAPI 3.1: somebody must change a service."""


def merge(documents: Mapping[str, Document | None], *, own: Document, title: str, version: str) -> Document:
    """All services and the gateway's `own` part in one document; the arguments are left as they are.

    A service whose document is None is named in `x-steppe-missing-services`. Security schemes that are equal
    are stated once. Raises MergeError for a path (whatever its variables are called), an operationId or a
    component that two of them define.
    """
    merged = _Merged(title=title, version=version)
    merged.add(own, service=None)
    for service, document in documents.items():
        if document is not None:
            merged.add(document, service=service)
    missing = [service for service, document in documents.items() if document is None]
    return merged.document(own.get("info", {}), missing=missing)


class _Merged:
    def __init__(self, *, title: str, version: str) -> None:
        self._info = {"title": title, "version": version}
        self._paths: dict[str, Any] = {}
        self._webhooks: dict[str, Any] = {}
        self._components: dict[str, dict[str, Any]] = {}
        self._tags: list[dict[str, Any]] = []
        self._path_owners: dict[str, str] = {}
        self._operation_ids: set[str] = set()
        self._documents: dict[str, Document] = {}

    def add(self, document: Document, *, service: str | None) -> None:
        if not str(document.get("openapi", "")).startswith("3.1."):
            raise MergeError(f"{service}: not OpenAPI 3.1")
        if service is not None and not _NAME.fullmatch(service):
            raise MergeError(f"{service}: not usable in a component name")
        self._documents[service or GATEWAY] = document
        renaming = self._renaming(document, service)
        self._add_components(document, renaming)
        for path, item in document.get("paths", {}).items():
            if path not in LEFT_OUT:
                self._claim(path, service or GATEWAY)
                self._paths[path] = self._item(item, document, renaming)
        for name, item in document.get("webhooks", {}).items():
            self._webhooks[renaming.dotted(name)] = self._item(item, document, renaming)
        self._tags += [{**tag, "name": renaming.dotted(tag["name"])} for tag in document.get("tags", [])]

    def document(self, info: Mapping[str, Any], *, missing: list[str]) -> Document:
        parts = {
            "openapi": "3.1.0",
            "info": {**info, **self._info},
            "paths": self._paths,
            "webhooks": self._webhooks,
            "components": self._components,
            "tags": self._tags,
            "x-steppe-events": merged_events(self._documents),
            "x-steppe-problems": merged_problems(self._documents),
            "x-steppe-findings": merged_findings(self._documents),
            "x-steppe-missing-services": missing,
        }
        return {name: part for name, part in parts.items() if part or name == "paths"}

    def _renaming(self, document: Document, service: str | None) -> Renaming:
        """Security schemes keep their name where it is free or stands for the same thing."""
        taken = self._components.get("securitySchemes", {})
        schemes = document.get("components", {}).get("securitySchemes", {})
        shared = {name for name, scheme in schemes.items() if taken.get(name, scheme) == scheme}
        known = {section: frozenset(names) for section, names in document.get("components", {}).items()}
        return Renaming(service, shared_schemes=frozenset(shared), components=known)

    def _add_components(self, document: Document, renaming: Renaming) -> None:
        for section, entries in document.get("components", {}).items():
            if section.startswith("x-"):
                continue
            target = self._components.setdefault(section, {})
            for name, entry in entries.items():
                new_name, new_entry = renaming.component(section, name), rewritten(entry, renaming)
                if not _NAME.fullmatch(new_name) or target.get(new_name, new_entry) != new_entry:
                    raise MergeError(f"{section}/{new_name}: not a component name, or defined twice")
                target[new_name] = new_entry

    def _claim(self, path: str, owner: str) -> None:
        """`/a/{id}` and `/a/{code}` are one path to OpenAPI (4.8.8.1)."""
        shape = _VARIABLE.sub("{}", path)
        if shape in self._path_owners:
            raise MergeError(f"{path}: defined by {self._path_owners[shape]} and by {owner}")
        self._path_owners[shape] = owner

    def _item(self, item: Mapping[str, Any], document: Document, renaming: Renaming) -> dict[str, Any]:
        """A path item whose operations say themselves what the whole document said of security and tags."""
        copy: dict[str, Any] = rewritten(item, renaming)
        for operation in _operations(copy):
            if "operationId" in operation:
                self._claim_id(operation["operationId"])
            if "security" not in operation and document.get("security"):
                operation["security"] = renaming.security(document["security"])
            if renaming.service is not None:
                operation.setdefault("tags", [renaming.service])
        return copy

    def _claim_id(self, operation_id: str) -> None:
        if operation_id in self._operation_ids:
            raise MergeError(f"operationId {operation_id}: defined twice")
        self._operation_ids.add(operation_id)


def _operations(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for method, operation in item.items():
        if method in METHODS and isinstance(operation, dict):
            yield operation
