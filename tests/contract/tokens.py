"""Tokens made by hand, good and bad, and calls with them."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx

from services.kit.ids import new_id
from services.kit.tokens import AUDIENCE, TOKEN_TYPE
from tests.support.town import Holder, Town

REPORTS = "/v1/permits/reports"


def claims(town: Town, holder: Holder, **changes: Any) -> dict[str, Any]:
    """The claims of a good token of the holder; a change to `...` takes the claim out."""
    moment = int(time.time())
    good = {
        "iss": town.stack.shared.issuer,
        "aud": AUDIENCE,
        "sub": str(holder.account),
        "client_id": str(holder.account),
        "name": holder.login,
        "roles": ["enterprise"],
        "scope": "permits:read permits:submit events:read",
        "usccs": [holder.uscc],
        "every_enterprise": False,
        "iat": moment,
        "exp": moment + 300,
        "jti": str(new_id()),
        **changes,
    }
    return {name: value for name, value in good.items() if value is not ...}


def signed(town: Town, payload: dict[str, Any], *, typ: str = TOKEN_TYPE) -> str:
    return town.stack.token_keys.sign(json.dumps(payload).encode(), typ=typ)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def asked(town: Town, way: str, *authorization: bytes | str, **headers: str) -> httpx.Response:
    """The list of reports, asked for with these Authorization headers."""
    base = town.stack.urls["permits" if way == "direct" else "gateway"]
    encoded = [value.encode() if isinstance(value, str) else value for value in authorization]
    fields = [(b"authorization", value) for value in encoded]
    fields += [(name.encode(), value.encode()) for name, value in headers.items()]
    return await town.public.get(f"{base}{REPORTS}", headers=fields)
