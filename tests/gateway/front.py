"""The whole front, gate and proxy, before one service: a policy of the test's own, real tokens, real sockets."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from gateway.cors import Cors
from gateway.gate import Gate, Limiter, Step
from gateway.identity.tokens import Grant, TokenMint
from gateway.pipeline import Pipeline
from gateway.policy.loading import parse
from gateway.proxy import Proxy
from gateway.upstream import HttpUpstream
from services.kit.auth import Principal
from services.kit.signing import KeyRing
from services.kit.tokens import TokenVerifier
from services.kit.trusted import trusted
from tests.gateway.rig import PATIENCE, Rig, Service, answer, served

ISSUER = "http://issuer.example"
KEYS = KeyRing.from_private_jwks(KeyRing.generate())
PUBLIC: dict[str, Any] = {"audience": ["public"], "rate": "reads"}
SIGNED_IN: dict[str, Any] = {"audience": ["enterprise", "bureau", "system", "device"], "rate": "reads"}


def policy(routes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"defaults": {"max_body_kib": 1024, "timeout": PATIENCE}, "routes": routes}


@dataclass
class Front:
    """`http` speaks to it; `service` is permits behind it."""

    http: httpx.AsyncClient
    service: Service
    port: int
    upstream: HttpUpstream

    @property
    def rig(self) -> Rig:
        """The same for clients that speak bytes."""
        return Rig(self.port, self.upstream, self.service)

    def token(self, subject: str, *roles: str, scopes: Sequence[str] = ()) -> dict[str, str]:
        """The header of a signed-in caller."""
        grant = Grant(subject, subject, roles, frozenset(scopes), (), every_enterprise=False)
        token = TokenMint(KEYS, ISSUER, timedelta(minutes=5)).mint(grant)
        return {"Authorization": f"Bearer {token}"}


@contextlib.asynccontextmanager
async def fronted(
    routes: dict[str, dict[str, Any]],
    *,
    cors: Cors | None = None,
    limiter: Limiter | None = None,
    steps: Sequence[Step] = (),
    **options: Any,
) -> AsyncIterator[Front]:
    """A front with this policy; `options` go to the Pipeline."""
    service = Service()
    async with served(service) as upstream_port:
        app, upstream = gate_and_proxy(
            routes, upstream_port, cors=cors, limiter=limiter, steps=steps, **options
        )
        async with served(app) as port:
            base_url = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(
                base_url=base_url, trust_env=False, verify=trusted(), timeout=PATIENCE
            ) as http:
                yield Front(http, service, port, upstream)
        await upstream.close()


def gate_and_proxy(
    routes: dict[str, dict[str, Any]],
    upstream_port: int,
    *,
    cors: Cors | None = None,
    limiter: Limiter | None = None,
    steps: Sequence[Step] = (),
    **options: Any,
) -> tuple[Pipeline, HttpUpstream]:
    """The application, and its way to whatever listens on `upstream_port` as permits."""
    upstream = HttpUpstream("permits", f"http://127.0.0.1:{upstream_port}")
    gate = Gate(parse(policy(routes)), _Tokens(), cors=cors, limiter=limiter, steps=steps)
    return Pipeline(gate=gate, own=_own, proxy=Proxy({"permits": upstream}), **options), upstream


class _Tokens:
    """The gate's authenticator by access tokens alone: here nobody signs out."""

    def __init__(self) -> None:
        async def keys(*, refresh: bool = False) -> dict[str, Any]:
            return KEYS.public_jwks()

        self._verifier = TokenVerifier(keys, issuer=ISSUER)

    def known(self, authorization: str) -> Principal | None:
        return None

    async def caller(self, authorization: str | None) -> tuple[Principal | None, bytes | None]:
        return await self._verifier.principal(authorization), None


async def _own(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The gateway's own endpoints."""
    await answer(send, b"own")
