"""Browsers of other origins (Fetch standard, 3.2): anybody's may read what is public, those configured call the rest.

Callers are known by a token that their script sends, never by a cookie, so credentials mode is never allowed.
"""

from __future__ import annotations

import re

from starlette.types import Scope

from gateway.admission import METHODS
from gateway.policy.rules import RoutePolicy
from gateway.policy.table import PolicyTable
from services.kit.configuration import ConfigurationError
from services.kit.header_fields import RawHeaders
from services.kit.problems import Forbidden
from services.kit.texts import Text

Header = tuple[bytes, bytes]

MAX_AGE_SECONDS = 600
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.\-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_SENT = (
    b"Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match,"
    b" Steppe-Purpose, traceparent"
)
_READ = (
    b"Age, Cache-Status, Deprecation, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset,"
    b" X-Request-Id"
)
_ANY: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _READ),
)
_BY_ORIGIN: Header = (b"vary", b"Origin")


class OriginRefused(Forbidden):
    """Pages of this origin may not call this route; it is not among `STEPPE_GATEWAY_CORS_ORIGINS`."""

    code = "origin_refused"
    title = Text(zh="不接受该来源页面的调用", en="Pages of this origin may not call this")


class Cors:
    """`origins` as browsers write them: `https://portal.example`, comma-separated; ConfigurationError otherwise."""

    def __init__(self, origins: str = "") -> None:
        listed = [origin.strip() for origin in origins.split(",") if origin.strip()]
        wrong = [origin for origin in listed if not _ORIGIN.fullmatch(origin)]
        if wrong:
            raise ConfigurationError(
                "\n".join(f"{origin}: not an origin, scheme://host[:port]" for origin in wrong)
            )
        self._origins = frozenset(origin.encode() for origin in listed)

    def marks(self, headers: RawHeaders, route: RoutePolicy) -> tuple[Header, ...]:
        """What says on the answer, a refusal included, who may read it."""
        if _public_read(route):
            return _ANY
        origin = _origin(headers)
        if origin is None:
            return ()
        if origin not in self._origins:
            return (_BY_ORIGIN,)
        return (
            _BY_ORIGIN,
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _READ),
        )

    def preflight(self, scope: Scope, policy: PolicyTable) -> list[Header] | None:
        """The header fields of the answer to a preflight (204); None for a request that is none.

        Raises OriginRefused, and what the policy raises for a route that is not there.
        """
        origin, method = _origin(scope["headers"]), _header(scope, b"access-control-request-method")
        if scope["method"] != "OPTIONS" or origin is None or method is None:
            return None
        wanted = method.decode("latin-1")
        route = policy.match(wanted if wanted in METHODS else "OPTIONS", scope["raw_path"])
        public = _public_read(route)
        if not public and origin not in self._origins:
            raise OriginRefused
        return [
            (b"access-control-allow-origin", b"*" if public else origin),
            (b"access-control-allow-methods", method),
            (b"access-control-allow-headers", _SENT),
            (b"access-control-max-age", b"%d" % MAX_AGE_SECONDS),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            (b"cache-control", b"no-store"),
        ]


def _public_read(route: RoutePolicy) -> bool:
    return route.public and route.method == "GET"


def _origin(headers: RawHeaders) -> bytes | None:
    """None where it is missing or repeated."""
    return _only([value for name, value in headers if name == b"origin"])


def _header(scope: Scope, name: bytes) -> bytes | None:
    """None where it is missing or repeated."""
    return _only([value for each, value in scope["headers"] if each == name])


def _only(found: list[bytes]) -> bytes | None:
    return found[0] if len(found) == 1 else None
