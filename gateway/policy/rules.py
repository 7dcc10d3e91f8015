"""Who may call a route, and how it is treated. Pure: the policy file says it, these types hold it, `decide` judges.

public ─ anybody          enterprise ─ a company or one of its people      bureau ─ staff of the bureau
system ─ another system   reader ─ bank or insurer                         device ─ a scale, a scanner, a box
restricted ─ a person who must first set up a password or a second factor
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from services.kit.roles import BUREAU_ROLES


class Audience(StrEnum):
    """A kind of caller."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"
    BUREAU = "bureau"
    SYSTEM = "system"
    READER = "reader"
    DEVICE = "device"
    RESTRICTED = "restricted"
    """Signed in, and nothing more until a temporary password is replaced or a second factor set up."""

    __hash__ = (
        str.__hash__
    )  # an enumeration's own is written in Python, and these are looked up for each request


class RateClass(StrEnum):
    """Requests that share a limit: a flood in one class takes nothing from another."""

    READS = "reads"
    SUBMISSIONS = "submissions"
    COMMENTS = "comments"
    """Writes that take nobody's name: what the public says to a notice."""
    BULK = "bulk"
    DEVICES = "devices"
    SIGN_IN = "sign_in"
    PROBES = "probes"
    """Not limited: what an orchestrator asks every few seconds, from the address of everybody."""

    __hash__ = str.__hash__


AUDIENCE_OF_ROLE: Mapping[str, Audience] = MappingProxyType(
    {
        **dict.fromkeys(
            ("enterprise", "carrier", "driver", "receiver", "hospital", "collection_point", "agent"),
            Audience.ENTERPRISE,
        ),
        **dict.fromkeys(sorted(BUREAU_ROLES), Audience.BUREAU),
        **dict.fromkeys(("bank", "insurer"), Audience.READER),
        "system": Audience.SYSTEM,
        "device": Audience.DEVICE,
        "restricted": Audience.RESTRICTED,
    }
)


@dataclass(frozen=True, slots=True)
class CacheRule:
    """How long a public answer may be given again, in seconds (RFC 9111 5.2.2, RFC 5861 3)."""

    max_age: int
    stale_while_revalidate: int = 0
    stale_if_error: int = 0


@dataclass(frozen=True, slots=True)
class Retirement:
    """A route on its way out: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to go instead."""

    since: datetime
    sunset: datetime | None = None
    successor: str | None = None
    """A path; variables of the route's own template may stand in it."""
    notice: str | None = None
    """A page that explains, as a path or an https URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePolicy:
    """One route: a method and a path template, `/v1/permits/reports/{report_id}`; `{name:path}` may hold slashes."""

    method: str
    template: str
    service: str
    """`gateway` for its own endpoints, else the service that the path names."""
    audience: frozenset[Audience]
    scopes: frozenset[str]
    """All of them are needed; none for `public`."""
    rate: RateClass
    max_body_bytes: int
    timeout_seconds: float
    """From the last piece of the request to the head of the answer."""
    cache: CacheRule | None = None
    unpublished: bool = False
    """Its answers hold enterprise data that is not public: reads by the bureau are logged with their purpose."""
    retirement: Retirement | None = None
    public: bool = field(init=False, repr=False, compare=False)
    """Anybody may call it."""
    own_account: bool = field(init=False, repr=False, compare=False)
    """Password, second factor and sessions of the person who calls."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", Audience.PUBLIC in self.audience)
        own = self.template.startswith("/v1/auth/") and not self.public and not self.scopes
        object.__setattr__(self, "own_account", own and self.key not in OPEN_TO_APPS)

    @property
    def key(self) -> str:
        """`GET /v1/permits/reports`, as the policy file names it."""
        return f"{self.method} {self.template}"

    @property
    def documented_path(self) -> str:
        """The template as OpenAPI writes it, where `{name:path}` is a plain `{name}`."""
        return self.template.replace(":path}", "}")


OPEN_TO_APPS = frozenset({"GET /v1/auth/me", "DELETE /v1/auth/sessions/current"})
"""All that an app may call without a scope: what needs none is the person's own, such as passwords and sessions."""


class Asking(Protocol):
    """What `decide` needs to know of a signed-in caller."""

    @property
    def roles(self) -> tuple[str, ...]: ...

    @property
    def scopes(self) -> frozenset[str]: ...

    @property
    def app(self) -> str | None: ...

    @property
    def acting_for(self) -> str | None: ...


class Verdict(StrEnum):
    """`decide`'s answer; all but `ALLOWED` are refusals."""

    ALLOWED = "allowed"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_AUDIENCE = "wrong_audience"
    MISSING_SCOPE = "missing_scope"


@lru_cache(maxsize=1024)
def audiences_of(roles: tuple[str, ...]) -> frozenset[Audience]:
    """The kinds of caller that somebody with these roles is; an unknown role is none."""
    return frozenset(AUDIENCE_OF_ROLE[role] for role in roles if role in AUDIENCE_OF_ROLE)


def kind_of(caller: Asking | None) -> str:
    """What a caller is called in logs and metrics: one of the audiences, or `none` for unknown roles."""
    if caller is None:
        return Audience.PUBLIC.value
    return _kind_of(caller.roles)


@lru_cache(maxsize=1024)
def _kind_of(roles: tuple[str, ...]) -> str:
    return min((kind.value for kind in audiences_of(roles)), default="none")


def decide(route: RoutePolicy, caller: Asking | None) -> Verdict:
    """Whether `caller` (None: not signed in) may use the route. Rows are the services' to judge."""
    if route.public:
        return Verdict.ALLOWED
    if caller is None:
        return Verdict.NOT_SIGNED_IN
    if not route.scopes <= caller.scopes:
        return Verdict.MISSING_SCOPE
    if route.audience.isdisjoint(audiences_of(caller.roles)):
        return Verdict.WRONG_AUDIENCE
    if caller.app is not None and not route.scopes and route.key not in OPEN_TO_APPS:
        return Verdict.WRONG_AUDIENCE
    if route.own_account and caller.acting_for is not None:  # good for the enterprise's affairs alone
        return Verdict.WRONG_AUDIENCE
    return Verdict.ALLOWED


def missing_scopes(route: RoutePolicy, caller: Asking) -> list[str]:
    return sorted(route.scopes - caller.scopes)
