"""Turns every exception of a process into a problem document, in the language the caller reads."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from services.kit import problems
from services.kit.findings import FieldError, pointer
from services.kit.problems import MEDIA_TYPE, Invalid, Problem
from services.kit.pydantic_texts import text_of
from services.kit.texts import Text, language_of

MAX_ERRORS = 10_000  # more are counted, not listed, so that a small body makes no huge answer
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        problems.BadRequest,
        problems.NotFound,
        problems.MethodNotAllowed,
        problems.NotAcceptable,
        problems.ContentTooLarge,
        problems.UnsupportedMediaType,
    )
}


class InvalidParameter(problems.BadRequest):
    code = "invalid_parameter"
    title = Text(zh="请求参数不符合要求", en="A parameter of the request breaks its rule")


def answer(request: Request, problem: Problem) -> Response:
    language = language_of(request.headers.get("accept-language"))
    instance = getattr(request.state, "request_id", None)
    return Response(
        problem.body(language, instance=instance and f"urn:uuid:{instance}"),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"content-language": language, "cache-control": "no-store", **problem.headers},
    )


def from_validation(errors: list[Any]) -> Problem:
    """One problem that names everything wrong: 422 for the body, 400 for query, path and headers."""
    found = [_field_error(error) for error in errors[:MAX_ERRORS]]
    omitted = max(0, len(errors) - MAX_ERRORS) or None
    in_body = [field for where, field in found if where == "body"]
    outside = [field for where, field in found if where != "body"]
    if outside:
        return InvalidParameter(errors=[*outside, *in_body], errors_omitted=omitted)
    return Invalid(errors=in_body, errors_omitted=omitted)


def _field_error(error: dict[str, Any]) -> tuple[str, FieldError]:
    where, *path = error["loc"] or ("body",)
    context = error.get("ctx") or {}
    code = str(context.get("code", error["type"]))
    place = pointer(*path) if where == "body" else pointer(where, *path)
    field = FieldError(
        pointer=place,
        code=code,
        text=context.get("text") or text_of(error),
        article=context.get("article"),
        suggestion=context.get("suggestion"),
    )
    return str(where), field


def install(app: FastAPI) -> None:
    """Registers the handlers on an application."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> Response:
        return answer(request, from_validation(list(error.errors())))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, problems.BadRequest)
        headers = dict(error.headers or {})
        if kind is problems.MethodNotAllowed:
            headers["Allow"] = ", ".join(_methods_at(app, request.scope))
        return answer(request, kind(headers=headers))

    @app.exception_handler(Exception)
    async def on_defect(request: Request, _: Exception) -> Response:
        return answer(request, Problem())


def _methods_at(app: FastAPI, scope: Scope) -> list[str]:
    """Every method that the path of a request knows: Starlette itself names those of one of its routes."""

    def answers(method: str) -> bool:
        asked = {**scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in app.routes)

    known = [method for method in _METHODS if answers(method)]
    return ["HEAD", *known] if "GET" in known else known
