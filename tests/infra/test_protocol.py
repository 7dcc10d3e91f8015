"""The server's protocol: what uvicorn's tests say of it, where ours differs from uvicorn's."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.types import Receive, Scope, Send

from services.kit import draining
from services.kit.telemetry import WHOLE
from tests.gateway.rig import PATIENCE, Behaviour, closed, pieces, request_head, served

HOST = b"Host: steppe.example\r\n"
GET = b"GET /a%20b?c=%64&d HTTP/1.1\r\n" + HOST
Headers = list[tuple[bytes, bytes]]


def answering(*pieces: bytes, status: int = 200, headers: Headers | None = None) -> Behaviour:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers or []})
        for number, piece in enumerate(pieces):
            more = number < len(pieces) - 1
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    return app


async def exchanged(app: Behaviour, request: bytes, *, patience: float = 1.0) -> bytes:
    """All that the server sends until it closes the connection or is silent."""
    received = b""
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        async for piece in pieces(reader, patience=patience):
            received += piece
        await closed(writer)
    return received


CLOSE = b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("target", "path", "raw_path", "query"),
    [
        (b"/a%20b?c=%64&d", "/a b", b"/a%20b", b"c=%64&d"),
        (b"/?", "/", b"/", b""),
        (b"/a?b?c", "/a", b"/a", b"b?c"),
        (b"/a?b#c", "/a", b"/a", b"b"),
        (b"http://else.example/x?y", "/x", b"/x", b"y"),
        (b"http://else.example", "/", b"/", b""),
    ],
)
async def test_the_target_is_split_as_uvicorn_does_it(
    target: bytes, path: str, raw_path: bytes, query: bytes
) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await answering(b"")(scope, receive, send)

    await exchanged(app, b"GET " + target + b" HTTP/1.1\r\n" + HOST + CLOSE)
    assert (seen[0]["path"], seen[0]["raw_path"], seen[0]["query_string"]) == (path, raw_path, query)


@pytest.mark.parametrize(
    ("pieces", "headers", "tail"),
    [
        ((b"hello",), [(b"Content-Length", b"5")], b"content-length: 5\r\nconnection: close\r\n\r\nhello"),
        ((b"he", b"", b"llo"), [], b"transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        ((b"",), [], b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        ((b"x" * 70_000,), [(b"content-length", b"70000")], b"\r\n\r\n" + b"x" * 70_000),
    ],
    ids=["length", "chunked", "empty", "long"],
)
async def test_an_answer_is_framed(pieces: tuple[bytes, ...], headers: Headers, tail: bytes) -> None:
    received = await exchanged(answering(*pieces, headers=headers), GET + CLOSE)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(tail)


@pytest.mark.parametrize("headers", [[], [(b"Transfer-Encoding", b"chunked")]], ids=["unsaid", "chunked"])
async def test_a_client_of_http_1_0_gets_no_chunks_but_a_body_that_ends_with_the_connection(
    headers: Headers,
) -> None:
    """RFC 9112 6.1: no Transfer-Encoding in an answer to HTTP/1.0, which would take the chunks' sizes for its body."""
    asked = GET.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Connection: keep-alive\r\n\r\n"
    received = await exchanged(answering(b"he", b"", b"llo", headers=headers), asked, patience=5)
    head, _, body = received.partition(b"\r\n\r\n")
    assert body == b"hello"
    assert b"transfer-encoding" not in head.lower()
    assert b"connection: close" in head


async def test_a_client_of_http_1_0_can_tell_that_its_answer_was_cut() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ConnectionError

    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), PATIENCE)
        await closed(writer)


async def test_a_client_of_http_1_0_is_not_told_to_go_ahead() -> None:
    """RFC 9110 10.1.1: an expectation of 100-continue in HTTP/1.0 is ignored."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        await answering(message["body"], headers=[(b"content-length", b"2")])(scope, receive, send)

    asked = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"
    received = await exchanged(app, asked)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\nhi")


async def test_an_answer_to_head_has_the_framing_and_no_body() -> None:
    head = GET.replace(b"GET", b"HEAD")
    received = await exchanged(answering(b"hello", headers=[(b"content-length", b"5")]), head + CLOSE)
    assert b"content-length: 5\r\n" in received
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("field", [(b"x-a", b"b\r\nx-c: d"), (b"x-a\n", b"b"), (b"x-a", b"b\0")])
async def test_a_field_cannot_begin_another(field: tuple[bytes, bytes]) -> None:
    received = await exchanged(answering(b"", headers=[field]), GET + CLOSE)
    assert b"x-c" not in received
    assert b"x-a" not in received


@pytest.mark.parametrize("length", [b"4", b"6"])
async def test_an_answer_of_another_length_than_it_said_is_cut(length: bytes) -> None:
    app = answering(b"hello", headers=[(b"content-length", length)])
    received = await exchanged(app, GET + b"\r\n")
    _, _, body = received.partition(b"\r\n\r\n")
    assert len(body) != int(length)


async def test_an_answer_that_was_waited_for_while_the_process_was_told_to_end_closes_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or its client would send the next request into a connection that is about to be closed."""
    monkeypatch.setattr(draining, "_told", threading.Event())
    asked = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        while not draining.begun():
            await asyncio.sleep(0.01)
        await answering(b"news", headers=[(b"content-length", b"4")])(scope, receive, send)

    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n")
        await asked.wait()
        draining.begin()
        received = await asyncio.wait_for(reader.read(), PATIENCE)
        assert b"\r\nconnection: close\r\n" in received
        assert received.endswith(b"\r\n\r\nnews")
        await closed(writer)


async def test_requests_sent_at_once_are_answered_in_their_order() -> None:
    started: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        started.append(scope["raw_path"])
        await asyncio.sleep(0.02 if scope["raw_path"] == b"/1" else 0)
        await answering(scope["raw_path"], headers=[(b"content-length", b"2")])(scope, receive, send)

    one, two, three = (b"GET /%d HTTP/1.1\r\n" % number + HOST for number in (1, 2, 3))
    received = await exchanged(app, one + b"\r\n" + two + b"\r\n" + three + CLOSE)
    assert [part[-2:] for part in received.split(b"HTTP/1.1 200")[1:]] == [b"/1", b"/2", b"/3"]
    assert started == [b"/1", b"/2", b"/3"]


async def test_a_client_that_leaves_is_noticed_also_where_it_has_sent_the_next_request() -> None:
    """It is the request that is being answered which must hear of it, not the one that was read last."""
    begun, left = asyncio.Event(), asyncio.Event()

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        begun.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    async with served(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((GET + b"\r\n") * 2)
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
            await closed(writer)
            await left.wait()


async def test_the_head_leaves_though_the_body_is_long_in_coming() -> None:
    over = asyncio.Event()

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await over.wait()
        await send({"type": "http.response.body", "body": b"late"})

    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n")
        assert (await asyncio.wait_for(request_head(reader), PATIENCE)).startswith(b"HTTP/1.1 200")
        over.set()
        assert await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), PATIENCE) == b"4\r\nlate\r\n0\r\n\r\n"
        await closed(writer)


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ([(b"content-length", b"2")], b"content-length: 2\r\nconnection: close\r\n\r\nok"),
        ([], b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    ],
)
async def test_a_whole_answer_goes_out_as_one_message(
    headers: list[tuple[bytes, bytes]], rest: bytes
) -> None:
    async def app(scope: Scope, __: Receive, send: Send) -> None:
        assert WHOLE in scope["extensions"]
        await send({"type": "http.response.start", "status": 200, "headers": headers, WHOLE: b"ok"})

    received = await exchanged(app, GET + CLOSE)
    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(rest)


async def test_a_whole_answer_of_another_length_than_it_said_is_no_answer() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-length", b"3")]
        await send({"type": "http.response.start", "status": 200, "headers": headers, WHOLE: b"ok"})

    received = await exchanged(app, GET + CLOSE)
    assert len(received.partition(b"\r\n\r\n")[2]) < 3


async def test_the_connection_goes_on_after_a_whole_answer() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers, WHOLE: b"ok"})

    received = await exchanged(app, GET.replace(b"GET", b"HEAD") + b"\r\n" + GET + b"\r\n" + GET + CLOSE)
    assert received.count(b"HTTP/1.1 200") == 3
    assert received.count(b"\r\n\r\nok") == 2


async def test_an_application_that_fails_is_500_and_after_the_head_is_cut() -> None:
    async def before(_: Scope, __: Receive, ___: Send) -> None:
        raise ValueError

    async def after(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError

    assert (await exchanged(before, GET + b"\r\n", patience=0.3)).startswith(b"HTTP/1.1 500")
    received = await exchanged(after, GET + b"\r\n", patience=0.3)
    assert received.endswith(b"4\r\nhalf\r\n")
