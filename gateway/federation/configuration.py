"""Reads the file of issuers. Everything wrong in it is said at once, and the gateway does not start with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from gateway.federation.rules import NEVER_GIVEN, ClaimNames, Issuer
from gateway.identity.rules import FOR_ENTERPRISES, ROLE_SCOPES
from services.kit.configuration import ConfigurationError, read_toml, validated

ALWAYS_STRONG = frozenset({"approver"})
"""Roles that need a second factor whatever the file says."""
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class IssuersFileError(ConfigurationError):
    """The file cannot be used; its text has a line for each fault."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Claims(_Model):
    subject: str = Field(default="sub", min_length=1)
    name: str | None = Field(default="name", min_length=1)
    roles: str = Field(default="roles", min_length=1)
    usccs: str | None = Field(default=None, min_length=1)
    department: str | None = Field(default=None, min_length=1)


class _SecondFactor(_Model):
    acr: list[str] = Field(default_factory=list)
    amr: list[str] = Field(default_factory=list)
    roles: list[str] = Field(default_factory=list)


class _Issuer(_Model):
    """One `[[issuer]]`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    issuer: str = Field(min_length=1, max_length=1000)
    audience: str = Field(min_length=1, max_length=1000)
    jwks_uri: str = Field(min_length=1, max_length=1000)
    algorithms: list[Literal["RS256", "ES256", "EdDSA"]] = Field(min_length=1)
    leeway_seconds: int = Field(default=60, ge=0, le=300)
    max_age_minutes: int = Field(default=60, ge=1, le=1440)
    allowed_roles: list[str] = Field(min_length=1)
    claims: _Claims = _Claims()
    roles: dict[str, str] = Field(min_length=1)
    departments: dict[str, str] = Field(default_factory=dict)
    second_factor: _SecondFactor = _SecondFactor()


class _File(_Model):
    issuer: list[_Issuer] = Field(min_length=1)


def load(path: Path) -> tuple[Issuer, ...]:
    """The issuers of a TOML file. Raises IssuersFileError that names every fault."""
    return parse(read_toml(path, IssuersFileError))


def parse(content: dict[str, Any]) -> tuple[Issuer, ...]:
    """The issuers of a file that was read from TOML."""
    file = validated(_File, content, IssuersFileError)
    faults = [*_twice(file), *(fault for each in file.issuer for fault in _faults(each))]
    if faults:
        raise IssuersFileError("\n".join(faults))
    return tuple(_made(each) for each in file.issuer)


def _twice(file: _File) -> Iterable[str]:
    for member in ("name", "issuer"):
        values = [getattr(each, member) for each in file.issuer]
        yield from (
            f"{member} {each!r} stands twice" for each in sorted(set(values)) if values.count(each) > 1
        )


def _faults(given: _Issuer) -> Iterable[str]:
    for role in sorted(set(given.allowed_roles) | set(given.second_factor.roles)):
        if role not in ROLE_SCOPES:
            yield f"{given.name}: no such role: {role}"
    for role in sorted(NEVER_GIVEN.intersection(given.allowed_roles)):
        yield f"{given.name}: {role} is never given by an issuer"
    for value, role in given.roles.items():
        if role not in given.allowed_roles:
            yield f"{given.name}: {value!r} maps to {role}, which is not in allowed_roles"
    strong = (ALWAYS_STRONG | set(given.second_factor.roles)).intersection(given.roles.values())
    if strong and not (given.second_factor.acr or given.second_factor.amr):
        yield f"{given.name}: {', '.join(sorted(strong))} needs a second factor: say which acr or amr is one"
    acting = FOR_ENTERPRISES.intersection(given.roles.values())
    if acting and given.claims.usccs is None:
        roles = ", ".join(sorted(acting))
        yield f"{given.name}: {roles} acts for enterprises: say which claim holds them (claims.usccs)"
    address = urlsplit(given.jwks_uri)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOCAL):
        yield f"{given.name}: jwks_uri is no https address"


def _made(given: _Issuer) -> Issuer:
    return Issuer(
        name=given.name,
        issuer=given.issuer,
        audience=given.audience,
        jwks_uri=given.jwks_uri,
        algorithms=frozenset(given.algorithms),
        leeway=timedelta(seconds=given.leeway_seconds),
        max_age=timedelta(minutes=given.max_age_minutes),
        claims=ClaimNames(**given.claims.model_dump()),
        roles=given.roles,
        departments=given.departments,
        strong_acr=frozenset(given.second_factor.acr),
        strong_amr=frozenset(given.second_factor.amr),
        strong_roles=ALWAYS_STRONG | frozenset(given.second_factor.roles),
    )
