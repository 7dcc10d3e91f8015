"""All that is wrong with a document, in one answer: its shape (pydantic) and its rules.

FastAPI refuses a document of the wrong shape before the endpoint runs, and so before any rule is asked.
`also_checked_by` names the rules to ask in that case, too:

    @router.post("")
    @also_checked_by(checks.of_submission)
    async def submit_report(content: ReportCreate, …) -> object: …
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from services.kit.errors import from_validation
from services.kit.findings import Findings
from services.kit.problems import Invalid, Problem
from services.kit.salvage import Unreadable, certain, salvage

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Check = Callable[..., Awaitable[Findings]]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_CHECKS: dict[Callable[..., Any], Check] = {}


def also_checked_by(check: Check) -> Callable[[Endpoint], Endpoint]:
    """Has `check(session, principal, content, **path_parameters)` asked where the shape of the body is wrong.

    It runs in the request's transaction, after the caller was authorised. `content` is what could be read of the
    body (`services.kit.salvage`), the path parameters are texts. Where it cannot judge it answers no findings.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        _CHECKS[endpoint] = check
        return endpoint

    return mark


def asking_rules(handler: Handler, *, endpoint: Callable[..., Any], body: Any) -> Handler:
    """`handler`, refusing with the findings of the endpoint's check beside those of pydantic."""
    check = _CHECKS.get(endpoint)
    if check is None or not (isinstance(body, type) and issubclass(body, BaseModel)):
        return handler

    async def asking(request: Request) -> Response:
        try:
            return await handler(request)
        except RequestValidationError as error:
            raise await _all_of(error, request, check, body) from error

    return asking


async def _all_of(
    error: RequestValidationError, request: Request, check: Check, body: type[BaseModel]
) -> Problem:
    problem = from_validation(list(error.errors()))
    unreadable = Unreadable(field.pointer for field in problem.errors)
    known_in_full = isinstance(problem, Invalid) and problem.extra.get("errors_omitted") is None
    if not known_in_full or unreadable.covers(""):  # or a parameter is wrong, or no object came
        return problem
    content = salvage(body, await request.json(), unreadable)
    found = await check(request.state.session, request.state.principal, content, **request.path_params)
    return Invalid(errors=[*problem.errors, *certain(found, unreadable)])
