"""The real gateway as a process of its own, before a service of the test's; it tells what it holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import create_app as create_gateway
from gateway.identity.tokens import Grant, TokenMint
from infra.local import ports
from infra.local.stack import Stack, running_stack
from infra.process_table import ProcessSpec
from services.kit.signing import KeyRing
from tests.faults.support import instance
from tests.gateway.rig import closed

INSPECTION = "/_held"
_OPEN = (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT, psutil.CONN_SYN_SENT)
SCOPES = frozenset({"events:read", "permits:read", "permits:submit"})


def create_app() -> ASGIApp:
    """The gateway, and what it holds at `INSPECTION`."""
    gateway = create_gateway()
    services = _own(gateway).state.services
    own = int(os.environ["STEPPE_GATEWAY_PORT"])
    ports_of_service = {int(url.rpartition(":")[2]) for url in os.environ["STEPPE_PERMITS_URL"].split(",")}

    async def inspected(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != INSPECTION:
            await gateway(scope, receive, send)
            return
        snapshot = services["permits"].snapshot()
        open_ = [each for each in psutil.Process().net_connections("tcp") if each.status in _OPEN]
        held = {
            "tasks": len(asyncio.all_tasks()) - 1,
            "doing": sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks()),
            "to_service": sum(getattr(each.raddr, "port", 0) in ports_of_service for each in open_),
            "clients": sum(each.laddr.port == own for each in open_) - 1,
            "in_flight": snapshot.in_flight,
            "working": snapshot.working,
            "ejected": snapshot.ejected,
            "retries": snapshot.retries,
            "slots": sum(client.connections_in_use for client in services["permits"].instances),
        }
        body = json.dumps(held).encode()
        headers = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return inspected


def _own(app: Any) -> Any:
    """The gateway's own endpoints, beneath whatever is around them."""
    while not hasattr(app, "state"):
        app = app.own if hasattr(app, "own") else app.app
    return app


@dataclass(frozen=True)
class Held:
    """Sockets (to the service, of clients), tasks, pool slots, and calls in flight or without an answer.

    `retries` since the start; `ejected` instances.
    """

    tasks: int
    doing: list[str]
    to_service: int
    clients: int
    slots: int
    in_flight: int
    working: int
    ejected: int
    retries: int

    @property
    def busy(self) -> bool:
        return bool(self.clients or self.slots or self.in_flight or self.working)


@dataclass
class Alone:
    """A gateway process that listens at `port`."""

    stack: Stack
    port: int

    @property
    def pid(self) -> int:
        return self.stack.pid("gateway")

    async def held(self) -> Held:
        """What the process holds at this moment, beside what this question takes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET " + INSPECTION.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        await closed(writer)
        return Held(**json.loads(body))

    async def settled(self, *, tasks: int, idle: int) -> Held:
        """Waits until nothing is under way: `tasks` of its own are left, and `idle` connections to the service."""
        held = await self.held()
        for _ in range(1200):
            if not held.busy and held.tasks <= tasks and held.to_service <= idle:
                return held
            await asyncio.sleep(0.05)
            held = await self.held()
        raise AssertionError(f"{held} is more than {tasks} tasks and {idle} connections to the service")

    def authorization(self) -> bytes:
        """A header line: a system that may read and an enterprise that may submit, in one."""
        path = self.stack.home / "secrets" / "gateway" / "steppe_gateway_token_keys"
        keys = KeyRing.from_private_jwks(path.read_text(encoding="utf-8"))
        mint = TokenMint(keys, self.stack.environment["STEPPE_ISSUER"], timedelta(minutes=15))
        grant = Grant("tester", "tester", ("system",), SCOPES, (), every_enterprise=True)
        return b"Authorization: Bearer " + mint.mint(grant).encode() + b"\r\n"


@contextlib.asynccontextmanager
async def gateway_process(
    home: Path, database: str, permits_port: int, **environ: str
) -> AsyncIterator[Alone]:
    """`database` is the gateway's migrated one; `environ` are more settings of the process."""
    async with _running(home, database, f"http://127.0.0.1:{permits_port}", _TABLE, None, environ) as alone:
        yield alone


@contextlib.asynccontextmanager
async def gateway_before_two(home: Path, database: str, **environ: str) -> AsyncIterator[Alone]:
    """Before two instances of permits, which are processes called `one` and `two`."""
    instances = [
        ProcessSpec(name, f"{instance.__name__}:create_app", None, offset)
        for offset, name in enumerate(("one", "two"), 1)
    ]
    table = (*_TABLE, *instances)
    port = ports.free_port(table)
    urls = ",".join(f"http://127.0.0.1:{port + spec.port_offset}" for spec in instances)
    async with _running(home, database, urls, table, port, environ) as alone:
        yield alone


_TABLE = (ProcessSpec("gateway", f"{__name__}:create_app", None, 0),)


@contextlib.asynccontextmanager
async def _running(
    home: Path,
    database: str,
    urls: str,
    table: Sequence[ProcessSpec],
    port: int | None,
    environ: Mapping[str, str],
) -> AsyncIterator[Alone]:
    settings = {
        **os.environ,
        "STEPPE_GATEWAY_DATABASE_URL": database,
        "STEPPE_GATEWAY_LIMITS_SCALE": "100000",
        **{f"STEPPE_{name}_URL": "http://127.0.0.1:9" for name in ("WASTE", "CREDIT", "EMERGENCY")},
        "STEPPE_PERMITS_URL": urls,
        **environ,
    }
    context = running_stack(home, port, sample=False, environ=settings, table=table, restart_on_death=False)
    stack = await asyncio.to_thread(context.__enter__)
    try:
        yield Alone(stack, stack.port)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
