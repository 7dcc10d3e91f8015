"""Use case: somebody whom an accepted issuer vouches for gets an access token of ours (RFC 8693)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.accounts.rules import faults
from gateway.federation import repository, rules
from gateway.federation.models import ExternalIdentity
from gateway.federation.rules import Issuer, Person, Refused
from gateway.federation.verification import UnknownKey, parts_of, verify
from gateway.identity.errors import InvalidGrant
from gateway.identity.office import SignIn
from gateway.identity.rules import reads_every_enterprise, scopes_of
from gateway.identity.schemas import ACCESS_TOKEN, TokenAnswer
from gateway.identity.service import granted_scopes, token_answer
from gateway.identity.tokens import Grant
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.identifiers import check
from services.kit.telemetry import log
from services.kit.texts import Text
from services.kit.tokens import RemoteKeys

_REPLAYED = Text(zh="该凭证已使用过", en="this token was used before")
_USCC = Text(zh="声明中的统一社会信用代码无效", en="the token names an enterprise that cannot be one")
MAX_STALE = 24 * 3600
"""Seconds that an issuer's keys are used while it does not answer."""


class Federation:
    """The issuers that are accepted, with their keys. None of them: no token is."""

    def __init__(self, issuers: Iterable[Issuer], *, cooldown: float = 5, ttl: float = 300) -> None:
        self._issuers = {each.issuer: each for each in issuers}
        self._keys = {
            each.issuer: RemoteKeys(each.jwks_uri, ttl=ttl, cooldown=cooldown, max_stale=MAX_STALE)
            for each in self._issuers.values()
        }

    def knows(self, token: str) -> bool:
        """Whether a token says that it is from an accepted issuer, without believing it."""
        if not self._issuers:
            return False
        try:
            return self._issuer(parts_of(token)[1]) is not None
        except Refused:
            return False

    async def exchange(
        self, session: AsyncSession, office: SignIn, *, token: str, scope: str | None
    ) -> TokenAnswer:
        """An access token with the roles that the issuer gives, no refresh token. InvalidGrant says why not."""
        try:
            issuer, claims = await self.verified(token)
            person = _person(claims, issuer)
            if office.factors.needed(list(person.roles)) and not person.second_factor:
                raise rules.second_factor_required()
            granted = granted_scopes(scopes_of(person.roles), scope)
            await _use_up(session, token, claims, issuer)
        except Refused as refused:
            log.info("foreign_token_refused", reason=refused.reason)
            raise InvalidGrant(refused.text, code_hint=refused.reason) from refused
        identity = await repository.seen(session, issuer.name, person, clock.now())
        _record(session, identity, issuer, person)
        grant = Grant(
            subject=str(identity.id),
            name=person.name,
            roles=person.roles,
            scopes=granted,
            usccs=person.usccs,
            every_enterprise=reads_every_enterprise(person.roles),
        )
        answer = token_answer(office, grant, refresh=None)
        return answer.model_copy(update={"issued_token_type": ACCESS_TOKEN})

    def _issuer(self, claims: dict[str, Any]) -> Issuer | None:
        named = claims.get("iss")
        return self._issuers.get(named) if isinstance(named, str) else None

    async def verified(self, token: str) -> tuple[Issuer, dict[str, Any]]:
        """Whose token it is and what it claims, all of it checked but what it means here. Raises Refused."""
        header, claims = parts_of(token)
        issuer = self._issuer(claims)
        if issuer is None:
            raise rules.unknown_issuer()
        rules.check_claims(claims, issuer, now=clock.now())  # first what costs the issuer no question
        keys = self._keys[issuer.issuer]
        try:
            verify(token, header, issuer, await keys.get())
        except UnknownKey:
            verify(token, header, issuer, await keys.get(refresh=True))
        return issuer, claims


def _person(claims: dict[str, Any], issuer: Issuer) -> Person:
    person = rules.person_of(claims, issuer)
    if not all(check("uscc", each).ok and check("uscc", each).value == each for each in person.usccs):
        raise Refused("bad_claim", _USCC)
    for fault in faults(person.roles, person.usccs, None):
        raise Refused(fault.code, fault.text)
    return person


async def _use_up(session: AsyncSession, token: str, claims: dict[str, Any], issuer: Issuer) -> None:
    jti = claims.get("jti")
    if jti is not None and not (isinstance(jti, str) and 0 < len(jti) <= rules.MAX_ID):
        raise rules.bad_claim("jti")
    # Without a name of its own a token is known by its signed part: the signature may have two forms (ECDSA).
    unique = f"jti:{issuer.issuer}\n{jti}" if jti is not None else f"jws:{token.rpartition('.')[0]}"
    digest = hashlib.sha256(unique.encode("utf-8", "surrogatepass")).hexdigest()
    last = min(claims["exp"], claims["iat"] + issuer.max_age.total_seconds())
    expires = datetime.fromtimestamp(last, UTC) + 2 * issuer.leeway
    if not await repository.use_up(session, digest, expires_at=expires):
        raise Refused("replayed", _REPLAYED)


def _record(session: AsyncSession, identity: ExternalIdentity, issuer: Issuer, person: Person) -> None:
    principal = Principal(
        subject=str(identity.id),
        name=person.name,
        roles=person.roles,
        scopes=scopes_of(person.roles),
        usccs=person.usccs,
    )
    audit.record(
        session,
        principal,
        action="gateway.signed_in_elsewhere.v1",
        entity="external_identity",
        entity_id=identity.id,
        after={
            "issuer": issuer.name,
            "subject": person.subject,
            "roles": list(person.roles),
            "usccs": list(person.usccs),
            "department": person.department,
            "second_factor": person.second_factor,
        },
    )
