"""What of a published API a new document takes away. Pure: two documents in, a line for each break out.

Allowed within `v1`: new paths, methods, optional parameters and members, looser limits, new members of answers, new
values of an answer's enumeration, new refusals. Everything else is a break, and belongs into `v2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.openapi.schemas import Comparison, promised

Document = dict[str, Any]
Operation = dict[str, Any]


def breaks(old: Document, new: Document) -> list[str]:
    """Each break, as `METHOD path: what`; empty where every caller of `old` can go on."""
    return list(_breaks(old, new))


def _breaks(old: Document, new: Document) -> Iterator[str]:
    for path, item in old["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{name}: gone"
                continue
            for found in _operation(operation, now, old, new):
                yield f"{name}: {found}"


def _operation(old: Operation, new: Operation, before: Document, after: Document) -> Iterator[str]:
    if old.get("operationId") != new.get("operationId"):
        yield f"operationId {old.get('operationId')} is now {new.get('operationId')}"
    yield from _security(old, new)
    yield from _parameters(old, new, before, after)
    yield from _request(old, new, before, after)
    yield from _answers(old, new, before, after)


def _security(old: Operation, new: Operation) -> Iterator[str]:
    had, has = _scopes(old), _scopes(new)
    if has is not None and had is None:
        yield "a token is needed now"
    for scope in sorted((has or set()) - (had or set())):
        yield f"scope {scope} is needed now"


def _scopes(operation: Operation) -> set[str] | None:
    if not operation.get("security"):
        return None
    return {scope for scheme in operation["security"] for scopes in scheme.values() for scope in scopes}


def _parameters(old: Operation, new: Operation, before: Document, after: Document) -> Iterator[str]:
    had = {(each["in"], each["name"]): each for each in old.get("parameters", [])}
    has = {(each["in"], each["name"]): each for each in new.get("parameters", [])}
    for key, parameter in has.items():
        if parameter.get("required") and not had.get(key, {}).get("required"):
            yield f"{key[0]} parameter {key[1]} is required now"
    for key, parameter in had.items():
        if key not in has:
            yield f"{key[0]} parameter {key[1]} is gone"
        else:
            comparison = Comparison(before, after)
            yield from comparison.faults(parameter["schema"], has[key]["schema"], f"{key[0]} {key[1]}")


def _request(old: Operation, new: Operation, before: Document, after: Document) -> Iterator[str]:
    had, has = old.get("requestBody", {}), new.get("requestBody", {})
    if has.get("required") and not had.get("required"):
        yield "a body is required now"
    for media_type, content in had.get("content", {}).items():
        now = has.get("content", {}).get(media_type)
        if now is None:
            yield f"a body of {media_type} is no longer taken"
        else:
            yield from Comparison(before, after).faults(content["schema"], now["schema"], "body")


def _answers(old: Operation, new: Operation, before: Document, after: Document) -> Iterator[str]:
    for status, response in old["responses"].items():
        now = new["responses"].get(status)
        if not status.startswith("2"):
            continue
        if now is None:
            yield f"status {status} is gone"
            continue
        for media_type, content in response.get("content", {}).items():
            if media_type not in now.get("content", {}):
                yield f"{status} is no longer {media_type}"
                continue
            schema, new_schema = content.get("schema", {}), now["content"][media_type].get("schema", {})
            yield from promised(schema, new_schema, before, after, status)
            # The other way round: whatever is answered now must have been allowed before.
            yield from Comparison(after, before, tolerant=True).faults(new_schema, schema, status)
