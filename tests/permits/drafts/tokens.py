"""Callers who act in an enterprise's name, with tokens as the gateway signs them."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any, Protocol

from services.kit.ids import new_id
from services.kit.tokens import AUDIENCE, TOKEN_TYPE
from tests.support.town import Caller, Town

FILING = "permits:read permits:file"


class OfEnterprise(Protocol):
    """Whoever holds or applies for a permit."""

    uscc: str


async def agent(
    town: Town, holder: OfEnterprise, *, sites: list[str] | None = None, scope: str = FILING, **changes: Any
) -> Caller:
    """An agent of the holder, past the gateway: straight to permits."""
    account, moment = uuid.uuid4(), int(time.time())
    claims = {
        "iss": town.stack.shared.issuer,
        "aud": AUDIENCE,
        "sub": str(account),
        "name": "代理",
        "roles": ["agent"],
        "scope": scope,
        "usccs": [holder.uscc],
        "every_enterprise": False,
        "iat": moment,
        "exp": moment + 600,
        "jti": str(new_id()),
        "acting_for": f"{uuid.uuid4()}.1",
        **({} if sites is None else {"sites": sites}),
        **changes,
    }
    token = town.stack.token_keys.sign(json.dumps(claims).encode(), typ=TOKEN_TYPE)
    return Caller(await town.direct("permits", token), account, "agent", token)
