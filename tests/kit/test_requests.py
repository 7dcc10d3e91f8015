"""Requests are read strictly: one reading or none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from services.kit.problems import BadRequest, ContentTooLarge, UnsupportedMediaType
from services.kit.requests import (
    FORM,
    MAX_BAD_TEXTS,
    MAX_DEPTH,
    BodyLimit,
    HeadAsGet,
    InvalidForm,
    InvalidJson,
    StrictRequest,
    is_storable,
    parse_json,
    refuse_unstorable,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().filter(is_storable),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(is_storable), inner),
    max_leaves=20,
)


class TestParseJson:
    @given(JSON)
    def test_any_document_within_the_limits_is_read_as_it_is(self, document: Any) -> None:
        assert parse_json(json.dumps(document).encode()) == document

    @given(st.binary(max_size=200))
    def test_any_bytes_are_a_document_or_refused(self, body: bytes) -> None:
        try:
            parse_json(body)
        except InvalidJson:
            return
        json.loads(body)

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b" ", b"{", b"{}x", b"[1,]", b'{"a":1,}', b"{'a':1}", b'"\n"', b"nul", b"// x\n{}"),
            *(
                b"NaN",
                b"[Infinity]",
                b'{"a":-Infinity}',
                b"01",
                b"+1",
                b".5",
                b"0x1",
                b"1" * 400,
                b"-" + b"1" * 400,
            ),
            *(b'{"a":1,"a":1}', b'{"x":{"a":1,"b":2,"a":3}}', b'{"a":1,"\\u0061":2}'),
            *(b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"{}\x00"),
            *(b'"\\u0000"', b'{"\\u0000":1}', b'["\\ud800"]', b'{"a":"\\udfff\\ud800"}'),
            *(b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b"[" * 40 + b"]" * 40),
        ],
    )
    def test_what_two_readers_could_read_differently_is_refused(self, body: bytes) -> None:
        with pytest.raises(InvalidJson):
            parse_json(body)

    @pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1])
    def test_an_integer_is_one_that_every_reader_holds_exactly(self, number: int) -> None:
        assert parse_json(str(number).encode()) == number
        with pytest.raises(InvalidJson):
            parse_json(str(number + (1 if number > 0 else -1)).encode())

    def test_a_pair_of_surrogates_is_one_character(self) -> None:
        assert parse_json(b'"\\ud83d\\ude00"') == "😀"

    def test_nesting_is_limited_to_the_level(self) -> None:
        parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
        with pytest.raises(InvalidJson):
            parse_json(b"[" * (MAX_DEPTH + 1) + b"1" + b"]" * (MAX_DEPTH + 1))

    def test_every_text_that_cannot_be_stored_is_named(self) -> None:
        with pytest.raises(InvalidJson) as refused:
            parse_json(b'{"a":"\\u0000","b":[1,"\\ud800"],"c/d":{"e":"\\u0000"}}')
        assert [error.pointer for error in refused.value.errors] == ["/a", "/b/1", "/c~1d/e"]

    def test_but_not_more_of_them_than_anybody_reads(self) -> None:
        with pytest.raises(InvalidJson) as refused:
            parse_json(json.dumps(["\x00"] * 50_000).encode())
        assert len(refused.value.errors) == MAX_BAD_TEXTS


def request_of(
    body: bytes = b"", *, content_type: str = "", path: str = "/", query: bytes = b"", encoding: str = ""
) -> StrictRequest:
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query,
        "headers": [(b"content-type", content_type.encode()), (b"content-encoding", encoding.encode())],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return StrictRequest(scope, receive)


class TestForm:
    async def form(self, body: bytes) -> dict[str, Any]:
        request = request_of(body, content_type="application/x-www-form-urlencoded; charset=utf-8")
        await request.prepare_form()
        return dict(await request.form())

    async def test_a_form_is_read(self) -> None:
        assert await self.form(b"a=1&b=%E8%8D%89+x") == {"a": "1", "b": "草 x"}

    @pytest.mark.parametrize("body", [b"a=1&b=2&a=1", b"a=%00", b"a%00=1"])
    async def test_a_repeated_or_unstorable_parameter_is_refused(self, body: bytes) -> None:
        with pytest.raises(InvalidForm) as refused:
            await self.form(body)
        assert len(refused.value.errors) == 1


@pytest.mark.parametrize(
    ("path", "query"), [("/a\x00", b""), ("/a?\x00", b""), ("/a", b"b=%00"), ("/\ud800", b"")]
)
def test_nul_and_lone_surrogates_in_a_path_or_query_are_refused(path: str, query: bytes) -> None:
    with pytest.raises(BadRequest):
        refuse_unstorable(request_of(path=path, query=query))


@pytest.mark.parametrize("query", [b"name=%B2%DD%D4%AD", b"name=%ff", b"%c0%80=1", b"a=%ED%A0%80"])
def test_a_query_in_another_encoding_is_refused_and_not_searched_for(query: bytes) -> None:
    """GBK for one: read as UTF-8 it names nobody, and the list would be empty."""
    with pytest.raises(BadRequest):
        refuse_unstorable(request_of(query=query))


@pytest.mark.parametrize("query", [b"name=%E8%8D%89", b"a=100%", b"a=%zz&b=+", b"a=%F0%9F%98%80"])
def test_an_ordinary_path_and_query_are_not(query: bytes) -> None:
    refuse_unstorable(request_of(path="/v1/permits/enterprises/二连", query=query))


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "x"])
async def test_a_packed_body_is_refused_as_what_it_is(encoding: str) -> None:
    for prepared in (
        request_of(b"{}", content_type="application/json", encoding=encoding).prepare(),
        request_of(b"a=1", content_type=FORM, encoding=encoding).prepare_form(),
    ):
        with pytest.raises(UnsupportedMediaType) as refused:
            await prepared
        assert refused.value.headers["Accept-Encoding"] == "identity"


async def test_identity_is_no_packing() -> None:
    await request_of(b"{}", content_type="application/json", encoding="Identity").prepare()


class Sent:
    """One exchange with an ASGI application, whose body comes in pieces."""

    def __init__(
        self, *pieces: bytes, headers: tuple[tuple[bytes, bytes], ...] = (), method: str = "POST"
    ) -> None:
        self.scope: Scope = {"type": "http", "method": method, "path": "/", "headers": list(headers)}
        self.unread = list(pieces)
        self.answer: list[Message] = []

    async def receive(self) -> Message:
        piece = self.unread.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.unread)}

    async def send(self, message: Message) -> None:
        self.answer.append(message)


async def reading(_: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})


class TestBodyLimit:
    async def test_a_body_of_just_the_limit_passes(self) -> None:
        sent = Sent(b"12345", b"67890", headers=((b"content-length", b"10"),))
        await BodyLimit(reading, max_bytes=10)(sent.scope, sent.receive, sent.send)
        assert sent.answer[0]["status"] == 204

    async def test_a_longer_declared_one_is_413_after_it_was_read_so_that_the_answer_arrives(self) -> None:
        sent = Sent(b"12345", b"67890", b"1", headers=((b"content-length", b"11"),))
        await BodyLimit(reading, max_bytes=10)(sent.scope, sent.receive, sent.send)
        assert sent.answer[0]["status"] == 413
        assert sent.unread == []

    async def test_a_client_that_waits_for_100_continue_is_not_told_to_go_on(self) -> None:
        headers = ((b"content-length", b"11"), (b"expect", b"100-continue"))
        sent = Sent(b"12345678901", headers=headers)
        await BodyLimit(reading, max_bytes=10)(sent.scope, sent.receive, sent.send)
        assert sent.answer[0]["status"] == 413
        assert sent.unread

    async def test_a_longer_one_in_chunks_is_refused_as_it_comes_in(self) -> None:
        sent = Sent(b"12345", b"67890", b"1", b"2", b"3")
        with pytest.raises(ContentTooLarge):
            await BodyLimit(reading, max_bytes=10)(sent.scope, sent.receive, sent.send)
        assert sent.unread == []


@pytest.mark.parametrize(("asked", "seen"), [("HEAD", "GET"), ("GET", "GET"), ("POST", "POST")])
async def test_head_is_answered_as_get(asked: str, seen: str) -> None:
    methods: list[str] = []

    async def noting(scope: Scope, _: Receive, __: Send) -> None:
        methods.append(scope["method"])

    sent = Sent(method=asked)
    await HeadAsGet(noting)(sent.scope, sent.receive, sent.send)
    assert methods == [seen]
    assert sent.scope["method"] == asked  # the server decides by it whether to send the content


async def test_an_answer_to_head_that_comes_in_pieces_is_written_no_further_than_its_head() -> None:
    written: list[int] = []

    async def long(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in range(1000):
            written.append(piece)
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    asked, got = Sent(method="HEAD"), Sent(method="GET")
    await HeadAsGet(long)(asked.scope, asked.receive, asked.send)
    assert (written, [each["type"] for each in asked.answer]) == (
        [0],
        ["http.response.start", "http.response.body"],
    )
    assert not asked.answer[-1]["more_body"]
    await HeadAsGet(long)(got.scope, got.receive, got.send)
    assert len(got.answer) == 1002
