"""Gateway and services under uvicorn on loopback ports, inside the test's event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import uvicorn
from sqlalchemy.pool import QueuePool

from gateway.app import create_app as create_gateway
from gateway.dossier import service as dossier
from gateway.sealing import Seal
from gateway.settings import GatewaySettings, UpstreamSettings
from gateway.trail import service as trail
from infra.guarded import GuardedProtocol
from infra.local.seals import make_seal
from services.credit.app import create_app as create_credit
from services.credit.settings import CreditSettings
from services.emergency.app import create_app as create_emergency
from services.emergency.settings import EmergencySettings
from services.kit.database import Database
from services.kit.lanes import Places
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.permits.app import create_app as create_permits
from services.permits.settings import PermitsSettings
from services.waste.app import create_app as create_waste
from services.waste.settings import WasteSettings

SERVICES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "permits": (create_permits, PermitsSettings),
    "waste": (create_waste, WasteSettings),
    "credit": (create_credit, CreditSettings),
    "emergency": (create_emergency, EmergencySettings),
}
OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "credit": {"log_key": KeyRing.generate()},
    "permits": {"seal": make_seal()},
}
"""What only one service asks for."""
PATIENT = dict.fromkeys(
    ("account_tries_free", "account_tries_lock", "address_tries_free", "address_tries_lock"), 10**6
)
"""All tests guess from one address, some of them thousands of times."""
SECRET = Seal.generate()
"""Of every gateway of the tests."""
documents: dict[str, Any] = {}
"""What the services publish, as far as this process has made it: it is the same whatever their settings, and making it
takes seconds."""
MakeDatabase = Callable[[str], str]


@dataclass(frozen=True)
class TestStack:
    """Where everything is; `apps` gives a test the service's own kit."""

    __test__ = False

    urls: dict[str, str]
    databases: dict[str, str]
    apps: dict[str, Any]
    token_keys: KeyRing
    shared: SharedSettings
    private_keys: str
    """What the gateway signs access tokens with, for another gateway beside it."""

    @property
    def gateway(self) -> str:
        return self.urls["gateway"]


@asynccontextmanager
async def test_stack(make_database: MakeDatabase) -> AsyncIterator[TestStack]:
    async with AsyncExitStack() as running:
        yield await _start(make_database, running)


async def _start(make_database: MakeDatabase, running: AsyncExitStack) -> TestStack:
    # As it is, they are for a gateway whose services do not share its loop.
    dossier.PATIENCE_SECONDS = trail.PATIENCE_SECONDS = 30
    sockets = {name: loopback() for name in ("gateway", *SERVICES)}
    for sock in sockets.values():
        running.callback(sock.close)
    urls = {name: f"http://127.0.0.1:{sock.getsockname()[1]}" for name, sock in sockets.items()}
    # Migrations run their own loop, so they run in a thread.
    packages = {"gateway": "gateway", **{name: f"services.{name}" for name in SERVICES}}
    databases = {name: await asyncio.to_thread(make_database, package) for name, package in packages.items()}
    shared = SharedSettings(issuer=urls["gateway"], jwks_url=f"{urls['gateway']}/.well-known/jwks.json")
    token_keys = KeyRing.generate()
    apps: dict[str, Any] = {
        name: create(
            settings(
                database_url=databases[name],
                receipt_keys=KeyRing.generate(),
                rounds=False,  # a test makes a round when it wants one
                **OWN_SETTINGS.get(name, {}),
            ),
            shared,
        )
        for name, (create, settings) in SERVICES.items()
    }
    for name, app in apps.items():
        app.openapi = partial(_document, name, app.openapi)
    apps["gateway"] = create_gateway(
        # All tests call from one address, and the bureau's staff are a few people for all of them. A test reads what it
        # has just written: public answers are not kept (tests/gateway/cache).
        GatewaySettings(
            database_url=databases["gateway"],
            token_keys=token_keys,
            secret=SECRET,
            access_minutes=60,  # a session's callers sign in once, and it may take long
            limits_scale=1000,
            cache_mib=0,
            rounds=False,
            upstream_connect=20,
            **PATIENT,
        ),
        shared,
        UpstreamSettings(**{f"{name}_url": urls[name] for name in SERVICES}),
    )
    for name, app in apps.items():
        await running.enter_async_context(serving(app, sockets[name]))
        if name in SERVICES:
            _be_patient(app.state.kit.database)
    return TestStack(urls, databases, apps, KeyRing.from_private_jwks(token_keys), shared, token_keys)


def _document(name: str, make: Callable[[], Any]) -> Any:
    if name not in documents:
        documents[name] = make()
    return documents[name]


def _be_patient(database: Database) -> None:
    """Five processes share one loop here, so that whoever waits for a connection waits five times as long."""
    cast("QueuePool", database.engine.sync_engine.pool)._timeout = 60
    database.places = Places(cast("QueuePool", database.engine.sync_engine.pool).size(), wait_seconds=60)


@asynccontextmanager
async def another_gateway(
    stack: TestStack, *, elsewhere: Mapping[str, str] | None = None, **changes: Any
) -> AsyncIterator[str]:
    """A second gateway on the same database and services, with other settings; its address. Services that are
    `elsewhere` have another one than in the stack."""
    keys: dict[str, Any] = {"token_keys": stack.private_keys, "secret": SECRET}
    own = {"database_url": stack.databases["gateway"], **keys, "limits_scale": 1000, **PATIENT}
    settings = {**own, **changes}
    urls = {**stack.urls, **(elsewhere or {})}
    upstreams = UpstreamSettings(**{f"{name}_url": urls[name] for name in SERVICES})
    sock = loopback()
    async with serving(create_gateway(GatewaySettings(**settings), stack.shared, upstreams), sock):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


def loopback() -> socket.socket:
    """A socket bound to a free port of this machine."""
    # With its protocol named asyncio sets TCP_NODELAY; without it each answer in two pieces waits 40 ms for an ACK.
    sock = socket.socket(proto=socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    return sock


@asynccontextmanager
async def serving(app: Any, sock: socket.socket) -> AsyncIterator[None]:
    """Serves an ASGI application on a bound socket for the life of the block."""
    # The loop stands still during tests that are no coroutines: a keep-alive that ends meanwhile ends in the face of
    # the next request.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, http=GuardedProtocol, lifespan="on", timeout_keep_alive=3600
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([sock]))
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
