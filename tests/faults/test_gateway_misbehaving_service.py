"""A real gateway process before a service that does everything wrong: what callers learn, and that nothing is left."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.policy.loading import SHIPPED
from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.alone import Alone, Held, gateway_process
from tests.faults.support.callers import Caller
from tests.gateway.rig import listening

pytestmark = pytest.mark.stack

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def says(*pieces: bytes, cut: bool = False, pause: float = 0.02) -> Behaviour:
    """Sends these, then closes; `cut`: with RST."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if cut:
            reset(writer)

    return behave


def stalls(*pieces: bytes) -> Behaviour:
    """Sends these, then nothing, until the gateway closes."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(pieces))
        await reader.read()

    return behave


def never_ends(piece: bytes) -> Behaviour:
    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(piece)
            await writer.drain()

    return behave


BEFORE_THE_HEAD: Mapping[str, tuple[Behaviour, str]] = {
    "hangs": (stalls(), "gateway_timeout"),
    "hangs in the head": (stalls(b"HTTP/1.1 200 OK\r\nContent-"), "gateway_timeout"),
    "closes": (says(), "bad_gateway"),
    "resets": (says(cut=True), "bad_gateway"),
    "closes in the head": (says(b"HTTP/1.1 200 OK\r\nContent-"), "bad_gateway"),
    "speaks another protocol": (says(b"SSH-2.0-OpenSSH_9.6\r\n"), "bad_gateway"),
    "sends noise": (says(bytes(range(256)) * 40), "bad_gateway"),
    "invents a status": (says(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), "bad_gateway"),
    "switches protocols": (
        says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "bad_gateway",
    ),
    "states two lengths": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        "bad_gateway",
    ),
    "states length and chunks": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "bad_gateway",
    ),
    "states no length": (says(b"HTTP/1.1 200 OK\r\n\r\nall or half"), "bad_gateway"),
    "states a negative length": (says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "bad_gateway"),
    "sends NUL in the head": (
        says(b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n"),
        "bad_gateway",
    ),
    "sends a huge head": (says(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"), "bad_gateway"),
    "never ends its head": (never_ends(b"X-More: " + b"a" * 1000 + b"\r\n"), "bad_gateway"),
    "never ends its interim answers": (never_ends(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50), "bad_gateway"),
}
AFTER_THE_HEAD: Mapping[str, Behaviour] = {
    "closes": says(LONG),
    "resets": says(LONG, cut=True),
    "dies in the body": says(LONG + b"half"),
    "dies in the body with a reset": says(LONG + b"half", cut=True),
    "dies in a chunk": says(CHUNKED + b"64\r\nhalf"),
    "dies between chunks": says(CHUNKED + b"4\r\nhalf\r\n", cut=True),
    "stalls in the body": stalls(LONG + b"half"),
    "stalls between chunks": stalls(CHUNKED + b"4\r\nhalf\r\n"),
    "sends a chunk without a size": says(CHUNKED, b"4\r\nhalf\r\n", b"zz\r\nnoise\r\n"),
    "sends a chunk that is longer than it says": says(CHUNKED, b"4\r\nhalf and more\r\n"),
}
WHOLE: Mapping[str, tuple[Behaviour, bytes]] = {
    "drips": (says(LONG, *[b"ab"] * 50, pause=0.01), b"ab" * 50),
    "hints before it answers": (
        says(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", OK),
        b"ok",
    ),
    "says more than it states": (says(OK + b" and more"), b"ok"),
    "answers twice": (says(OK + OK.replace(b"ok", b"no")), b"ok"),
    "says that it is compressed and is not": (
        says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw"),
        b"raw",
    ),
}
BEHAVIOURS: dict[str, Behaviour] = {
    **{f"before {name}": behave for name, (behave, _) in BEFORE_THE_HEAD.items()},
    **{f"after {name}": behave for name, behave in AFTER_THE_HEAD.items()},
    **{f"whole {name}": behave for name, (behave, _) in WHOLE.items()},
}


async def misbehaving(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Behaves as the header `X-Behave` says; without it, well."""
    while head := await reader.readuntil(b"\r\n\r\n"):
        _, found, rest = head.partition(b"x-behave: ")
        if found:
            await BEHAVIOURS[rest.partition(b"\r\n")[0].decode()](reader, writer)
            return
        writer.write(OK)


@dataclass
class Rig:
    gateway: Alone
    authorization: bytes
    baseline: Held

    def caller(self) -> Caller:
        return Caller(self.gateway.port, self.authorization)

    async def settled(self) -> None:
        """Nothing of it is left, and the next caller is served."""
        await self.gateway.settled(tasks=self.baseline.tasks, idle=4)
        caller = self.caller()
        await caller.get("/v1/permits/events")
        await caller.close()
        assert [(answer.status, answer.body) for answer in caller.answers] == [(200, b"ok")]
        await self.gateway.settled(tasks=self.baseline.tasks, idle=4)


@pytest.fixture(scope="module")
async def rig(make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder = tmp_path_factory.mktemp("misbehaving")
    policy = folder / "policy.toml"
    hurried = SHIPPED.read_text(encoding="utf-8").replace("timeout = 60", "timeout = 2")
    policy.write_text(hurried.replace("timeout = 30", "timeout = 2"), encoding="utf-8")
    settings = {
        "STEPPE_GATEWAY_POLICY_FILE": str(policy),
        "STEPPE_GATEWAY_UPSTREAM_READ": "2",
        "STEPPE_GATEWAY_RESILIENCE__BREAKER_MINIMUM_CALLS": "100000",
    }
    database = await asyncio.to_thread(make_database, "gateway")
    async with (
        listening(misbehaving) as port,
        gateway_process(folder / "home", database, port, **settings) as gateway,
    ):
        authorization = gateway.authorization()
        warm = Caller(gateway.port, authorization)
        await warm.get("/v1/permits/events")
        await warm.close()
        await asyncio.sleep(0.2)
        yield Rig(gateway, authorization, await gateway.held())


@pytest.mark.parametrize("name", BEFORE_THE_HEAD)
async def test_without_the_head_of_an_answer_the_caller_reads_a_problem(rig: Rig, name: str) -> None:
    caller = rig.caller()
    await caller.call(caller.head("GET", "/v1/permits/events", f"X-Behave: before {name}".encode()))
    await caller.close()
    assert caller.failures == []
    problem = json.loads(caller.answers[0].body)
    assert problem["code"] == BEFORE_THE_HEAD[name][1]
    assert caller.answers[0].status == problem["status"]
    assert "127.0.0.1" not in caller.answers[0].body.decode()
    await rig.settled()


@pytest.mark.parametrize("name", ["hangs", "closes", "resets", "sends noise", "never ends its head"])
async def test_an_upload_that_meets_such_a_service_ends_in_a_problem_too(rig: Rig, name: str) -> None:
    caller = rig.caller()
    behave = f"X-Behave: before {name}".encode()
    head = caller.head("POST", "/v1/permits/reports", b"Transfer-Encoding: chunked", behave)
    await caller.call(head, *[bytes(10_000)] * 10, pause=0.01)
    await caller.close()
    assert caller.failures == []
    assert json.loads(caller.answers[0].body)["code"] == BEFORE_THE_HEAD[name][1]
    await rig.settled()


@pytest.mark.parametrize("name", AFTER_THE_HEAD)
async def test_an_answer_that_breaks_off_is_cut_and_never_looks_whole(rig: Rig, name: str) -> None:
    caller = rig.caller()
    await caller.call(caller.head("GET", "/v1/permits/events", f"X-Behave: after {name}".encode()))
    assert caller.answers == []
    assert len(caller.failures) == 1
    await rig.settled()


@pytest.mark.parametrize("name", WHOLE)
async def test_what_can_be_understood_is_passed_on_and_nothing_beyond_it(rig: Rig, name: str) -> None:
    caller = rig.caller()
    await caller.call(caller.head("GET", "/v1/permits/events", f"X-Behave: whole {name}".encode()))
    await caller.get("/v1/permits/events")
    await caller.close()
    assert [(answer.status, answer.body) for answer in caller.answers] == [
        (200, WHOLE[name][1]),
        (200, b"ok"),
    ]
    await rig.settled()


async def test_all_of_it_at_once_leaves_nothing_behind(rig: Rig) -> None:
    async def one(name: str) -> None:
        caller = rig.caller()
        await caller.call(caller.head("GET", "/v1/permits/events", f"X-Behave: {name}".encode()))
        await caller.close()
        assert caller.answers or caller.failures

    await asyncio.gather(*(one(name) for name in [*BEHAVIOURS] * 4))
    await rig.settled()


async def test_a_service_that_listens_no_more_is_502(make_database: MakeDatabase, tmp_path: Path) -> None:
    database = await asyncio.to_thread(make_database, "gateway")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        async with gateway_process(tmp_path, database, bound.getsockname()[1]) as gateway:
            caller = Caller(gateway.port, gateway.authorization())
            await caller.get("/v1/permits/events")
            await caller.close()
            assert json.loads(caller.answers[0].body)["code"] == "bad_gateway"
