"""What an operation does not know of its query, and what stands there twice, is refused."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from services.kit.parameters import Parameters


async def _paging(limit: int = 10, cursor: str | None = None) -> tuple[int, str | None]:
    return limit, cursor


async def _filter(uscc: str | None = None) -> str | None:
    return uscc


async def listing(
    paging: Annotated[tuple[int, str | None], Depends(_paging)],
    uscc: Annotated[str | None, Depends(_filter)],
    state: Annotated[list[str] | None, Query()] = None,
    from_day: Annotated[str | None, Query(alias="from")] = None,
) -> None: ...


async def page() -> None: ...


def refused(endpoint: object, query: str) -> list[tuple[str, str]]:
    """Name and code of each."""
    router = APIRouter()
    router.add_api_route("/", endpoint)  # type: ignore[arg-type]
    (route,) = router.routes
    assert isinstance(route, APIRoute)
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    try:
        Parameters(route.dependant).check(request)
    except RequestValidationError as error:
        return [(each["loc"][1], each["type"]) for each in error.errors()]
    return []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", []),
        ("limit=5&cursor=x&uscc=1&from=2026-01-01", []),
        ("state=open&state=due", []),
        ("limit=5&limit=6", [("limit", "repeated")]),
        ("limits=5", [("limits", "unknown_parameter")]),
        ("from_day=2026-01-01", [("from_day", "unknown_parameter")]),
        ("Limit=5", [("Limit", "unknown_parameter")]),
        ("x=", [("x", "unknown_parameter")]),
        (
            "x=1&x=2&uscc=1&uscc=1",
            [("x", "unknown_parameter"), ("uscc", "repeated")],
        ),
    ],
)
def test_each_is_named(query: str, wrong: list[tuple[str, str]]) -> None:
    assert refused(listing, query) == wrong


def test_what_knows_no_parameter_takes_those_of_a_messenger() -> None:
    """A link that is shown in one gets more behind it, as does that of a QR on a permit."""
    assert refused(page, "from=singlemessage&isappinstalled=0") == []
