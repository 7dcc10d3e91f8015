"""Header fields that stay the same from request to request, and what was worked out from them.

A client that keeps its connection mostly sends the very same fields with each request. The server's protocol then
gives the very same `HeaderFields`, and `known` finds in it what an earlier request worked out already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
RawHeaders = Iterable[tuple[bytes, bytes]]


class HeaderFields(list[tuple[bytes, bytes]]):
    """As ASGI's `scope["headers"]`. Nobody changes it: what is known of it would no longer hold."""

    __slots__ = ("known",)

    def __init__(self, fields: RawHeaders) -> None:
        super().__init__(fields)
        self.known: dict[Any, Any] = {}


def known_of(headers: RawHeaders, owner: object, target: object, find: Callable[[], T]) -> T:
    """`find()`, once for the same fields and the same `target`, for whom it asks: the last one is kept."""
    if type(headers) is not HeaderFields:
        return find()
    kept = headers.known.get(owner)
    if kept is not None and kept[0] == target:
        value: T = kept[1]
        return value
    value = find()
    headers.known[owner] = target, value
    return value


def known(headers: RawHeaders, find: Callable[[RawHeaders], T]) -> T:
    """`find(headers)`, once for the same fields: `find` depends on nothing else. What it raises is not kept."""
    if type(headers) is not HeaderFields:
        return find(headers)
    found = headers.known
    try:
        value: T = found[find]
    except KeyError:
        value = found[find] = find(headers)
    return value
