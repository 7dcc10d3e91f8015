"""`Idempotency-Key`: a retry after a lost answer never does it twice.

The key's row is claimed first and commits with the effect. A second request with the same key waits for the first:
then it gets the stored answer, or, where the first was refused, does the work itself. Only answers of work that
was done are stored: a refusal leaves nothing behind and may be corrected under the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Collection
from typing import Any, cast

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, told
from services.kit.driven import Driven
from services.kit.problems import BadRequest, Problem
from services.kit.tables import IdempotencyRow
from services.kit.texts import Text

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_STORED_HEADERS = ("content-type", "location", "etag", "content-language")
_TABLE = cast(sa.Table, IdempotencyRow.__table__)  # type: ignore[attr-defined]

# Put together once: that takes as long as to execute it.
_CLAIM = Driven(
    insert(_TABLE)
    .values({name: sa.bindparam(name) for name in ("caller", "key", "fingerprint", "created_at")})
    .on_conflict_do_nothing()
    .returning(_TABLE.c.key)
)
Handler = Callable[[Request], Awaitable[Response]]


class KeyRequired(BadRequest):
    code = "idempotency_key_required"
    title = Text(zh="缺少 Idempotency-Key 请求头", en="Idempotency-Key is required")


class KeyMalformed(BadRequest):
    code = "idempotency_key_malformed"
    title = Text(
        zh="Idempotency-Key 应为1至255个可见 ASCII 字符",
        en="Idempotency-Key is 1 to 255 visible ASCII characters",
    )


class KeyReused(Problem):
    status = 422
    code = "idempotency_key_reused"
    title = Text(
        zh="该 Idempotency-Key 已用于另一请求", en="This Idempotency-Key was used for another request"
    )


def key_of(request: Request) -> str:
    values = request.headers.getlist("idempotency-key")
    if not values:
        raise KeyRequired()
    if len(values) > 1 or not _KEY.fullmatch(values[0]):
        raise KeyMalformed()
    return values[0]


async def fingerprint_of(request: Request) -> str:
    """SHA-256 over method, path, query and body: what makes two requests the same. A body that is in no memory counts
    by its own digest (`services.kit.large_files`)."""
    body: bytes | None = getattr(request.state, "body_sha256", None)
    digest = hashlib.sha256()
    for part in (
        request.method.encode(),
        request.url.path.encode(),
        request.scope["query_string"],
        body if body is not None else await request.body(),
    ):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


async def once(
    session: AsyncSession,
    request: Request,
    caller: str,
    handler: Handler,
    *,
    withheld: Collection[str] = (),
) -> Response:
    """Runs `handler` unless this caller's key already has an answer; the answer commits with the effect.

    Members of the answer that are `withheld` (a new secret) are not stored: a repeated answer goes without them.
    """
    key, fingerprint = key_of(request), await fingerprint_of(request)
    claim = {"caller": caller, "key": key, "fingerprint": fingerprint, "created_at": clock.now()}
    if not await _CLAIM.fetch(session, **claim):
        return await _stored(session, caller, key, fingerprint)
    response = await handler(request)
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    body = _without(bytes(response.body), withheld)
    told.answer(session, caller=caller, key=key, status=response.status_code, headers=headers, body=body)
    return response


def _without(body: bytes, members: Collection[str]) -> bytes:
    if not members or not body:
        return body
    document = json.loads(body)
    kept = {name: value for name, value in document.items() if name not in members}
    return json.dumps(kept, ensure_ascii=False).encode()


async def _stored(session: AsyncSession, caller: str, key: str, fingerprint: str) -> Response:
    wanted = select(IdempotencyRow).where(IdempotencyRow.caller == caller, IdempotencyRow.key == key)
    row = (await session.exec(wanted)).one()
    if row.fingerprint != fingerprint:
        raise KeyReused()
    if row.status is None:  # a row is never visible before its answer: they commit together
        raise RuntimeError("an idempotency key without an answer")
    headers = {**(row.headers or {}), "idempotency-replayed": "true"}
    return Response(row.body, status_code=row.status, headers=headers)


async def forget_before(session: AsyncSession, moment: Any) -> None:
    """Drops stored answers older than `moment`; the record itself still refuses a second submission."""
    await session.exec(sa.delete(_TABLE).where(_TABLE.c.created_at < moment))
