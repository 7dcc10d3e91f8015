"""Reads the policy file. Everything wrong in it is said at once, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.identity.rules import ALL_SCOPES
from gateway.policy.rules import Audience, CacheRule, RateClass, Retirement, RoutePolicy
from gateway.policy.table import VERSION, PolicyTable
from services.kit.configuration import ConfigurationError, read_toml, validated
from services.kit.requests import LARGEST_BODY_BYTES
from services.kit.schemas import Moment

SHIPPED = Path(__file__).with_name("policy.toml")
LARGEST_BODY_KIB = LARGEST_BODY_BYTES // 1024
SERVICES = ("permits", "waste", "credit", "emergency")
_ROUTE = re.compile(
    r"(GET|POST|PUT|PATCH|DELETE) (/[A-Za-z0-9_.\-]*(?:/(?:[A-Za-z0-9_.\-]+|\{[a-z0-9_]+(?::path)?\}))*)"
)
LONGEST_SECONDS = 3600
"""A time-out that ends."""
_VARIABLES = re.compile(r"\{(\w+)(?::path)?\}")


class PolicyFileError(ConfigurationError):
    """The policy file cannot be used; its text has a line for each fault."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cache(_Model):
    max_age: int = Field(ge=1)
    stale_while_revalidate: int = Field(default=0, ge=0)
    stale_if_error: int = Field(default=0, ge=0)


class _Retirement(_Model):
    since: Moment
    sunset: Moment | None = None
    successor: str | None = Field(default=None, pattern=r"^/[A-Za-z0-9_.\-/{}:]*$")
    notice: str | None = Field(default=None, pattern=r"^(/|https://)[!#-;=?-~]*$")


class _Route(_Model):
    """One line of `[routes]`."""

    audience: list[Audience] = Field(min_length=1)
    scopes: list[str] = Field(default_factory=list)
    rate: RateClass
    max_body_kib: int | None = Field(default=None, ge=1, le=LARGEST_BODY_KIB)
    timeout: float | None = Field(default=None, gt=0, le=LONGEST_SECONDS)
    cache: _Cache | None = None
    unpublished: bool = False
    retirement: _Retirement | None = None


class _Defaults(_Model):
    max_body_kib: int = Field(ge=1, le=LARGEST_BODY_KIB)
    timeout: float = Field(gt=0, le=LONGEST_SECONDS)


class _File(_Model):
    defaults: _Defaults
    routes: dict[str, _Route] = Field(min_length=1)


def service_of(path: str) -> str:
    """The service that a path names, in whatever version, else `gateway`: all other paths it answers itself."""
    first = path.split("/")[1:3]
    return first[1] if len(first) == 2 and VERSION.fullmatch(first[0]) and first[1] in SERVICES else "gateway"


def load(path: Path = SHIPPED) -> PolicyTable:
    """The compiled table. Raises PolicyFileError that names every fault."""
    return parse(read_toml(path, PolicyFileError))


def parse(content: dict[str, Any]) -> PolicyTable:
    """The table of a policy that was read from TOML."""
    file = validated(_File, content, PolicyFileError)
    faults = [*_faults(file)]
    if faults:
        raise PolicyFileError("\n".join(faults))
    return PolicyTable(_route(key, route, file.defaults) for key, route in file.routes.items())


def _faults(file: _File) -> Iterable[str]:
    shapes: dict[str, str] = {}
    for key, route in file.routes.items():
        if not _ROUTE.fullmatch(key):
            yield f"{key}: not «METHOD /path/{{variable}}»"
            continue
        shape = re.sub(r"\{[^}]*\}", "{}", key)
        if shape in shapes:
            yield f"{key}: the same route as {shapes[shape]}"
        shapes[shape] = key
        public = Audience.PUBLIC in route.audience
        if public and (len(route.audience) > 1 or route.scopes):
            yield f"{key}: public is everybody, without scopes"
        for scope in sorted(set(route.scopes) - ALL_SCOPES):
            yield f"{key}: no such scope: {scope}"
        if route.cache is not None and not (public and key.startswith("GET ")):
            yield f"{key}: only public reads are cached"
        if route.unpublished and public:
            yield f"{key}: public and unpublished"
        if route.retirement is not None:
            yield from _faults_of(route.retirement, key)


def _faults_of(retirement: _Retirement, key: str) -> Iterable[str]:
    if retirement.sunset is not None and retirement.sunset < retirement.since:
        yield f"{key}: its sunset comes before its deprecation"
    for name in _VARIABLES.findall(retirement.successor or ""):
        if name not in _VARIABLES.findall(key):
            yield f"{key}: its successor's {{{name}}} is not in its path"


def _route(key: str, route: _Route, defaults: _Defaults) -> RoutePolicy:
    method, _, template = key.partition(" ")
    return RoutePolicy(
        method=method,
        template=template,
        service=service_of(template),
        audience=frozenset(route.audience),
        scopes=frozenset(route.scopes),
        rate=route.rate,
        max_body_bytes=(route.max_body_kib or defaults.max_body_kib) * 1024,
        timeout_seconds=route.timeout or defaults.timeout,
        cache=CacheRule(**route.cache.model_dump()) if route.cache else None,
        unpublished=route.unpublished,
        retirement=Retirement(**route.retirement.model_dump()) if route.retirement else None,
    )
