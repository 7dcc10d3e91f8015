"""Hostile forms at the token endpoint: refused as RFC 6749 5.2 says, and nobody is signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest

from tests.contract.endpoints import pointers, refused
from tests.support.town import Holder, Town

TOKEN = "/v1/auth/token"
FORM = "application/x-www-form-urlencoded"
CODES = ("invalid_request", "unsupported_grant_type", "invalid_grant", "invalid_client", "invalid_scope")


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(autouse=True)
async def nobody_signs_in(town: Town) -> AsyncIterator[None]:
    """Fails a test that leaves a refresh token behind, or an audit row of anything but a refusal."""
    before = await _rows(town)
    yield
    assert await _rows(town) == before


async def _rows(town: Town) -> list[int]:
    database = town._gateway_database
    counts = []
    async with database.engine.connect() as connection:
        refusals = "WHERE action <> 'gateway.sign_in_refused.v1'"
        for table in ("refresh_token", f"audit_log {refusals}", "account", "client", "account_session"):
            counts.append((await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608
    return counts


async def sent(town: Town, body: bytes, *, content_type: str = FORM, **headers: str) -> httpx.Response:
    return await town.public.post(TOKEN, content=body, headers={"content-type": content_type, **headers})


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"&", b"=", b"grant_type", b"grant_type=", b"grant_type=x", b"grant_type=password"),
        *(b"grant_type=PASSWORD&username=a&password=b", b"grant_type=authorization_code&code=x"),
        *(b"grant_type=password&grant_type=password&username=a&password=b", b'{"grant_type":"password"}'),
        *(
            b"grant_type=password&username=a&password=b&password=c",
            b"grant_type=password&username=a&password=",
        ),
        *(b"grant_type=password&username=a%00&password=b", b"grant_type=password&username=a&password=%00"),
        *(
            b"grant_type=password&username=%ED%A0%80&password=b",
            b"grant_type=password&username=\xff&password=b",
        ),
        *(
            b"grant_type=password&username=a&password=b&%00=1",
            b"grant_type=password&username=a&password=b&x=1",
        ),
        *(b"grant_type=password&username=" + b"a" * 65 + b"&password=b", b"username=a&password=b"),
        *(b"grant_type=password&username=a&password=" + b"b" * 1025, b"grant_type=refresh_token"),
        *(b"grant_type=refresh_token&refresh_token=" + b"r" * 1025, b"grant_type=client_credentials"),
        *(
            b"grant_type=client_credentials&client_id=a b&client_secret=x",
            b"grant_type=client_credentials&client_id=a",
        ),
        *(
            b"grant_type=password&username=a&password=b&scope=%E8%8D%89",
            b"%zz=%",
            b"a;b;c",
            b"\x00",
            b"&" * 5000,
        ),
        b"grant_type=password&username=a&password=b&scope=" + b"s" * 1001,
    ],
)
async def test_a_form_that_is_none_is_400_with_the_error_of_oauth(town: Town, body: bytes) -> None:
    answer = await sent(town, body)
    assert answer.status_code == 400
    problem = refused(answer, "invalid_request", "unsupported_grant_type")
    assert problem["error"] == problem["code"]


async def test_more_fields_than_any_form_has_are_400(town: Town) -> None:
    refused(await sent(town, b"&".join(b"a%d=1" % index for index in range(50_000))))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        FORM + "x",
    ],
)
async def test_a_form_of_another_type_is_415(town: Town, content_type: str) -> None:
    body = b"grant_type=password&username=a&password=b"
    refused(await sent(town, body, content_type=content_type), "unsupported_media_type")


async def test_ten_megabytes_are_413_by_length_and_in_chunks(town: Town) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"a" * 65_536

    for body in (b"grant_type=" + b"a" * 10_000_000, chunks()):
        answer = await town.public.post(TOKEN, content=body, headers={"content-type": FORM})
        assert answer.status_code == 413
        refused(answer, "content_too_large")


@pytest.mark.parametrize(
    "authorization",
    [
        *(
            b"Basic",
            b"Basic ",
            b"Basic x",
            b"Basic \xe9",
            b"Basic ====",
            b"Basic YTo=",
            b"Basic Og==",
            b"Basic YQ==",
        ),
        *(b"Basic /////w==", b"basic YTpi", b"Basic YTpi YTpi", b"Basic " + b"QQ" * 3000, b"Basic YQA6Yg=="),
    ],
)
async def test_odd_basic_credentials_are_401_and_say_how_to_do_it(town: Town, authorization: bytes) -> None:
    headers = [(b"authorization", authorization.rstrip()), (b"content-type", FORM.encode())]
    answer = await town.public.post(TOKEN, content=b"grant_type=client_credentials", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert refused(answer, "invalid_client")["error"] == "invalid_client"


@pytest.mark.parametrize("name", ["' OR 1=1 --", "a\\", "../x", "草", "a" * 64, "admin\n", "%", "_"])
async def test_an_odd_name_signs_nobody_in(town: Town, holder: Holder, name: str) -> None:
    body = f"grant_type=password&username={quote(name)}&password=x".encode()
    refused(await sent(town, body), "invalid_request", "invalid_grant")


async def test_each_bad_field_is_named(town: Town) -> None:
    problem = refused(await sent(town, b"grant_type=magic&username=a b&password=&scope=%07&colour=x"))
    assert pointers(problem) >= {"/grant_type", "/username", "/scope", "/colour"}
    assert problem["code"] in CODES
