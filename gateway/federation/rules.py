"""What a foreign token must say, and who its bearer is here. Pure: no clock, no network, no database.

Sources: OpenID Connect Core 1.0, 2 and 3.1.3.7; RFC 7519, 4.1; RFC 8725 (best practice for JWT).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.kit.texts import Text

NEVER_GIVEN = frozenset({"administrator", "agent"})
"""Who administers an installation is named in it; an agent is invited by an enterprise."""
MAX_TEXT, MAX_VALUES, MAX_ID = 200, 200, 1000
LARGEST_TIME = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Under which names an issuer tells what we need; None: it does not."""

    subject: str = "sub"
    name: str | None = "name"
    roles: str = "roles"
    usccs: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An issuer whose tokens are taken, and how they are read."""

    name: str
    """Ours, short: it stands in the audit trail."""
    issuer: str
    """Its `iss`, character for character."""
    audience: str
    """The client that its tokens must be for: us."""
    jwks_uri: str
    algorithms: frozenset[str]
    leeway: timedelta
    max_age: timedelta
    """How long after it was issued a token is taken, whatever it says itself."""
    claims: ClaimNames
    roles: Mapping[str, str]
    """Its value → our role; a value that is not here gives nothing."""
    departments: Mapping[str, str]
    strong_acr: frozenset[str] = frozenset()
    strong_amr: frozenset[str] = frozenset()
    """What counts as a second factor (`acr` is one of these, or one of `amr` is)."""
    strong_roles: frozenset[str] = frozenset()
    """Roles that are given only with it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a foreign token is about, in our words."""

    subject: str
    name: str
    roles: tuple[str, ...]
    usccs: tuple[str, ...]
    department: str | None
    second_factor: bool


class Refused(Exception):  # noqa: N818 - reads as the sentence it is
    """The token is not taken. `reason` is stable, `text` says why."""

    def __init__(self, reason: str, text: Text) -> None:
        super().__init__(reason)
        self.reason, self.text = reason, text


_MALFORMED = Text(zh="不是有效的 JWT", en="not a well-formed JWT")
_ISSUER = Text(zh="不接受该签发者的凭证", en="its issuer is not accepted here")
_AUDIENCE = Text(zh="凭证不是签发给本系统的", en="the token is for somebody else")
_EXPIRED = Text(zh="凭证已过期", en="the token has expired")
_EARLY = Text(zh="凭证尚未生效", en="the token is not yet valid")
_OLD = Text(zh="凭证签发已久，请重新登录", en="the token was issued too long ago; sign in there again")
_NO_ROLE = Text(zh="该人员在本系统没有角色", en="nothing in the token is a role here")
_STRONG = Text(zh="该角色须以双因素登录", en="this role needs a sign-in with a second factor")
_CLAIM = Text(zh="声明 {claim} 缺失或无效", en="the claim {claim} is missing or malformed")


def malformed() -> Refused:
    """What is no JWT, or one with a header that asks for something else."""
    return Refused("malformed", _MALFORMED)


def unknown_issuer() -> Refused:
    """Not from anybody who is in the configuration."""
    return Refused("unknown_issuer", _ISSUER)


def second_factor_required() -> Refused:
    """A role that is given only with one, and none was used there."""
    return Refused("second_factor_required", _STRONG)


def bad_claim(name: str) -> Refused:
    """A claim that is missing or of the wrong type."""
    return Refused("bad_claim", _CLAIM.format(claim=name))


def check_claims(claims: Mapping[str, Any], issuer: Issuer, *, now: datetime) -> None:
    """OIDC Core 3.1.3.7: from this issuer, for us, and now. Raises Refused."""
    if claims.get("iss") != issuer.issuer:
        raise unknown_issuer()
    audience = claims.get("aud")
    if issuer.audience not in (audience if isinstance(audience, list) else [audience]):
        raise Refused("wrong_audience", _AUDIENCE)
    if claims.get("azp", issuer.audience) != issuer.audience:
        raise Refused("wrong_audience", _AUDIENCE)
    moment, leeway = now.timestamp(), issuer.leeway.total_seconds()
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    begins = _time(claims, "nbf") if "nbf" in claims else issued
    if expires + leeway <= moment:
        raise Refused("token_expired", _EXPIRED)
    if begins - leeway > moment or issued - leeway > moment:
        raise Refused("token_not_yet_valid", _EARLY)
    if issued + issuer.max_age.total_seconds() + leeway <= moment:
        raise Refused("token_too_old", _OLD)


def person_of(claims: Mapping[str, Any], issuer: Issuer) -> Person:
    """Whom the token is about: only what the configuration maps. Raises Refused."""
    names = issuer.claims
    subject = _text(claims, names.subject, longest=MAX_ID)
    roles = sorted({issuer.roles[value] for value in _texts(claims, names.roles) if value in issuer.roles})
    if not roles:
        raise Refused("no_role", _NO_ROLE)
    second_factor = has_second_factor(claims, issuer)
    if not second_factor and not issuer.strong_roles.isdisjoint(roles):
        raise second_factor_required()
    department = _text(claims, names.department) if names.department in claims else None
    return Person(
        subject=subject,
        name=_text(claims, names.name) if names.name in claims else subject[:MAX_TEXT],
        roles=tuple(roles),
        usccs=tuple(sorted(set(_texts(claims, names.usccs)))) if names.usccs in claims else (),
        department=issuer.departments.get(department or "", department),
        second_factor=second_factor,
    )


def has_second_factor(claims: Mapping[str, Any], issuer: Issuer) -> bool:
    """Whether `acr` or `amr` (RFC 8176) says so in the issuer's words."""
    acr, amr = claims.get("acr"), claims.get("amr")
    if isinstance(acr, str) and acr in issuer.strong_acr:
        return True
    return isinstance(amr, list) and any(isinstance(each, str) and each in issuer.strong_amr for each in amr)


def allowed_roles(wanted: Collection[str], known: Collection[str]) -> frozenset[str]:
    """Those of `wanted` that an issuer may ever give: known ones, none of `NEVER_GIVEN`."""
    return frozenset(wanted).intersection(known) - NEVER_GIVEN


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_TIME:
        raise bad_claim(name)
    return value


def _text(claims: Mapping[str, Any], name: str | None, *, longest: int = MAX_TEXT) -> str:
    value = claims.get(name or "")
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest or not _is_storable(value):
        raise bad_claim(str(name))
    return value.strip()


def _texts(claims: Mapping[str, Any], name: str | None) -> list[str]:
    """A list of texts, or one text; nothing where the claim is not there."""
    value = claims.get(name or "", [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or len(values) > MAX_VALUES:
        raise bad_claim(str(name))
    if not all(isinstance(each, str) and len(each) <= MAX_TEXT and _is_storable(each) for each in values):
        raise bad_claim(str(name))
    return values


def _is_storable(text: str) -> bool:
    """No NUL and no lone surrogate: PostgreSQL keeps neither."""
    return "\x00" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
