"""Every refusal is one problem document, in the caller's language, with everything that is wrong."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from services.kit import errors, pydantic_texts
from services.kit.errors import MAX_ERRORS, from_validation
from services.kit.findings import pointer
from services.kit.problems import MEDIA_TYPE, Conflict, Invalid, Problem, Unauthorized
from services.kit.texts import language_of


def application() -> FastAPI:
    app = FastAPI(openapi_url=None)
    errors.install(app)
    part = APIRouter()

    @part.get("/things/{number}")
    async def read(number: int) -> int:
        return number

    @part.patch("/things/{number}")
    async def change(number: int) -> int:
        raise Conflict(number=number)

    @app.put("/things/{number}")
    async def replace(number: int) -> int:
        raise ZeroDivisionError

    @app.get("/odd")
    async def odd() -> None:
        raise HTTPException(418)

    app.include_router(part)
    return app


@pytest.fixture
async def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/things/x", 400, "invalid_parameter"),
        ("PATCH", "/things/1", 409, "conflict"),
        ("PUT", "/things/1", 500, "internal_error"),
        ("DELETE", "/things/1", 405, "method_not_allowed"),
        ("GET", "/odd", 400, "bad_request"),
    ],
)
async def test_every_refusal_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-language"] == "en"
    assert answer.json()["code"] == code
    assert answer.json()["status"] == status
    assert answer.json()["type"] == f"urn:steppe:problem:{code}"


async def test_405_names_every_method_of_the_path_whichever_router_has_it(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/things/1")
    assert answer.headers["allow"] == "HEAD, GET, PUT, PATCH"


async def test_a_defect_tells_the_caller_nothing_about_itself(client: httpx.AsyncClient) -> None:
    answer = await client.put("/things/1")
    assert "Zero" not in answer.text
    assert "detail" not in answer.json()


async def test_the_language_is_the_callers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing", headers={"accept-language": "zh-CN,en;q=0.5"})
    assert answer.headers["content-language"] == "zh-CN"
    assert answer.json()["title"] == "未找到"


class TestLanguageOf:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            *((None, "zh-CN"), ("", "zh-CN"), ("de", "zh-CN"), ("*", "zh-CN"), ("zh", "zh-CN")),
            *(("en", "en"), ("en-GB,zh;q=0.9", "en"), ("EN", "en"), ("zh;q=0.4, en;q=0.6", "en")),
            *(
                ("en;q=0.6,zh;q=0.6", "en"),
                ("en;q=0", "zh-CN"),
                ("en;q=nan", "zh-CN"),
                ("en;q=x,zh", "zh-CN"),
            ),
            *((";;;,,,q=q;q", "zh-CN"), ("en;q=-1", "zh-CN"), ("\xff\x00", "zh-CN")),
        ],
    )
    def test_it_is_chinese_unless_english_is_preferred(self, header: str | None, language: str) -> None:
        assert language_of(header) == language

    @given(st.text())
    def test_any_header_is_a_language(self, header: str) -> None:
        assert language_of(header) in ("zh-CN", "en")


class TestFromValidation:
    def error(self, *loc: str | int, kind: str = "missing", **ctx: Any) -> dict[str, Any]:
        return {"loc": loc, "type": kind, "ctx": ctx, "msg": "", "input": None}

    def test_errors_of_the_body_are_422_with_their_pointers(self) -> None:
        problem = from_validation([self.error("body", "values", 3, "a/b~c"), self.error("body")])
        assert isinstance(problem, Invalid)
        assert [error.pointer for error in problem.errors] == ["/values/3/a~1b~0c", ""]

    def test_errors_elsewhere_are_400_and_named_with_those_of_the_body(self) -> None:
        problem = from_validation([self.error("body", "x"), self.error("query", "limit")])
        assert problem.status == 400
        assert [error.pointer for error in problem.errors] == ["/query/limit", "/x"]

    def test_more_errors_than_anybody_reads_are_counted(self) -> None:
        problem = from_validation([self.error("body", index) for index in range(MAX_ERRORS + 5)])
        rendered = problem.render("en")
        assert (len(rendered["errors"]), rendered["errors_omitted"]) == (MAX_ERRORS, 5)

    def test_each_text_of_pydantic_can_be_said_in_both_languages(self) -> None:
        class Anything(dict[str, str]):
            def __missing__(self, key: str) -> str:
                return f"<{key}>"

        for kind, text in pydantic_texts.PYDANTIC_TEXTS.items():
            assert text.zh.format_map(Anything()), kind
            assert text.en.format_map(Anything()), kind

    def test_a_kind_that_we_have_no_text_for_is_named(self) -> None:
        (error,) = from_validation([self.error("body", "x", kind="strange")]).errors
        assert "strange" in error.text.en


@given(st.lists(st.text() | st.integers(0, 99)))
def test_a_pointer_leads_back_to_its_place(path: list[str | int]) -> None:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer(*path).split("/")[1:]]
    assert parts == [str(part) for part in path]


def test_a_problem_leaves_out_what_it_does_not_have() -> None:
    rendered = json.loads(Problem(extra=None).body("zh-CN"))
    assert set(rendered) == {"type", "title", "status", "code"}


def test_401_says_how_to_sign_in() -> None:
    assert Unauthorized().headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("bound", "said"),
    [("Decimal('0')", "0"), ("datetime.date(2100, 12, 31)", "2100-12-31"), ("x", "x"), (3, "3")],
)
def test_a_bound_is_said_as_the_wire_has_it(bound: object, said: str) -> None:
    text = pydantic_texts.text_of({"type": "less_than_equal", "ctx": {"le": bound}})
    assert (text.zh, text.en) == (f"应不大于{said}", f"must be at most {said}")


def test_a_choice_is_put_into_chinese_too() -> None:
    text = pydantic_texts.text_of({"type": "literal_error", "ctx": {"expected": "'a', 'b' or 'c'"}})
    assert (text.zh, text.en) == ("应为以下之一：'a'、'b'、'c'", "must be one of 'a', 'b' or 'c'")
