"""What an operation does not know of its query, and what stands there twice, is refused."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter, Depends, Path, Query, Request
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
    year: Annotated[int | None, Query(ge=2000)] = None,
) -> None: ...


async def page() -> None: ...


async def version(number: Annotated[int, Path(ge=1)]) -> None: ...


def refused(endpoint: object, query: str, path: str = "/", **named: str) -> list[tuple[str, str]]:
    """Name and code of each."""
    router = APIRouter()
    router.add_api_route(path, endpoint)  # type: ignore[arg-type]
    (route,) = router.routes
    assert isinstance(route, APIRoute)
    scope = {"type": "http", "query_string": query.encode(), "headers": [], "path_params": named}
    request = Request(scope)
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


ODD = ["1_0", "5.0", "+5", " 5", "5 ", "05", "-0", "1_0.0"]
"""What pydantic reads as a whole number, and JSON does not."""


@pytest.mark.parametrize("text", ODD)
def test_a_number_has_one_reading_in_query_and_path(text: str) -> None:
    query = urlencode({"limit": text, "year": text})
    assert refused(listing, query) == [("limit", "int_parsing"), ("year", "int_parsing")]
    assert refused(version, "", "/{number}", number=text) == [("number", "int_parsing")]


@pytest.mark.parametrize("text", ["0", "-1", "5", "9" * 40])
def test_numbers_as_json_writes_them_are_left_to_their_bounds(text: str) -> None:
    assert refused(listing, f"limit={text}&year={text}") == []
    assert refused(version, "", "/{number}", number=text) == []


@pytest.mark.parametrize("text", ODD)
def test_other_parameters_are_no_numbers(text: str) -> None:
    assert refused(listing, urlencode({"uscc": text, "state": text, "from": text})) == []
