"""Access tokens: JWTs (RFC 9068) signed with EdDSA by the gateway, checked by each service on its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from services.kit import clock
from services.kit.auth import Principal, delegable
from services.kit.endings import Endings
from services.kit.jws import SignatureInvalid, UnknownKey, verify_jws
from services.kit.problems import Unauthorized, Unavailable
from services.kit.recent import LEEWAY_SECONDS
from services.kit.telemetry import log
from services.kit.texts import Text
from services.kit.trusted import trusted

TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068, no secret
AUDIENCE = "steppe"
MAX_JWKS_BYTES = 256 * 1024
FETCH_SECONDS = 10
MAX_TOKEN_BYTES = 8192
"""With its scheme in front."""
REMEMBERED = 4096
"""How many tokens that held a verifier remembers until they expire, those used longest ago go first."""

_INVALID = Text(zh="凭证无效", en="The token does not hold")
_EXPIRED = Text(zh="凭证已过期，请重新登录", en="The token has expired; sign in again")

Jwks = dict[str, Any]


class RemoteKeys:
    """The issuer's published keys: cached, fetched once at a time, kept while the issuer is away.

    An unknown key id causes at most one fetch per `cooldown` seconds, so that forged ids cannot flood the issuer. While
    the issuer is away its keys hold for `max_stale` seconds (None: as long as it takes).
    """

    def __init__(
        self, url: str, *, ttl: float = 300, cooldown: float = 5, max_stale: float | None = None
    ) -> None:
        self.url, self.ttl, self.cooldown, self.max_stale = url, ttl, cooldown, max_stale
        self._keys: Jwks | None = None
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, *, refresh: bool = False) -> Jwks:
        moment = time.monotonic()
        stale = moment - self._fetched_at > self.ttl
        if self._keys is None or stale or refresh:
            async with self._lock:
                if time.monotonic() - self._tried_at > self.cooldown:
                    await self._fetch()
        age = time.monotonic() - self._fetched_at
        if self._keys is None or (self.max_stale is not None and age > self.ttl + self.max_stale):
            raise Unavailable(Text(zh="暂时无法核验凭证", en="Tokens cannot be checked at the moment"))
        return self._keys

    async def _fetch(self) -> None:
        self._tried_at = time.monotonic()
        try:
            keys = json.loads(await self._read())
            if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
                raise ValueError("not a JWKS")
            self._keys, self._fetched_at = keys, time.monotonic()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, RecursionError) as error:
            log.warning("jwks_fetch_failed", url=self.url, error=error)

    async def _read(self) -> bytes:
        """The answer's body; ValueError for one that is too long. A redirection is no answer."""
        body = b""
        async with (
            asyncio.timeout(FETCH_SECONDS),
            httpx.AsyncClient(timeout=3, trust_env=False, verify=trusted()) as client,
            client.stream("GET", self.url) as answer,
        ):
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MAX_JWKS_BYTES:
                    raise ValueError("too long")
        return body


class TokenVerifier:
    """Turns an `Authorization` header into a `Principal`, or refuses it."""

    def __init__(
        self, keys: Callable[..., Awaitable[Jwks]], *, issuer: str, endings: Endings | None = None
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._endings = endings
        self._seen: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()

    async def principal(self, authorization: str | None) -> Principal | None:
        """The caller; None without the header; raises `Unauthorized` for a token that holds not, or no more."""
        if authorization is None:
            return None
        if len(authorization) > MAX_TOKEN_BYTES:
            raise Unauthorized(_INVALID)
        principal = self.known(authorization) or await self._read(authorization)
        if self._endings is not None:
            self._endings.refuse(principal)
        return principal

    async def _read(self, authorization: str) -> Principal:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized(_INVALID)
        claims = await self._verified(token.strip())
        principal = _principal(claims)
        self._seen[_digest(authorization)] = claims["exp"], principal
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return principal

    def known(self, authorization: str) -> Principal | None:
        """The caller where this very token held before and has not expired; else None: ask `principal`."""
        name = _digest(authorization)
        seen = self._seen.get(name)
        if seen is None or seen[0] <= clock.seconds():
            return None
        self._seen.move_to_end(name)
        return seen[1]

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            try:
                payload = verify_jws(token, await self._keys(), typ=TOKEN_TYPE)
            except UnknownKey:
                payload = verify_jws(token, await self._keys(refresh=True), typ=TOKEN_TYPE)
            claims = json.loads(payload)
        except (SignatureInvalid, ValueError) as error:
            raise Unauthorized(_INVALID) from error
        moment = clock.seconds()
        if not isinstance(claims, dict) or claims.get("iss") != self._issuer or claims.get("aud") != AUDIENCE:
            raise Unauthorized(_INVALID)
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        # bool is an int to Python
        if type(expires) is not int or type(begins) is not int or begins > moment + LEEWAY_SECONDS:
            raise Unauthorized(_INVALID)
        if expires < moment - LEEWAY_SECONDS:
            raise Unauthorized(_EXPIRED, code_hint="token_expired")
        return claims


class Credential(str):
    """An `Authorization` that is looked at again and again: its digest is worked out once."""

    __slots__ = ("digest",)

    digest: bytes


def _digest(authorization: str) -> bytes:
    """What is remembered is no credential. A signature takes 100 µs to check, a digest 1 µs."""
    if type(authorization) is not Credential:
        return hashlib.sha256(authorization.encode("utf-8", "surrogatepass")).digest()
    try:
        return authorization.digest
    except AttributeError:
        authorization.digest = digest = hashlib.sha256(
            authorization.encode("utf-8", "surrogatepass")
        ).digest()
        return digest


def _principal(claims: dict[str, Any]) -> Principal:
    subject = _text(claims, "sub")
    if not subject:
        raise Unauthorized(_INVALID)
    scopes, acting_for = frozenset(_text(claims, "scope").split()), _text(claims, "acting_for") or None
    return Principal(
        subject=subject,
        name=_text(claims, "name") or subject,
        roles=_texts(claims, "roles"),
        # A delegate never signs, whatever its token says.
        scopes=delegable(scopes) if acting_for else scopes,
        usccs=_texts(claims, "usccs"),
        every_enterprise=claims.get("every_enterprise") is True,
        session=_text(claims, "sid") or None,
        # An empty list is no site at all, and no list is no narrowing.
        sites=frozenset(_texts(claims, "sites")) if "sites" in claims else None,
        acting_for=acting_for,
        app=client if (client := _text(claims, "client_id")) and client != subject else None,
        purposes=_texts(claims, "purposes"),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise Unauthorized(_INVALID)
    return value


def _texts(claims: dict[str, Any], name: str) -> tuple[str, ...]:
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Unauthorized(_INVALID)
    return tuple(value)
