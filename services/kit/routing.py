"""One request, one transaction: the route opens it, the endpoint works in it, the answer leaves after the commit.

A `yield` dependency of FastAPI ends after the answer was sent, so it would answer before it commits; the route class
holds the transaction instead. GET answers carry an ETag and honour `If-None-Match`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import ClientDisconnect

from services.kit.auth import Principal
from services.kit.events import wake_after_commit
from services.kit.idempotency import once
from services.kit.problems import (
    BadRequest,
    Conflict,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    Unavailable,
)
from services.kit.requests import JsonRequest, refuse_unstorable
from services.kit.texts import Text

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

# PostgreSQL's word for "somebody else is at it": lock time-out, serialisation failure, deadlock.
_BUSY = {"55P03", "40001", "40P01"}


class Busy(Conflict):
    code = "busy"
    title = Text(zh="该记录正被处理，请稍后重试", en="The record is being worked on; try again shortly")


class Authenticated(APIRoute):
    """Reads the request strictly and knows its caller; holds no transaction (the feed waits without one)."""

    reads_token = True

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)

        async def authenticated(plain: Request) -> Response:
            request = JsonRequest(plain.scope, plain.receive)
            refuse_unstorable(request)
            if not takes_form:
                await _prepare(request)
            authorization = request.headers.get("authorization") if self.reads_token else None
            request.state.principal = await request.app.state.kit.verifier.principal(authorization)
            return await self.call(handler, request)

        return authenticated

    async def call(self, handler: Handler, request: Request) -> Response:
        return await handler(request)


class Transactional(Authenticated):
    """The route class of every endpoint that works in the database."""

    async def call(self, handler: Handler, request: Request) -> Response:
        kit = request.app.state.kit
        try:
            async with kit.database.transaction() as session:
                request.state.session = session
                wake_after_commit(session, kit.wake)
                response = await _handle(handler, request, session, request.state.principal)
        except sa.exc.DBAPIError as error:
            raise _database_problem(error) from error
        except (OSError, sa.exc.TimeoutError) as error:
            raise Unavailable(headers={"Retry-After": "2"}) from error
        return _conditional(request, response) if request.method == "GET" else response


class WithoutToken(Transactional):
    """An endpoint that takes other credentials than an access token, or none."""

    reads_token = False


async def _prepare(request: JsonRequest) -> None:
    try:
        await request.prepare()
    except ClientDisconnect as error:
        raise BadRequest(Text(zh="请求未传完", en="The request ended early")) from error


async def _handle(
    handler: Handler, request: Request, session: AsyncSession, principal: Principal | None
) -> Response:
    # A caller who is not signed in stores nothing: the endpoint's own authorisation answers.
    if request.method == "POST" and principal is not None:
        return await once(session, request, principal.subject, handler)
    return await handler(request)


def _database_problem(error: sa.exc.DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    if state in _BUSY:
        return Busy(headers={"Retry-After": "1"})
    if state is None or str(state).startswith(("08", "53", "57")) or error.connection_invalidated:
        return Unavailable(headers={"Retry-After": "2"})
    return error


def _conditional(request: Request, response: Response) -> Response:
    if response.status_code != 200 or not isinstance(response.body, bytes):
        return response
    etag = response.headers.get("etag")
    if etag is None:
        etag = f'W/"{hashlib.sha256(response.body).hexdigest()[:24]}"'
        response.headers["etag"] = etag
    response.headers.setdefault("cache-control", "private, no-cache")
    response.headers.setdefault("vary", "Authorization, Accept-Language")
    wanted = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if "*" in wanted or etag in wanted:
        kept = {name: response.headers[name] for name in ("etag", "cache-control", "vary")}
        return Response(status_code=304, headers=kept)
    return response


def router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose endpoints each run in one transaction."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Transactional)


def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


Session = Annotated[AsyncSession, Depends(_session)]
"""The request's database session, as a parameter type. Nobody commits it: the route does."""


def etag_of(version: int) -> str:
    return f'"{version}"'


def require_match(if_match: str | None, *, version: int) -> None:
    """`If-Match` on an edit must name the version that the editor saw (RFC 9110 13.1.1)."""
    if if_match is None:
        raise PreconditionRequired()
    if if_match.strip() not in ("*", etag_of(version)):
        raise PreconditionFailed(current_etag=etag_of(version))


IfMatch = Annotated[str | None, Header(description="ETag of the version that is being edited")]


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint: the problems it may answer with, by status."""
    by_status: dict[int | str, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    return {
        status: {
            "description": "; ".join(f"`{problem.code}` {problem.title.en}" for problem in group),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, group in by_status.items()
    }
