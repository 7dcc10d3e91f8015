"""Turns every exception of a process into a problem document, in the language the caller reads."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.kit import problems
from services.kit.findings import FieldError, pointer
from services.kit.problems import MEDIA_TYPE, Invalid, Problem
from services.kit.pydantic_texts import text_of
from services.kit.texts import Text, language_of

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
    found = [_field_error(error) for error in errors]
    in_body = [field for where, field in found if where == "body"]
    outside = [field for where, field in found if where != "body"]
    if outside:
        return InvalidParameter(errors=[*outside, *in_body])
    return Invalid(errors=in_body)


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
        return answer(request, kind(headers=dict(error.headers or {})))
