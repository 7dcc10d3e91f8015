"""What is written in one turn of the loop leaves together, and nothing is lost or overtaken on its connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
import uvloop

from services.kit import turns
from services.kit.turns import AWAKE_SECONDS, OFTEN_SECONDS, SMALL_BYTES, TOGETHER, Turn, TurnTransport


class _Inner:
    """What the loop would have made."""

    def __init__(self, said: list[tuple[str, bytes]], name: str) -> None:
        self._said, self._name, self._closing = said, name, False

    def write(self, data: bytes) -> None:
        self._said.append((self._name, data))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True
        self._said.append((self._name, b"closed"))

    abort = close

    def get_write_buffer_size(self) -> int:
        return 7


def _three(
    said: list[tuple[str, bytes]], *, expected: int
) -> tuple[TurnTransport, TurnTransport, TurnTransport]:
    loop = asyncio.get_running_loop()
    a, b, c = (TurnTransport(cast("asyncio.Transport", _Inner(said, name)), loop) for name in "abc")
    a.turn.expected = expected
    return a, b, c


async def test_one_alone_is_written_at_once() -> None:
    said: list[tuple[str, bytes]] = []
    a, _, _ = _three(said, expected=1)
    a.write(b"1")
    a.write(b"2")  # that nobody expected
    assert said == [("a", b"1"), ("a", b"2")]
    assert a.turn.expected == 0


async def test_several_wait_for_the_last_of_their_turn() -> None:
    said: list[tuple[str, bytes]] = []
    a, b, c = _three(said, expected=3)
    a.write(b"1")
    b.write(b"2")
    assert said == []
    c.write(b"3")
    assert said == [("a", b"1"), ("b", b"2"), ("c", b"3")]


async def test_many_wait_for_no_more() -> None:
    said: list[tuple[str, bytes]] = []
    loop = asyncio.get_running_loop()
    every = [TurnTransport(cast("asyncio.Transport", _Inner(said, "x")), loop) for _ in range(TOGETHER + 1)]
    every[0].turn.expected = 1000
    for each in every:
        each.write(b"1")
    assert len(said) == TOGETHER
    await asyncio.sleep(0)
    assert len(said) == TOGETHER + 1


async def test_they_do_not_wait_for_one_that_does_not_come() -> None:
    said: list[tuple[str, bytes]] = []
    a, b, _ = _three(said, expected=3)
    loop = asyncio.get_running_loop()
    loop.call_soon(a.write, b"1")
    loop.call_soon(b.write, b"2")
    loop.call_soon(said.append, ("work", b""))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert said == [("work", b""), ("a", b"1"), ("b", b"2")]
    assert a.turn.expected == 0


async def test_the_second_and_the_large_are_written_at_once_and_in_order() -> None:
    said: list[tuple[str, bytes]] = []
    a, b, c = _three(said, expected=9)
    large = b"x" * (SMALL_BYTES + 1)
    a.write(b"1")
    b.write(b"2")
    a.write(b"3")
    c.write(large)
    assert said == [("a", b"1"), ("a", b"3"), ("c", large)]
    a.write(b"4")
    await asyncio.sleep(0)
    assert sorted(said[3:]) == [("a", b"4"), ("b", b"2")]


async def test_closing_loses_nothing_and_cutting_writes_nothing_more() -> None:
    said: list[tuple[str, bytes]] = []
    a, b, _ = _three(said, expected=9)
    a.write(b"answer")
    assert a.get_write_buffer_size() == 7 + len(b"answer")
    a.close()
    b.write(b"never")
    b.abort()
    await asyncio.sleep(0)
    assert said == [("a", b"answer"), ("a", b"closed"), ("b", b"closed")]


async def test_a_connection_that_was_lost_meanwhile_is_not_written_to() -> None:
    said: list[tuple[str, bytes]] = []
    a, b, _ = _three(said, expected=9)
    a.write(b"to nobody")
    b.write(b"to somebody")
    cast("_Inner", a._inner).close()
    await asyncio.sleep(0)
    assert said == [("a", b"closed"), ("b", b"to somebody")]


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = TurnTransport(cast("asyncio.Transport", transport), asyncio.get_running_loop())

    def data_received(self, data: bytes) -> None:
        self.transport.turn.expected = 2
        self.transport.write(data)

    def eof_received(self) -> None:
        self.transport.flush()


async def _of_a_client_that_said_all() -> bytes:
    loop = asyncio.get_running_loop()
    async with await loop.create_server(_Answering, "127.0.0.1", 0) as server:
        with socket.create_connection(server.sockets[0].getsockname()) as client:
            client.sendall(b"once")
            client.shutdown(socket.SHUT_WR)
            client.setblocking(False)
            return await loop.sock_recv(client, 100)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_client_that_has_said_all_it_will_still_gets_what_waited(
    run: Callable[[Coroutine[Any, Any, bytes]], bytes],
) -> None:
    """The loop closes the connection when the client has shut its side."""
    assert run(_of_a_client_that_said_all()) == b"once"


class _Due:
    """A loop of which only what is due is looked at."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def call_soon(self, callback: Callable[..., None], *arguments: Any) -> None:
        self.due.append(lambda: callback(*arguments))

    def turn(self) -> bool:
        """Whether it would have slept before this turn."""
        due, self.due = self.due, []
        for each in due:
            each()
        return not due


def test_a_loop_that_hears_often_asks_again_for_a_moment_before_it_sleeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(turns, "perf_counter", lambda: now[0])
    loop, turn = _Due(), Turn()

    def hear(*, after: float) -> None:
        now[0] += after
        turn.stay_awake(cast("asyncio.AbstractEventLoop", loop))

    hear(after=0)
    hear(after=OFTEN_SECONDS * 2)
    assert loop.turn()  # too seldom
    hear(after=OFTEN_SECONDS / 2)
    hear(after=OFTEN_SECONDS / 2)
    assert len(loop.due) == 1
    assert not any(loop.turn() for _ in range(5))
    now[0] += AWAKE_SECONDS * 2
    assert not loop.turn()
    assert loop.turn()
    hear(after=0)
    assert not loop.turn()  # awake once more
