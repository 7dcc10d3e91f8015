"""The compiled policy: from a method and a path to its route.

A literal segment wins over a variable one, and a variable one over `{name:path}`, which takes one segment or more:
some official numbers hold a slash (licences of waste units).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from gateway.policy.rules import RoutePolicy
from services.kit.problems import MethodNotAllowed, NotFound
from services.kit.texts import Text

VERSION = re.compile(r"v[1-9][0-9]?")
"""The first segment of an interface's path; a new version has new paths, an old one goes by its `retirement`."""
_SERVED = Text(zh="可用版本：{versions}", en="These versions are served: {versions}")


class UnknownVersion(NotFound):
    """The path begins with a version that is not among `versions`."""

    code = "unknown_version"
    title = Text(zh="没有该接口版本", en="There is no such version of the interface")


REMEMBERED = 4096
"""Paths whose route is known without looking; at most some 40 MB, as a path has 8 KiB at most."""


@dataclass(slots=True)
class _Node:
    literal: dict[bytes, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    rest: _Node | None = None
    routes: dict[str, RoutePolicy] = field(default_factory=dict)


class PolicyTable:
    """Every route that the gateway lets through; what is not in it does not exist."""

    def __init__(self, routes: Iterable[RoutePolicy]) -> None:
        self._routes = tuple(routes)
        self._root = _Node()
        for route in self._routes:
            node = self._root
            for segment in route.template.encode().split(b"/"):
                if segment.endswith(b":path}"):
                    node.rest = node = node.rest or _Node()
                elif segment.startswith(b"{"):
                    node.variable = node = node.variable or _Node()
                else:
                    node = node.literal.setdefault(segment, _Node())
            node.routes[route.method] = route
        segments = {route.template.split("/")[1] for route in self._routes}
        self.match = lru_cache(maxsize=REMEMBERED)(self._match)
        """The route of a request, by method and raw path; raises NotFound, or MethodNotAllowed with `Allow`."""
        self.versions = sorted(filter(VERSION.fullmatch, segments), key=lambda version: int(version[1:]))

    def __iter__(self) -> Iterator[RoutePolicy]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)

    def _match(self, method: str, raw_path: bytes) -> RoutePolicy:
        """A path is matched as the service will read it, percent-decoded: `%72eports` is `reports`."""
        path = unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path
        routes = _descend(self._root, path.split(b"/"), 0)
        if routes is None:
            self._refuse_version(path)
            raise NotFound
        route = routes.get("GET" if method == "HEAD" else method)
        if route is None:
            allowed = ["HEAD", *routes] if "GET" in routes else [*routes]
            raise MethodNotAllowed(headers={"Allow": ", ".join(allowed)})
        return route

    def _refuse_version(self, path: bytes) -> None:
        version = path[1:].partition(b"/")[0].decode("utf-8", "replace")
        if VERSION.fullmatch(version) and version not in self.versions:
            detail = _SERVED.format(versions=", ".join(self.versions))
            raise UnknownVersion(detail, versions=list(self.versions))


def _descend(node: _Node, segments: list[bytes], at: int) -> dict[str, RoutePolicy] | None:
    if at == len(segments):
        return node.routes or None
    segment = segments[at]
    child = node.literal.get(segment)
    if child is not None:
        found = _descend(child, segments, at + 1)
        if found is not None:
            return found
    if node.variable is not None and segment:
        found = _descend(node.variable, segments, at + 1)
        if found is not None:
            return found
    return _descend_rest(node.rest, segments, at) if node.rest is not None else None


def _descend_rest(node: _Node, segments: list[bytes], at: int) -> dict[str, RoutePolicy] | None:
    """What comes after the variable (`…/balance`) is more specific than its end: as the services match."""
    if not all(segments[at:]):
        return None
    for end in (*range(len(segments) - 1, at, -1), len(segments)):
        found = _descend(node, segments, end)
        if found is not None:
            return found
    return None
