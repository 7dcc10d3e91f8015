"""A request whose fields are those of the one before it is read without the parser, and read as the parser would."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from infra.protocol import HttpProtocol
from services.kit.header_fields import HeaderFields, known

Seen = tuple[str, str, bytes, bytes, list[tuple[bytes, bytes]], bytes]


class Wire(asyncio.Transport):
    """Takes what the protocol writes; bytes are given to the protocol by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def write(self, data: Any) -> None: ...

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Parsing(HttpProtocol):
    """Gives every request to the parser."""

    def data_received(self, data: bytes) -> None:
        HttpToolsProtocol.data_received(self, data)


async def read(protocol: type[HttpProtocol], pieces: list[bytes]) -> tuple[list[Seen], bool, int]:
    """What the application is given by pieces that arrive one after the other, whether the connection was closed,
    and how many of the requests were not parsed."""
    seen: list[Seen] = []
    repeated = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal repeated
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        repeated += type(scope["headers"]) is HeaderFields
        target = scope["path"], scope["raw_path"], scope["query_string"]
        seen.append((scope["method"], *target, [*scope["headers"]], body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    config = Config(app, lifespan="off", ws="none", log_config=None)
    config.load()
    wire, made = Wire(), protocol(config, ServerState(), {}, asyncio.get_running_loop())
    made.connection_made(wire)
    for piece in pieces:
        if not wire.closed:
            made.data_received(piece)
        for _ in range(6):
            await asyncio.sleep(0)
    made.connection_lost(None)
    await asyncio.sleep(0)
    return seen, wire.closed, repeated


def request(
    *, path: bytes = b"/a", method: bytes = b"GET", fields: bytes = b"Host: x\r\n", body: bytes = b""
) -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + fields + b"\r\n" + body


async def test_the_same_fields_are_the_same_object_whatever_the_path() -> None:
    pieces = [request(path=path) for path in (b"/a", b"/b?c=%64", b"/%20")]
    seen, _, repeated = await read(HttpProtocol, pieces)
    assert repeated == 2
    assert [each[1:4] for each in seen] == [
        ("/a", b"/a", b""),
        ("/b", b"/b", b"c=%64"),
        ("/ ", b"/%20", b""),
    ]


STRANGE = [
    request(path=b"/a#b"),
    request(path=b"http://else.example/x"),
    request(path=b"*", method=b"OPTIONS"),
    request(method=b"HEAD"),
    request(fields=b"host: x\r\n"),
    request(fields=b"Host: x\r\nConnection: close\r\n"),
    request(fields=b"Host: x\r\nConnection: keep-alive\r\n"),
    request(fields=b"Host: x\r\nExpect: 100-continue\r\n"),
    request(fields=b"Host: x\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"),
    request(method=b"POST", fields=b"Host: x\r\nContent-Length: 27\r\n", body=request()),
    request(method=b"POST", fields=b"Host: x\r\nContent-Length: 4\r\n", body=b"\r\n\r\n"),
    request(method=b"POST", fields=b"Transfer-Encoding: chunked\r\n", body=b"2\r\nab\r\n0\r\n\r\n"),
    request(fields=b"Content-Length: 4\r\n", body=b"\r\n\r\n"),
    request(fields=b"Content-Length: 2\r\n", body=b"ab"),
    request() + request(path=b"/b"),
    b"GET /a HTTP/1.1\r\nx: ",  # what follows is its value
    b"GET /a HTTP/1.1\r\n",
    b"Host: x\r\n\r\n",
    b"\r\n",
    b"GET /a HTTP/1.0\r\nHost: x\r\n\r\n",
    b"GET /a HTTP/1.1\nHost: x\n\n",
    b"GET  /a HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /a\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /a HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
    b"nonsense\r\n\r\n",
]


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
async def test_what_is_sent_around_a_repeated_request_is_read_as_the_parser_reads_it(strange: bytes) -> None:
    for pieces in (
        [request(), strange, request(), request()],
        [strange, strange, request()],
        [request(), request(), strange + request(), request()],
    ):
        parsed = await read(Parsing, pieces)
        assert (await read(HttpProtocol, pieces))[:2] == parsed[:2]


@given(st.data())
async def test_however_the_bytes_are_cut_the_parser_would_read_the_same(data: st.DataObject) -> None:
    whole = data.draw(st.lists(st.one_of(st.just(request()), st.sampled_from(STRANGE)), max_size=6))
    cuts = data.draw(st.lists(st.integers(1, 60), max_size=4))
    pieces = list(whole)
    for cut in cuts:  # each cuts one of the pieces in two
        for index, piece in enumerate(pieces):
            if len(piece) > cut:
                pieces[index : index + 1] = [piece[:cut], piece[cut:]]
                break
    parsed = await read(Parsing, pieces)
    assert (await read(HttpProtocol, pieces))[:2] == parsed[:2]


async def test_what_is_known_of_fields_is_found_once() -> None:
    asked = 0

    def size(headers: Any) -> int:
        nonlocal asked
        asked += 1
        return len(list(headers))

    fields = HeaderFields([(b"host", b"x")])
    assert (known(fields, size), known(fields, size), asked) == (1, 1, 1)
    assert (known([*fields], size), known([*fields], size), asked) == (1, 1, 3)
