"""The token exchange grant (RFC 8693): one kind of token in, an access token of ours out."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.authenticator import TokenAuthenticator
from gateway.delegation.exchange import by_delegation
from gateway.federation.service import Federation
from gateway.identity.errors import InvalidGrant, InvalidTokenRequest
from gateway.identity.office import SignIn
from gateway.identity.schemas import ACCESS_TOKEN, TokenAnswer, TokenRequest
from services.kit.findings import FieldError
from services.kit.problems import Unauthorized
from services.kit.texts import Text

_WHOSE = Text(zh="应指明代理的委托", en="say which delegation to act under")


class TokenExchange:
    """`app.state.token_exchange`. An agent's own access token is exchanged for one that acts in somebody's name, a
    token of an accepted issuer for one of ours."""

    def __init__(self, authenticator: TokenAuthenticator, federation: Federation) -> None:
        self._authenticator, self._federation = authenticator, federation

    async def __call__(self, session: AsyncSession, office: SignIn, form: TokenRequest) -> TokenAnswer:
        token = form.subject_token.get_secret_value() if form.subject_token else ""
        if form.subject_token_type != ACCESS_TOKEN:
            return await self._federation.exchange(session, office, token=token, scope=form.scope)
        if form.delegation is None:
            raise InvalidTokenRequest(errors=[FieldError("/delegation", "missing", _WHOSE)])
        try:
            agent, _ = await self._authenticator.caller(f"Bearer {token}")
        except Unauthorized as problem:
            raise InvalidGrant(problem.detail) from problem
        if agent is None:
            raise InvalidGrant()
        return await by_delegation(session, office, agent, delegation_id=form.delegation, scope=form.scope)
