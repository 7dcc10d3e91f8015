"""A real issuer for the tests: its own keys, published on a socket; it counts who asks, rotates and can be away."""

from __future__ import annotations

import json
import socket
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.types import Receive, Scope, Send

from gateway.federation.configuration import parse
from gateway.federation.rules import Issuer
from services.kit.ids import new_id
from tests.support.stack import serving

ISSUER, AUDIENCE = "https://sso.province.example", "steppe-erenhot"


@cache
def _first_keys() -> dict[str, Key]:
    """Of every issuer of the tests: finding an RSA key takes as long as several tests."""
    return {
        "rsa-1": RSAKey.generate_key(2048),
        "ec-1": ECKey.generate_key("P-256"),
        "ed-1": OKPKey.generate_key("Ed25519"),
    }


class Province:
    """Answers with its public keys, whatever is asked."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.asked, self.body, self.status = 0, b"", 200
        self.url = ""
        for kid, key in _first_keys().items():
            self.rotate(kid, key)

    def rotate(self, kid: str, key: Key) -> None:
        """Publishes one more key."""
        self.keys[kid] = key
        published = [{**each.as_dict(private=False), "kid": name} for name, each in self.keys.items()]
        self.body = json.dumps({"keys": published}).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})

    def sign(self, payload: dict[str, Any], *, kid: str = "rsa-1", alg: str = "RS256", **header: Any) -> str:
        return signed({"alg": alg, "kid": kid, **header}, payload, self.keys[kid])


def signed(header: dict[str, Any], payload: dict[str, Any], key: Key) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode(header, payload, key, algorithms=[header["alg"]])


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims of a reviewer; a change to `...` takes the claim out."""
    moment = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"u-{new_id().hex}",
        "name": "王审核",
        "groups": ["eco-reviewer", "some-club"],
        "iat": moment,
        "exp": moment + 300,
        "jti": str(new_id()),
        **changes,
    }
    return {name: value for name, value in good.items() if value is not ...}


def content(url: str, **changes: Any) -> dict[str, Any]:
    """The configuration as it is read from TOML."""
    return {
        "name": "province",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "jwks_uri": url,
        "algorithms": ["RS256", "ES256", "EdDSA"],
        "leeway_seconds": 30,
        "allowed_roles": ["reviewer", "approver", "enterprise"],
        "claims": {"roles": "groups", "usccs": "org_codes", "department": "dept"},
        "roles": {"eco-reviewer": "reviewer", "eco-approver": "approver", "company": "enterprise"},
        "departments": {"07": "water"},
        "second_factor": {"acr": ["urn:province:loa3"], "amr": ["otp", "hwk"]},
        **changes,
    }


def configured(url: str, **changes: Any) -> Issuer:
    return parse({"issuer": [content(url, **changes)]})[0]


@asynccontextmanager
async def province() -> AsyncIterator[Province]:
    """The issuer, serving."""
    made, sock = Province(), socket.socket(proto=socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    async with serving(made, sock):
        made.url = f"http://127.0.0.1:{sock.getsockname()[1]}/jwks.json"
        yield made
