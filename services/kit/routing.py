"""One request, one transaction: the route opens it, the endpoint works in it, the answer leaves after the commit.

A `yield` dependency of FastAPI ends after the answer was sent, so it would answer before it commits; the route class
holds the transaction instead. GET answers carry an ETag and honour `If-None-Match`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import reading
from services.kit.all_at_once import asking_rules
from services.kit.attempts import AuditedRefusal, record_refusal
from services.kit.auth import Principal
from services.kit.database import DatabaseUnreachableError, is_away, is_busy
from services.kit.events import wake_after_commit
from services.kit.idempotency import once
from services.kit.parameters import Parameters
from services.kit.problems import (
    Conflict,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    Unavailable,
)
from services.kit.requests import StrictRequest, read_whole, refuse_unstorable
from services.kit.telemetry import log
from services.kit.texts import Text

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Busy(Conflict):
    code = "busy"
    title = Text(zh="该记录正被处理，请稍后重试", en="The record is being worked on; try again shortly")


class Authenticated(APIRoute):
    """Reads the request strictly and knows its caller; holds no transaction (the feed waits without one)."""

    reads_token = True

    def get_route_handler(self) -> Handler:
        body = self.body_field.field_info if self.body_field is not None else None
        takes_form = isinstance(body, Form)
        handler = super().get_route_handler()
        if body is not None and not takes_form:
            handler = asking_rules(handler, endpoint=self.endpoint, body=body.annotation)

        parameters = Parameters(self.dependant)

        async def authenticated(plain: Request) -> Response:
            request = StrictRequest(plain.scope, plain.receive)
            refuse_unstorable(request)
            async with read_whole():
                await self.prepare(request, takes_form=takes_form)
            given = request.headers.getlist("authorization") if self.reads_token else []
            # Two of them would be one to us and perhaps the other to whoever reads the logs: refused as no token.
            authorization = ", ".join(given) if given else None
            request.state.principal = await request.app.state.kit.verifier.principal(authorization)
            parameters.check(request)
            try:
                return await self.call(handler, request)
            except (sa.exc.DBAPIError, ConnectionError, sa.exc.TimeoutError) as error:
                problem = _database_problem(error)
                if isinstance(problem, Unavailable):
                    # The caller is not told why; whoever runs the service must be.
                    cause = error.__cause__ if isinstance(error, DatabaseUnreachableError) else error
                    log.warning("database_unavailable", route=self.path, error=cause)
                raise problem from error

        return authenticated

    async def prepare(self, request: StrictRequest, *, takes_form: bool) -> None:
        """Reads the body, before it is asked who calls."""
        await (request.prepare_form() if takes_form else request.prepare())

    async def call(self, handler: Handler, request: Request) -> Response:
        return await handler(request)


class Transactional(Authenticated):
    """The route class of every endpoint that works in the database."""

    withheld: ClassVar[frozenset[str]] = frozenset()
    """Members of a POST's answer that are given once and never stored: new secrets."""
    stranger: ClassVar[str | None] = None
    """Whose idempotency keys callers use who are not signed in; None: nothing of theirs is stored."""

    async def call(self, handler: Handler, request: Request) -> Response:
        kit = request.app.state.kit
        try:
            async with kit.database.transaction() as session:
                request.state.session = session
                wake_after_commit(session, kit.wake)
                caller = _caller(request.state.principal) or self.stranger
                response = await _handle(handler, request, session, caller, withheld=self.withheld)
                reading.log_answer(session, request, response)
        except AuditedRefusal as refusal:
            await record_refusal(kit.database, kit.name, request.state.principal, refusal)
            raise
        return _conditional(request, response) if request.method == "GET" else response


class OpenToAll(Transactional):
    """An endpoint that also strangers write to. They share their keys: an answer to one must hold nothing private."""

    stranger = "public"


class WithoutToken(Transactional):
    """An endpoint that takes other credentials than an access token, or none."""

    reads_token = False


async def _handle(
    handler: Handler,
    request: Request,
    session: AsyncSession,
    caller: str | None,
    *,
    withheld: frozenset[str],
) -> Response:
    # A caller who is not signed in stores nothing: the endpoint's own authorisation answers.
    if request.method == "POST" and caller is not None:
        return await once(session, request, caller, handler, withheld=withheld)
    return await handler(request)


def _caller(principal: Principal | None) -> str | None:
    return principal.caller if principal is not None else None


def _database_problem(error: sa.exc.DBAPIError | ConnectionError | sa.exc.TimeoutError) -> Exception:
    if isinstance(error, sa.exc.DBAPIError):
        if is_busy(error):
            return Busy(headers={"Retry-After": "1"})
        if not is_away(error):
            return error
    return Unavailable(headers={"Retry-After": "2"})


def _conditional(request: Request, response: Response) -> Response:
    if response.status_code != 200 or not isinstance(response.body, bytes):
        return response
    etag = response.headers.get("etag")
    if etag is None:
        etag = f'W/"{hashlib.sha256(response.body).hexdigest()[:24]}"'
        response.headers["etag"] = etag
    kept_by = "private" if request.state.principal is not None else "public"
    response.headers.setdefault("cache-control", f"{kept_by}, no-cache")
    response.headers.setdefault("vary", "Authorization, Accept-Language")
    if is_known(request, etag):
        kept = {name: response.headers[name] for name in ("etag", "cache-control", "vary")}
        return Response(status_code=304, headers=kept)
    return response


def is_known(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names what would be answered. Weak comparison (RFC 9110 13.1.2): W/ makes no
    difference."""
    wanted = {tag.removeprefix("W/") for tag in _tags(request.headers.get("if-none-match", ""))}
    return "*" in wanted or etag.removeprefix("W/") in wanted


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]


def router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose endpoints each run in one transaction."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Transactional)


async def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


Session = Annotated[AsyncSession, Depends(_session)]
"""The request's database session, as a parameter type. Nobody commits it: the route does."""


def require_match(if_match: str | None, *, etag: str) -> None:
    """`If-Match` on an edit must name what the editor saw (RFC 9110 13.1.1); `etag` is the present one."""
    if if_match is None:
        raise PreconditionRequired()
    if {"*", etag}.isdisjoint(_tags(if_match)):
        raise PreconditionFailed(current_etag=etag)


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
