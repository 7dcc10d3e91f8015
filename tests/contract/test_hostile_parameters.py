"""Hostile paths, queries and headers, at every read that the merged document names."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.endpoints import Endpoint, pointers, refused
from tests.support.town import Caller, Town

pytestmark = [pytest.mark.hunt, pytest.mark.usefixtures("nothing_stored")]
OVER_HTTP = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

ATTACKED = ("permits",)
# As they stand in the path, percent-encoded.
ODD_PARTS = [
    *(
        "%00",
        "a%00b",
        "%3F%00",
        "%ff",
        "%ED%A0%80",
        "%C0%AE%C0%AE",
        "%2e%2e",
        "..",
        "%2F",
        "a%2Fb",
        "%5C",
        "%25%30%30",
    ),
    *(
        "%0d%0aX-A:1",
        "%7F",
        "%F0%9F%98%80",
        "%E8%8D%89",
        "%20",
        "x" * 5000,
        "9" * 400,
        "-1",
        "null",
        "{id}",
        "*",
    ),
    *("'%20OR%201=1--", "%22", "%3Cscript%3E", "0", "1.5", "%7B01a209e1-4b29-717c-bc89-12a2382a7a52%7D"),
    *(
        "urn:uuid:01a209e1-4b29-717c-bc89-12a2382a7a52",
        "01a209e14b29717cbc8912a2382a7a52",
        "01a209e1-4b29-717c",
    ),
]
ODD_VALUES = [
    "%00",
    "%ff",
    "%ED%A0%80",
    "%",
    "%zz",
    "x" * 5000,
    "%E8%8D%89",
    "-1",
    "9" * 400,
    "1e9",
    "null",
    "%0d%0a",
]


def reads(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every GET of the services attacked here: its path and its operation."""
    services = tuple(f"/v1/{name}/" for name in ATTACKED)
    return [
        (path, operations["get"])
        for path, operations in document["paths"].items()
        if "get" in operations and path.startswith(services)
    ]


@pytest.fixture
async def clerk(town: Town) -> Caller:
    return await town.staff("clerk")


@pytest.fixture(scope="module")
async def anybody(town: Town) -> Caller:
    """Of the bureau, its auditor and of an enterprise at once: may read every list."""
    return await town.caller(
        "anybody.reads", roles=["clerk", "auditor", "enterprise"], usccs=[town.new_uscc()]
    )


@pytest.fixture
async def client(town: Town, anybody: Caller, way: str) -> httpx.AsyncClient:
    return anybody.http if way == "gateway" else await town.direct("permits", anybody.token)


def is_answer(answer: httpx.Response) -> bool:
    """A proper answer: success, or a refusal that is the caller's fault."""
    if answer.status_code == 200:
        return True
    refused(answer)
    return True


async def test_an_odd_part_of_a_path_is_the_callers_fault(
    document: dict[str, Any], client: httpx.AsyncClient, way: str
) -> None:
    templates = [path for path, _ in reads(document) if "{" in path]
    assert len(templates) >= 9
    for template in templates:
        for part in ODD_PARTS:
            answer = await client.get(re.sub(r"\{[^}]*\}", lambda _, part=part: part, template))
            assert answer.status_code != 401
            refused(answer)


async def test_an_odd_value_of_a_query_is_answered_or_the_callers_fault(
    document: dict[str, Any], client: httpx.AsyncClient, way: str
) -> None:
    for path, operation in reads(document):
        names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
        for value in ODD_VALUES if names and "{" not in path else ():
            query = "&".join(f"{name}={value}" for name in names)
            answer = await client.get(f"{path}?{query}")
            assert is_answer(answer), (path, value)
            assert value != "%00" or answer.status_code == 400


def lists(document: dict[str, Any]) -> list[str]:
    def is_list(path: str, operation: dict[str, Any]) -> bool:
        names = {each["name"] for each in operation.get("parameters", [])}
        return "{" not in path and {"limit", "cursor"} <= names

    return [path for path, operation in reads(document) if is_list(path, operation)]


@pytest.mark.parametrize(
    "limit",
    [
        "0",
        "-1",
        "501",
        "9" * 400,
        "1e9",
        "x",
        "",
        "1.5",
        "%00",
        "٣",
        "0x10",
        "NaN",
        "1_0",
        "5.0",
        "%2B5",
        "+5",
        "05",
    ],
)
async def test_a_limit_out_of_bounds_is_400_at_every_list(
    document: dict[str, Any], client: httpx.AsyncClient, way: str, limit: str
) -> None:
    for path in lists(document):
        problem = refused(await client.get(f"{path}?limit={limit}"), "invalid_parameter", "bad_request")
        if problem["code"] == "invalid_parameter":
            assert pointers(problem) == {"/query/limit"}


@pytest.mark.parametrize(
    "cursor",
    [
        *(
            "",
            "x",
            "!",
            "W10",
            "W251bGxd",
            "bnVsbA",
            "WyJcdWQ4MDAiXQ",
            "WyJcdTAwMDAiXQ",
            "WzFd",
            "W1siYSJdXQ",
        ),
        *("W1tb" * 200, "%C3%BF", "=", "eyIwIjoiYSJ9"),
    ],
)
async def test_a_cursor_that_is_none_is_400_at_every_list(
    document: dict[str, Any], client: httpx.AsyncClient, way: str, cursor: str
) -> None:
    for path in lists(document):
        refused(await client.get(f"{path}?cursor={cursor}"), "bad_cursor")


async def test_a_query_that_is_not_utf_8_is_400_at_every_list(
    document: dict[str, Any], client: httpx.AsyncClient, way: str
) -> None:
    for path in lists(document):
        refused(await client.get(f"{path}?cursor=%FF"), "bad_request")


@OVER_HTTP
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
async def test_any_text_may_be_looked_for(town: Town, clerk: Caller, text: str) -> None:
    answer = await clerk.get("/v1/permits/enterprises", name=text, limit=1)
    assert is_answer(answer)
    assert answer.status_code == (200 if len(text) <= 100 else 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_a_method_that_the_path_does_not_know_is_405_and_says_which_it_knows(
    targets: dict[str, Endpoint], way: str, method: str
) -> None:
    for endpoint in [each for each in targets.values() if each.method != method]:
        answer = await endpoint.clients[way].request(method, endpoint.path)
        refused(answer, "method_not_allowed")
        assert endpoint.method in answer.headers["allow"].split(", ")


async def test_head_is_answered_wherever_get_is(town: Town, client: httpx.AsyncClient, way: str) -> None:
    for path in (
        "/v1/permits/enterprises",
        "/v1/permits/receipt-keys",
        f"/v1/permits/reports/{uuid.uuid4()}",
        "/v1/permits/disclosure/downloads/limits",
    ):
        got, asked = await client.get(path), await client.head(path)
        assert (asked.status_code, asked.content) == (got.status_code, b"")
        assert asked.headers["content-type"] == got.headers["content-type"]


class TestIdempotencyKey:
    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ([], "idempotency_key_required"),
            ([b""], "idempotency_key_malformed"),
            ([b"k" * 256], "idempotency_key_malformed"),
            ([b"k" * 20_000], "idempotency_key_malformed"),
            (["键".encode()], "idempotency_key_malformed"),
            ([b"a b"], "idempotency_key_malformed"),
            ([b"a\tb"], "idempotency_key_malformed"),
            ([b"k1", b"k2"], "idempotency_key_malformed"),
            ([b"k1", b"k1"], "idempotency_key_malformed"),
        ],
    )
    async def test_one_that_is_missing_malformed_or_doubled_is_400(
        self, targets: dict[str, Endpoint], way: str, headers: list[bytes], code: str
    ) -> None:
        for endpoint in [each for each in targets.values() if each.method == "POST"]:
            fields = [(b"idempotency-key", value) for value in headers]
            answer = await endpoint.clients[way].post(endpoint.path, json=endpoint.body, headers=fields)
            assert answer.status_code == 400
            refused(answer, code)

    async def test_bytes_that_are_no_text_are_400(self, targets: dict[str, Endpoint], way: str) -> None:
        endpoint = targets["submit"]
        fields = [(b"idempotency-key", b"\xff\xfe")]
        answer = await endpoint.clients[way].post(endpoint.path, json=endpoint.body, headers=fields)
        refused(answer, "idempotency_key_malformed", "bad_header")

    async def test_an_edit_with_patch_needs_none(self, targets: dict[str, Endpoint], way: str) -> None:
        answer = await targets["change"].send(way, {}, **{"Idempotency-Key": ""})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "value", [b"", b"*, *", b"garbage", b'"', b"W/", b"\xe8\x8d\x89", b"," * 1000, b'"1' * 500]
)
async def test_odd_preconditions_are_answered(
    targets: dict[str, Endpoint], client: httpx.AsyncClient, way: str, value: bytes
) -> None:
    endpoint = targets["change"]
    unchanged = await client.get(endpoint.path, headers=[(b"if-none-match", value)])
    assert unchanged.status_code in (200, 304)
    edit = await client.patch(endpoint.path, json={}, headers=[(b"if-match", value)])
    assert edit.status_code == (200 if b"*" in value else 412)
