"""From a path to its route: literals before variables, variables before `{name:path}`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.loading import PolicyFileError, load, parse
from gateway.policy.table import PolicyTable
from services.kit.problems import MethodNotAllowed, NotFound

SEGMENT = st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=6)


def policy(*keys: str, **line: Any) -> dict[str, Any]:
    route = {"audience": ["public"], "rate": "reads", **line}
    return {"defaults": {"max_body_kib": 1, "timeout": 1}, "routes": dict.fromkeys(keys, route)}


@pytest.fixture(scope="module")
def table() -> PolicyTable:
    return parse(
        policy(
            *("GET /v1/things", "POST /v1/things", "GET /v1/things/{id}", "GET /v1/things/new"),
            *("GET /v1/numbers/{number:path}", "GET /v1/numbers/{number:path}/balance"),
            "GET /v1/numbers/list",
        )
    )


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/things", "/v1/things"),
        ("/v1/things/7", "/v1/things/{id}"),
        ("/v1/things/new", "/v1/things/new"),
        ("/v1/things/ne%77", "/v1/things/new"),
        ("/v1/numbers/list", "/v1/numbers/list"),
        ("/v1/numbers/A", "/v1/numbers/{number:path}"),
        ("/v1/numbers/A/2025/1", "/v1/numbers/{number:path}"),
        ("/v1/numbers/A%2F2025%2F1", "/v1/numbers/{number:path}"),
        ("/v1/numbers/list/1", "/v1/numbers/{number:path}"),
        ("/v1/numbers/balance", "/v1/numbers/{number:path}"),
        ("/v1/numbers/A/2025/1/balance", "/v1/numbers/{number:path}/balance"),
    ],
)
def test_a_path_has_one_route(table: PolicyTable, path: str, template: str) -> None:
    assert table.match("GET", path.encode()).template == template
    assert table.match("HEAD", path.encode()).template == template


@pytest.mark.parametrize(
    "path", ["/", "", "/v1/things/", "/v1/things/7/x", "/v1/numbers", "/v1/numbers/", "/v1/numbers/A//B"]
)
def test_what_is_not_in_the_policy_does_not_exist(table: PolicyTable, path: str) -> None:
    with pytest.raises(NotFound):
        table.match("GET", path.encode())


def test_another_method_says_which_there_are(table: PolicyTable) -> None:
    with pytest.raises(MethodNotAllowed) as refusal:
        table.match("DELETE", b"/v1/things")
    assert refusal.value.headers == {"Allow": "HEAD, GET, POST"}


@given(segments=st.lists(SEGMENT, min_size=1, max_size=5))
def test_a_number_of_any_segments_finds_its_own_route(table: PolicyTable, segments: list[str]) -> None:
    number = "/".join(quote(each) for each in segments)
    expected = "list" if segments == ["list"] else "{number:path}"
    if len(segments) > 1 and segments[-1] == "balance":
        expected += "/balance"
    assert table.match("GET", f"/v1/numbers/{number}".encode()).template == f"/v1/numbers/{expected}"
    assert table.match("GET", f"/v1/numbers/{number}/balance".encode()).template.endswith("}/balance")


@pytest.mark.parametrize("key", ["GET /v1/{n:int}", "GET v1/x", "TRACE /v1/x", "GET /v1/{N}", "GET /v1/x{n}"])
def test_a_line_that_is_no_route_is_named(key: str) -> None:
    with pytest.raises(PolicyFileError, match="not «METHOD"):
        parse(policy(key))


def test_two_lines_for_one_route_are_named() -> None:
    with pytest.raises(PolicyFileError, match=r"the same route as GET /v1/\{a\}"):
        parse(policy("GET /v1/{a}", "GET /v1/{b}"))


def test_a_scope_that_nobody_can_hold_is_named() -> None:
    with pytest.raises(PolicyFileError, match="GET /v1/a: no such scope: permits:raed"):
        parse(policy("GET /v1/a", audience=["bureau"], scopes=["permits:raed"]))


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 0, -1, 3601])
def test_a_time_out_has_an_end(seconds: float) -> None:
    with pytest.raises(PolicyFileError, match="timeout"):
        parse(policy("GET /v1/a", timeout=seconds))


def test_a_sunset_can_be_said_in_utc() -> None:
    west = timezone(timedelta(hours=-14))
    retirement = {
        "since": datetime(2026, 1, 1, tzinfo=UTC),
        "sunset": datetime(9999, 12, 31, 23, tzinfo=west),
    }
    with pytest.raises(PolicyFileError, match="outside the years 1 to 9999"):
        parse(policy("GET /v1/a", retirement=retirement))


def test_the_policy_that_ships_holds() -> None:
    shipped = load()
    assert len(shipped) > 100
    for route in shipped:
        concrete = route.template.replace(":path}", "}").replace("{", "").replace("}", "")
        assert shipped.match(route.method, concrete.encode()) is route
